"""Prompts that start side by side in a fresh process, where nothing heavy is imported yet.

Two threads that import the same package for the first time, by different doors, can each get it half made
(``partially initialized module``). So nothing is imported on an attempt's thread but by who holds the import lock.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest

from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.models import NewPrompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import submission
from tests.conftest import MakeSettings
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
PAIRS = list(combinations_with_replacement(WAYS, 2))


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


@pytest.fixture
def settings(
    make_settings: MakeSettings, tmp_path: Path, comfy: FakeComfy, llm: FakeLLM, speech: FakeSpeech
) -> Settings:
    media = tmp_path / "media"
    media.mkdir()
    export(media, EXPORT).rename(media / "exported.py")
    (media / "painted.json").write_text(json.dumps(painting()))
    stub = tmp_path / "install" / "ComfyUI"
    stub_comfyui(stub)
    return make_settings(
        processing={
            "backoff_seconds": 0.01,
            "concurrency": {"total": 4, "text": 2, "image": 2, "music": 2, "voice": 2},
        },
        backend={"type": "manual", "url": llm.address},
        models={"local1": "muse-7b"},
        voice={"url": speech.url},
        media={"comfyui": {"hosts": [comfy.url], "python": sys.executable, "directory": str(stub)}},
    )


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_every_pair_starts_together_in_a_fresh_process(
    settings: Settings, database: Database, pair: tuple[str, str]
) -> None:
    asked = [database.writing(submission.add, NewPrompt("A lamp at sea.", **WAYS[way]))[0].id for way in pair]
    words = [sys.executable, "-m", "tests.musings.worker.importing", str(settings.file)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)

    ended = [database.reading(prompts.get, each) for each in asked]
    assert [(each.status, each.error_message) for each in ended] == [("completed", None)] * 2, done.stderr
    assert [each.attempt for each in ended] == [1, 1]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {"code": 0, "unguarded": []}
