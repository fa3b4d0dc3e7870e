"""Who draws for the fake, by name."""

import pytest

from fake_comfyui.__main__ import main
from fake_comfyui.artist import ARTISTS, PlainArtist, artist_named, usual


def test_both_artists_can_be_chosen() -> None:
    for name in ("sketch", "plain"):
        assert artist_named(name).picture("a fox", 1, 64, 64).size == (64, 64)


def test_the_first_that_is_installed_is_the_usual_one() -> None:
    assert usual() == "sketch"
    assert usual({"sketch": "not_installed_anywhere.artist:Sketch", "plain": ARTISTS["plain"]}) == "plain"


def test_any_class_can_draw() -> None:
    assert isinstance(artist_named("fake_comfyui.artist:PlainArtist"), PlainArtist)


@pytest.mark.parametrize("name", ["monet", "nowhere.at_all:Monet", "fake_comfyui.artist:Monet", "decimal:ROUND_UP"])
def test_an_artist_that_cannot_be_had_is_wrong_usage(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--artist", name])
    assert caught.value.code == 2
    assert repr(name) in capsys.readouterr().err
