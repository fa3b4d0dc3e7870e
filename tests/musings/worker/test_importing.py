"""Prompts that start side by side in a fresh process, where nothing heavy is imported yet.

Two threads that import the same package for the first time, by different doors, can each get it half made
(``partially initialized module``). So nothing is imported on an attempt's thread but by who holds the import lock.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest

from fake_comfyui.server import FakeComfy
from musings.config.settings import load
from musings.models import NewPrompt
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import submission
from tests.fakes.llm import FakeLLM
from tests.fakes.speech import FakeSpeech
from tests.musings.makers.comfyui.doubles import EXPORT, export, stub_comfyui
from tests.musings.makers.comfyui.graphs import painting
from tests.paths import ROOT

SMALL = {"width": 64, "height": 64}
WAYS: dict[str, dict[str, Any]] = {
    "verse-sketch": {"prompt_type": "poem", "workflow": "sketch-text"},
    "verse-poets": {"prompt_type": "poem", "workflow": "poets"},
    "image-sketch": {"prompt_type": "image", "workflow": "sketch-image", "parameters": SMALL},
    "image-server": {"prompt_type": "image", "workflow": "painted"},
    "image-script": {"prompt_type": "image", "workflow": "exported"},
    "music-sketch": {"prompt_type": "music", "workflow": "sketch-music", "parameters": {"duration": 20}},
    "voice-sketch": {"prompt_type": "voice", "workflow": "sketch-voice"},
    "voice-server": {"prompt_type": "voice", "workflow": "speech-server"},
}
Pair = tuple[str, str]
PAIRS: list[Pair] = list(combinations_with_replacement(WAYS, 2))


@pytest.fixture(scope="module")
def comfy() -> Iterator[FakeComfy]:
    with FakeComfy() as started:
        yield started


@pytest.fixture(scope="module")
def llm() -> Iterator[FakeLLM]:
    server = FakeLLM(models=("muse-7b",))
    yield server
    server.close()


@pytest.fixture(scope="module")
def speech() -> Iterator[FakeSpeech]:
    server = FakeSpeech()
    yield server
    server.close()


@pytest.fixture(scope="module")
def sections(comfy: FakeComfy, llm: FakeLLM, speech: FakeSpeech) -> dict[str, Any]:
    return {
        "processing": {
            "backoff_seconds": 0.01,
            "concurrency": {"total": 4, "text": 2, "image": 2, "music": 2, "voice": 2},
        },
        "backend": {"type": "manual", "url": llm.address},
        "models": {"local1": "muse-7b"},
        "voice": {"url": speech.url},
        "media": {"comfyui": {"hosts": [comfy.url], "python": sys.executable, "directory": "install/ComfyUI"}},
    }


@dataclass
class Ran:
    """A pair of prompts, and the process that drains them."""

    database: Database
    asked: list[int]
    process: Future[subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    fresh_database: Path,
    sections: dict[str, Any],
) -> Iterator[dict[Pair, Ran]]:
    """Of every pair that is tested: most of a run is one thread that imports, so that two go on at a time."""
    here = [item for item in request.session.items if item.path == request.path and isinstance(item, pytest.Function)]
    pairs: list[Any] = [item.callspec.params["pair"] for item in here]
    found: dict[Pair, Ran] = {}
    with ThreadPoolExecutor(2) as pool, ExitStack() as opened:
        for pair in pairs:
            file = furnished(tmp_path_factory.mktemp("pair"), sections)
            path = load(file, {}, file.parent).database.path
            shutil.copy(fresh_database, path)
            database = opened.enter_context(closing(open_database(path)))
            asked = [database.writing(submission.add, NewPrompt("A lamp at sea.", **WAYS[way]))[0].id for way in pair]
            words = [sys.executable, "-m", "tests.musings.worker.importing", str(file)]
            process = pool.submit(
                subprocess.run, words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
            )
            found[pair] = Ran(database, asked, process)
        yield found


def furnished(folder: Path, sections: dict[str, Any]) -> Path:
    """The configuration in a folder with all that it names."""
    media = folder / "media"
    media.mkdir()
    export(media, EXPORT).rename(media / "exported.py")
    (media / "painted.json").write_text(json.dumps(painting()))
    stub_comfyui(folder / "install" / "ComfyUI")
    file = folder / "poets_cron_config.json"
    file.write_text(json.dumps(sections))
    return file


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_every_pair_starts_together_in_a_fresh_process(runs: dict[Pair, Ran], pair: Pair) -> None:
    run = runs[pair]
    done = run.process.result()
    ended = [run.database.reading(prompts.get, each) for each in run.asked]
    assert [(each.status, each.error_message) for each in ended] == [("completed", None)] * 2, done.stderr
    assert [each.attempt for each in ended] == [1, 1]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {"code": 0, "unguarded": []}
