"""Films that we write."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from comfyui_workflows.metadata.reading import texts_in
from musings.errors import AttemptError
from musings.media.films import write_film
from musings.media.videos import read_video


def pictures(count: int = 12) -> Iterator[Image.Image]:
    for number in range(count):
        yield Image.new("RGB", (64, 48), (number * 20, 80, 200))


def test_a_film_has_its_size_length_and_tags_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    tags = {"prompt": "ein Füchslein 🦊", "parameters": '{"seed": 1}', "nul": "a\0b"}
    for name in ("a.mp4", "b.mp4"):
        write_film(pictures(), (64, 48), 12, tmp_path / name, tags)
    facts = read_video(tmp_path / "a.mp4")
    assert (facts.width, facts.height, facts.duration, facts.fps, facts.codec) == (64, 48, 1.0, 12.0, "h264")
    content = (tmp_path / "a.mp4").read_bytes()
    assert content == (tmp_path / "b.mp4").read_bytes()
    found = texts_in(content)
    assert found is not None
    assert found.texts == tags | {"nul": "ab"}


def test_half_a_surrogate_pair_in_a_tag_is_left_out(tmp_path: Path) -> None:
    write_film(pictures(), (64, 48), 12, tmp_path / "a.mp4", {"prompt": "a \ud800fox"})
    found = texts_in((tmp_path / "a.mp4").read_bytes())
    assert found is not None
    assert found.texts == {"prompt": "a fox"}


def test_nothing_is_left_of_a_film_that_was_stopped(tmp_path: Path) -> None:
    def broken() -> Iterator[Image.Image]:
        yield from pictures(3)
        raise LookupError

    with pytest.raises(LookupError):
        write_film(broken(), (64, 48), 12, tmp_path / "a.mp4", {})
    assert list(tmp_path.iterdir()) == []


def test_an_ffmpeg_without_the_encoder_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musings.media.films.CODEC", "libx264_that_is_not_there")
    with pytest.raises(AttemptError, match="no encoder libx264_that_is_not_there"):
        write_film(pictures(), (64, 48), 12, tmp_path / "a.mp4", {})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(AttemptError, match=r"a\.mp4 could not be written"):
        write_film(pictures(), (64, 48), 12, tmp_path / "none" / "a.mp4", {})
