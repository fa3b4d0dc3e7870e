"""Drum patterns, bar by bar."""

from random import Random

import pytest

from musings_sketch.music import groove
from musings_sketch.music.kit import PIECES
from musings_sketch.music.styles import STYLES

NAMES = sorted({*(style.groove for style in STYLES if style.groove), "soft"})


def bar(name: str, beats: int = 4, *, full: bool = True, fill: bool = False, opening: bool = False) -> list[groove.Hit]:
    return groove.bar(name, beats, full=full, fill=fill, opening=opening, random=Random(2))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("beats", [3, 4])
def test_every_hit_is_of_the_kit_and_in_the_bar(name: str, beats: int) -> None:
    for full, fill, opening in ((True, False, True), (True, True, False), (False, False, False)):
        hits = bar(name, beats, full=full, fill=fill, opening=opening)
        assert hits
        assert {hit.piece for hit in hits} <= set(PIECES)
        assert all(0 <= hit.beat < beats and 0 < hit.weight <= 1 for hit in hits)
        assert len({(hit.piece, hit.beat) for hit in hits}) == len(hits)


@pytest.mark.parametrize("name", NAMES)
def test_a_light_bar_has_less_than_a_full_one(name: str) -> None:
    light, whole = bar(name, full=False), bar(name)
    assert len(light) <= len(whole)
    assert not {hit.piece for hit in light} & {"crash"}
    assert {hit.piece for hit in light} <= {hit.piece for hit in whole}


@pytest.mark.parametrize("name", ["pop", "rock", "dance", "march", "epic", "chip", "folk", "lofi"])
def test_a_fill_leads_on(name: str) -> None:
    def late(hits: list[groove.Hit]) -> int:
        return sum(hit.beat >= 3 for hit in hits)

    assert late(bar(name, fill=True)) > late(bar(name)) - 1
    assert bar(name, fill=True) != bar(name)
    assert bar(name, full=False, fill=True) == bar(name, full=False)


def test_a_new_section_is_crowned_where_the_kit_has_a_crash() -> None:
    assert groove.Hit("crash", 0.0, 0.8) in bar("rock", opening=True)
    assert "crash" not in {hit.piece for hit in bar("jazz", opening=True)}
    assert "crash" not in {hit.piece for hit in bar("rock", full=False, opening=True)}


def test_triplets_are_written_as_they_swing() -> None:
    thirds = {round(hit.beat * 3, 6) for hit in bar("jazz")}
    assert all(third.is_integer() for third in thirds)
    assert {hit.beat for hit in bar("dance") if hit.piece == "kick"} == {0, 1, 2, 3}
