"""The four doors from a terminal: one file each, or words on the screen."""

import wave
from pathlib import Path

import pytest
from PIL import Image

from musings_sketch import verse
from musings_sketch.__main__ import main


def test_a_picture_is_written_in_the_format_of_its_name(tmp_path: Path) -> None:
    out = tmp_path / "fox.jpg"
    assert main(["paint", "zen", "--seed", "3", "--out", str(out)]) == 0
    with Image.open(out) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1024, 1024))


def test_a_text_goes_to_the_screen_or_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", "a fox", "--seed", "3"]) == 0
    made = verse.write("a fox", 3)
    assert capsys.readouterr().out == f"# {made.title}\n\n{made.content}\n"
    assert main(["write", "a fox", "--seed", "3", "--out", str(tmp_path / "fox.md")]) == 0
    assert (tmp_path / "fox.md").read_text("utf-8") == f"# {made.title}\n\n{made.content}\n"
    assert capsys.readouterr().out == ""


def test_a_voice_is_a_wav_of_16_bits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "fox.wav"
    code = main(["speak", "A fox.", "--out", str(out)])
    if code == 1:
        assert "espeak" in capsys.readouterr().err  # not installed here, and that is said
        return
    with wave.open(str(out)) as sound:
        assert (sound.getsampwidth(), sound.getnchannels()) == (2, 1)
        assert sound.getnframes() > sound.getframerate() / 10


def test_the_piece_of_music_that_was_composed_is_rendered_in_stereo(tmp_path: Path) -> None:
    out = tmp_path / "fox.wav"
    assert main(["play", "a fox, ten seconds", "--out", str(out)]) == 0
    with wave.open(str(out)) as sound:
        assert (sound.getsampwidth(), sound.getnchannels(), sound.getframerate()) == (2, 2, 44_100)
        assert sound.getnframes() > 44_100


@pytest.mark.parametrize("door", ["paint", "play", "speak"])
def test_what_is_no_text_needs_a_file(door: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([door, "a fox"])
    assert end.value.code == 2
    assert f"{door} needs --out FILE" in capsys.readouterr().err


def test_what_cannot_be_written_ends_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", "a fox", "--out", str(tmp_path / "none" / "fox.md")]) == 1
    said = capsys.readouterr().err
    assert "fox.md" in said
    assert said.count("\n") == 1


def test_an_error_of_the_engine_is_told_with_its_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "fox.wav"
    assert main(["speak", "🌙", "--out", str(out)]) == 1
    assert capsys.readouterr().err == (
        "There is nothing to speak: the text has no letters and no digits. "
        "Write some words; emoji and signs alone are not spoken.\n"
    )
    assert not out.exists()
