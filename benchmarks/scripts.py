"""Cold against warm runs of a SaveAsScript export: the test double, or a real one that the command line names."""

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.musings.makers.comfyui.doubles import EXPORT, export, stub_comfyui

from benchmarks.figures import Figure, median, milliseconds
from benchmarks.servers import house
from musings.models import Kind, NewPrompt
from musings.store.gallery import prompts
from musings.store.queue import submission
from musings.worker import assemble

COLD, WARM = 3, 8


def warm_and_cold(folder: Path, options: argparse.Namespace) -> Iterator[Figure]:
    """A cold run pays for everything each time, a warm one only the first time."""
    if options.export is None:
        comfyui, script, name = stub_comfyui(folder / "ComfyUI"), export(folder, EXPORT), "the double"
    else:
        comfyui, script, name = options.comfyui, options.export, options.export.name
    cold = _seconds(folder / "cold", script, comfyui, options, warm=False, times=COLD)
    warm = _seconds(folder / "warm", script, comfyui, options, warm=True, times=WARM)
    yield Figure(f"{name}, cold, p50", milliseconds(median(cold)))
    yield Figure(f"{name}, the first run of a warm process", milliseconds(warm[0]), "cold", warm[0] / median(cold))
    later = median(warm[1:])
    yield Figure(f"{name}, a later run of a warm process, p50", milliseconds(later), "cold", later / median(cold))


def _seconds(
    folder: Path, script: Path, comfyui: Path, options: argparse.Namespace, *, warm: bool, times: int
) -> list[float]:
    """How long each of so many prompts took, from its start to its end, in one worker."""
    local = {
        "python": str(options.python if options.export else sys.executable),
        "directory": str(comfyui),
        "arguments": options.flag,
        "warm_scripts": {"enabled": warm},
    }
    with house(folder, [], **local) as (settings, database):
        shutil.copyfile(script, settings.media.workflows / "image_script.py")
        wanted = [
            database.writing(submission.add, NewPrompt("a fox", "image", workflow="image_script"))[0].id
            for _ in range(times)
        ]
        assemble.runner(settings, database, [Kind.IMAGE]).run_queue_processor(drain=True)
        found = [database.reading(prompts.get, each) for each in wanted]
    for prompt in found:
        if prompt.status != "completed" or prompt.processing_duration is None:
            raise RuntimeError(f"{prompt.status}: {prompt.error_message}")
    return [float(prompt.processing_duration or 0) for prompt in found]
