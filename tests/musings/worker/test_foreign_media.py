"""A file that its decoder cannot bear ends its own prompt in words; a decoder that somebody ends ends none."""

import sys
from pathlib import Path

import pytest
from PIL import Image

from musings.makers.base import Context
from musings.media import decoder
from musings.media.decoder import Decoder
from musings.media.decoder_deaths import MOST_KILLS
from musings.models import ArtifactType, Job, MadeFile, Outcome
from tests.musings.worker.conftest import Hall

DYING = """
import os, signal, sys
from pathlib import Path
from musings.media import decoding_child
_, state, name, lives, memory = sys.argv
with open(state, "a") as file:
    file.write("x")
if Path(state).stat().st_size <= int(lives):
    sys.stdin.readline()
    os.kill(os.getpid(), getattr(signal, name))
sys.argv[1:] = [memory]
decoding_child.main()
"""
"""The decoder, which dies so many times of what it reads first."""


def large_picture(job: Job, context: Context) -> Outcome:
    path = job.directory / "0001.png"
    Image.new("RGBA", (7_000, 7_500)).save(path, compress_level=1)  # 210 MB
    return Outcome((MadeFile(path, ArtifactType.IMAGE),), "double")


def small_picture(job: Job, context: Context) -> Outcome:
    path = job.directory / "0001.png"
    Image.new("RGB", (60, 30)).save(path)
    return Outcome((MadeFile(path, ArtifactType.IMAGE),), "double")


def words(job: Job, context: Context) -> Outcome:
    (job.directory / "0001.png").write_text("words")
    return Outcome((MadeFile(job.directory / "0001.png", ArtifactType.IMAGE),), "double")


def dying(state: Path, name: str, lives: int) -> Decoder:
    return Decoder(command=(sys.executable, "-c", DYING, str(state), name, str(lives)))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="macOS bounds no memory")
def test_a_picture_beyond_the_memory_fails_its_prompt_and_no_other(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Decoder(memory_bytes=200_000_000)
    monkeypatch.setattr(decoder, "_SHARED", small)
    hall.double.act = large_picture
    large = hall.add("a fox", "image")
    hall.drain()
    ended = hall.get(large)
    assert (ended.status, ended.attempt, ended.artifact_status) == ("failed", 1, "error")
    assert "0001.png could not be decoded within 200 MB of memory. Make it smaller" in (ended.error_message or "")
    hall.double.act = words
    broken = hall.add("a fox", "image")
    hall.drain()
    assert "0001.png is not a picture that can be read" in (hall.get(broken).error_message or "")
    assert [each for each in hall.files() if each.endswith((".png", ".webp"))] == []
    small.close()


@pytest.mark.parametrize(("name", "lives", "status"), [("SIGKILL", 2, "completed"), ("SIGSEGV", 2, "failed")])
def test_whose_fault_the_end_of_a_decoder_is(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, lives: int, status: str
) -> None:
    made = dying(tmp_path / "state", name, lives)
    monkeypatch.setattr(decoder, "_SHARED", made)
    hall.double.act = small_picture
    asked = hall.add("a fox", "image")
    hall.drain()
    ended = hall.get(asked)
    assert (ended.status, ended.attempt) == (status, 1)
    if status == "failed":
        assert "0001.png brings its decoder down (SIGSEGV). It is damaged: make it again" in (ended.error_message or "")
    made.close()


def test_a_decoder_that_is_killed_all_the_time_is_tried_again_later(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = dying(tmp_path / "state", "SIGKILL", MOST_KILLS)
    monkeypatch.setattr(decoder, "_SHARED", made)
    hall.double.act = small_picture
    asked = hall.add("a fox", "image")
    hall.drain()
    assert (hall.get(asked).status, hall.get(asked).attempt) == ("completed", 2)
    made.close()
