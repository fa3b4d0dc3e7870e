"""From conditions to alerts: each is told once when it begins, and once when it is over."""

import pytest

from musings.alerts import book
from musings.alerts.conditions import Condition
from musings.store.alerts import notices
from musings.store.alerts.notices import Notice
from musings.store.database import Database

BAD, GOOD = Notice("It broke", "why", "failure"), Notice("It works", "again", "success")


def enter(database: Database, *wrong: bool | None, channels: tuple[str, ...] = ("1:json",)) -> int:
    found = [Condition(f"key{at}", each, BAD if each else GOOD) for at, each in enumerate(wrong)]
    return book.enter(database, found, channels)


def posted(database: Database) -> list[str]:
    return [each.notice.title for each in database.reading(notices.waiting)]


def test_what_goes_on_is_told_once(database: Database) -> None:
    assert [enter(database, wrong) for wrong in (True, True, None, True, False, False, True)] == [1, 0, 0, 0, 1, 0, 1]
    assert posted(database) == ["It broke", "It works", "It broke"]


@pytest.mark.parametrize("wrong", [False, None])
def test_what_is_well_is_not_told(database: Database, wrong: bool | None) -> None:
    assert enter(database, wrong) == 0
    assert posted(database) == []


def test_each_condition_is_its_own(database: Database) -> None:
    assert enter(database, True, True, False) == 2
    assert enter(database, False, True, True) == 2
    assert list(database.reading(notices.open_alerts)) == ["key1", "key2"]


def test_without_a_channel_it_is_kept_and_nothing_waits(database: Database) -> None:
    assert enter(database, True, channels=()) == 1
    assert list(database.reading(notices.open_alerts)) == ["key0"]
    assert posted(database) == []
