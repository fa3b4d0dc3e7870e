"""The engine without Musings: its README's examples, its doors from a terminal, and what an import costs."""

import wave
from pathlib import Path

import pytest
from PIL import Image

from musings_sketch.__main__ import main
from tests.alone import examples, run_alone


@pytest.mark.parametrize("example", examples("musings_sketch"))
def test_the_examples_of_the_readme_run(example: str, tmp_path: Path) -> None:
    run_alone("musings_sketch", example, tmp_path)


def test_the_readme_has_an_example_of_each_door() -> None:
    written = "\n".join(examples("musings_sketch"))
    assert all(f"musings_sketch.{door} import" in written for door in ("painting", "film", "music", "verse", "speech"))


def test_nothing_is_loaded_before_its_door_is_used(tmp_path: Path) -> None:
    loaded = run_alone("musings_sketch", "import musings_sketch, sys; print(*sys.modules)", tmp_path).split()
    assert {"numpy", "PIL", "av", "ctypes"}.isdisjoint(loaded)


def test_every_door_opens_from_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, song, poem, voice = (tmp_path / name for name in ("a.png", "a.wav", "a.md", "b.wav"))
    assert main(["paint", "a fox", "--seed", "3", "--out", str(picture)]) == 0
    film = tmp_path / "a.webp"
    assert main(["film", "a fox", "--out", str(film)]) == 0
    with Image.open(film) as opened:
        assert (opened.size, getattr(opened, "n_frames", 1)) == ((384, 216), 60)
    assert main(["play", "a waltz of 20 seconds", "--out", str(song)]) == 0
    assert main(["write", "rain", "--out", str(poem)]) == 0
    assert main(["speak", "Good evening.", "--out", str(voice)]) == 0
    with Image.open(picture) as opened:
        assert opened.size == (1024, 1024)
    for path, channels, rate in ((song, 2, 44_100), (voice, 1, 22_050)):
        with wave.open(str(path)) as sound:
            assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (channels, rate, 2)
            assert sound.getnframes() > rate / 2
    assert main(["write", "rain"]) == 0
    assert capsys.readouterr().out == poem.read_text("utf-8")


def test_what_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speak", "!?", "--out", str(tmp_path / "a.wav")]) == 1
    assert "nothing to speak" in capsys.readouterr().err
    assert main(["film", "a fox", "--out", str(tmp_path / "a.mp4")]) == 1
    assert "Call it .webp" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["paint", "a fox"])
    assert caught.value.code == 2
