"""Makers are opened when they are needed: once for all threads, and again after they were closed."""

import threading

from musings.makers.base import MakerList
from musings.makers.opening import Opening
from tests.musings.makers.named import Named


class Doors:
    """Counts how often the makers were opened; each opening waits for ``gate``."""

    def __init__(self) -> None:
        self.opened: list[Named] = []
        self.gate = threading.Event()

    def __call__(self) -> MakerList:
        self.gate.wait(30)
        self.opened.append(Named("a"))
        return MakerList((self.opened[-1],))


def opening() -> tuple[Opening, Doors]:
    doors = Doors()
    doors.gate.set()
    return Opening(doors), doors


def test_nothing_is_opened_before_somebody_needs_it() -> None:
    mine, doors = opening()
    assert list(mine.in_use()) == []
    mine.close()
    assert doors.opened == []


def test_threads_that_need_them_at_once_get_the_same() -> None:
    doors = Doors()
    mine = Opening(doors)
    found: list[MakerList] = []
    threads = [threading.Thread(target=lambda: found.append(mine.opened())) for _ in range(8)]
    for thread in threads:
        thread.start()
    doors.gate.set()
    for thread in threads:
        thread.join(30)
    assert len(doors.opened) == 1
    assert {id(each) for each in found} == {id(mine.opened())}


def test_after_closing_they_are_opened_anew_and_closed_once() -> None:
    mine, doors = opening()
    first = mine.opened()
    assert list(mine.in_use()) == list(first.makers)
    mine.close()
    mine.close()
    assert list(mine.in_use()) == []
    assert mine.opened() is not first
    assert [each.closed for each in doors.opened] == [1, 0]


def test_whoever_closes_holds_up_nobody_who_opens() -> None:
    """Closing may wait for a server, and it is done outside the lock."""
    mine, doors = opening()
    mine.opened()
    reopened: list[MakerList] = []
    slow = doors.opened[0]
    slow.close = lambda: reopened.append(mine.opened())  # type: ignore[method-assign]
    mine.close()
    assert len(reopened) == 1
    assert len(doors.opened) == 2
