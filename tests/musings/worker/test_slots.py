"""How many run at a time, by what makes them. Pure: a library and servers of the test's own making."""

import pytest

from musings.config.operation import ConcurrencySettings
from musings.engine.base import Room
from musings.makers.choice import Makers
from musings.models import Kind
from musings.worker.slots import MakerSlots

IMAGES: dict[str | None, str] = {None: "sketch", "fox": "comfyui", "cat": "comfyui", "by_script": "script"}


class House(Makers):
    """So many places on servers, and the same workflows for every kind but text."""

    def __init__(self, places: int) -> None:
        super().__init__()
        self.there = places

    def places(self) -> int:
        return self.there

    def makers(self, kind: Kind) -> dict[str | None, str]:
        return {None: "text"} if kind is Kind.TEXT else IMAGES


def slots(places: int = 2, **asked: int) -> MakerSlots:
    return MakerSlots(ConcurrencySettings(**asked), House(places), processors=4)


def made_by(*makers: str, kind: Kind = Kind.IMAGE) -> list[tuple[Kind, str | None]]:
    return [(kind, maker) for maker in makers]


def test_an_idle_worker_may_start_anything() -> None:
    assert slots().room([], list(Kind)) == Room(tuple(Kind))


@pytest.mark.parametrize(
    ("busy", "closed"),
    [
        (["comfyui"], set()),
        (["comfyui", "comfyui"], {"fox", "cat"}),
        (["script"], {"by_script"}),
        (["sketch", "sketch"], {None}),
        (["script", "sketch", "sketch"], {None, "by_script"}),
    ],
)
def test_a_busy_maker_stands_in_nobody_elses_way(busy: list[str], closed: set[str | None]) -> None:
    room = slots().room(made_by(*busy), [Kind.IMAGE])
    assert room == Room((Kind.IMAGE,), frozenset((Kind.IMAGE, workflow) for workflow in closed))


def test_servers_are_shared_by_all_kinds() -> None:
    room = slots(1).room(made_by("comfyui", kind=Kind.MUSIC), [Kind.IMAGE])
    assert room.without == {(Kind.IMAGE, "fox"), (Kind.IMAGE, "cat")}


def test_places_follow_what_is_there() -> None:
    house = House(1)
    mine = MakerSlots(ConcurrencySettings(), house)
    assert (Kind.IMAGE, "fox") in mine.room(made_by("comfyui"), [Kind.IMAGE]).without
    house.there = 2
    assert mine.room(made_by("comfyui"), [Kind.IMAGE]).without == frozenset()
    assert mine.total() == 5


def test_a_number_set_by_hand_wins_both_ways() -> None:
    assert slots(2, image=1).room(made_by("comfyui"), [Kind.IMAGE, Kind.MUSIC]).kinds == (Kind.MUSIC,)
    assert slots(1, image=3).room(made_by("comfyui", "sketch"), [Kind.IMAGE]) == Room((Kind.IMAGE,))
    assert slots(8, total=1).room(made_by("comfyui"), list(Kind)) == Room(())


def test_text_has_its_own_number() -> None:
    texts = made_by("text", "text", kind=Kind.TEXT)
    assert slots().room(texts, [Kind.TEXT, Kind.IMAGE]).kinds == (Kind.IMAGE,)


def test_workflows_that_cannot_be_read_end_no_worker() -> None:
    class Broken(House):
        def makers(self, kind: Kind) -> dict[str | None, str]:
            raise KeyError("a sidecar nobody expected")

    broken = MakerSlots(ConcurrencySettings(), Broken(1))
    assert broken.room(made_by("comfyui"), [Kind.IMAGE]).kinds == (Kind.IMAGE,)
