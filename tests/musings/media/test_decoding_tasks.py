"""What the decoding child can be asked, here in this process."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from musings.errors import AttemptError
from musings.media import decoding_tasks
from musings.media.decoding_tasks import TASKS
from tests.musings.media.drawn import slope
from tests.musings.media.recorded import film, sound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    slope(60, 30).save(tmp_path / "a.png")
    sound(tmp_path / "a.wav", seconds=1.0, channels=2)
    film(tmp_path / "a.mp4", frames=10)
    return tmp_path


def test_every_kind_has_its_facts_and_its_preview(folder: Path) -> None:
    for task, name, fact in (("image", "a.png", "width"), ("audio", "a.wav", "peaks"), ("video", "a.mp4", "codec")):
        preview = folder / f"{task}.webp"
        found = TASKS[task](folder / name, str(preview))
        assert fact in found
        with Image.open(preview) as shown:
            assert shown.format == "WEBP"


def test_what_a_file_is_alone(folder: Path) -> None:
    assert TASKS["read_picture"](folder / "a.png")["format"] == "PNG"
    assert TASKS["read_sound"](folder / "a.wav")["duration"] == 1.0
    assert TASKS["read_video"](folder / "a.mp4")["fps"] == 10
    with pytest.raises(AttemptError, match=r"longer than 0\.5 s"):
        TASKS["read_sound"](folder / "a.wav", most_seconds=0.5)


def test_raw_samples_at_a_rate_and_up_to_a_length(folder: Path) -> None:
    target = folder / "a.raw"
    assert decoding_tasks.raw(folder / "a.wav", str(target), 10) == {"rate": 48_000, "frames": 48_000}
    assert len(np.frombuffer(target.read_bytes(), np.int16)) == 48_000
    assert decoding_tasks.raw(folder / "a.wav", str(target), 10, rate=8_000)["rate"] == 8_000
    with pytest.raises(AttemptError, match=r"a\.wav is longer than 0\.1 s"):
        decoding_tasks.raw(folder / "a.wav", str(target), 0.1)


def test_in_another_format(folder: Path) -> None:
    decoding_tasks.picture_as(folder / "a.png", str(folder / "b"), "jpeg", 80)
    with Image.open(folder / "b") as shown:
        assert shown.format == "JPEG"
    decoding_tasks.sound_as(folder / "a.wav", str(folder / "c"), "flac", mono=False)
    assert TASKS["read_sound"](folder / "c")["channels"] == 2


def test_every_task_has_a_name_of_its_own() -> None:
    assert all(task.__name__ == name for name, task in TASKS.items())
    assert len(TASKS) == 11


@pytest.mark.parametrize(
    ("reader", "task", "name"), [("read_picture", "image", "a.png"), ("read_sound", "audio", "a.wav")]
)
def test_what_was_verified_to_be_kept_is_not_decoded_again(folder: Path, reader: str, task: str, name: str) -> None:
    path, preview = folder / name, folder / "a.webp"
    expected = TASKS[task](path, str(preview))
    facts, shown = TASKS[reader](path), preview.read_bytes()
    fresh = path.with_name(f"again-{name}")
    fresh.write_bytes(path.read_bytes())
    assert TASKS[reader](fresh, to_keep=True) == facts
    known = fresh.stat()
    with fresh.open("r+b") as file:
        file.write(bytes(known.st_size))
    os.utime(fresh, ns=(known.st_atime_ns, known.st_mtime_ns))  # the same by all that is looked at, and no picture
    assert TASKS[task](fresh, str(preview)) == expected
    assert preview.read_bytes() == shown
    with pytest.raises(AttemptError):
        TASKS[reader](fresh)
