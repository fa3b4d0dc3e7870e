"""The outbox: who claims a notice first delivers it."""

from datetime import timedelta

from musings.store import times
from musings.store.alerts import notices
from musings.store.alerts.notices import Notice, Waiting
from musings.store.database import Database

LOW = Notice("The disk is nearly full", "0.1 GB", "failure")


def posted(database: Database) -> Waiting:
    assert database.writing(notices.begin, "disk", LOW, ["1:json", "2:mailto"])
    [found] = database.reading(notices.waiting)
    return found


def test_one_of_two_gets_it(database: Database) -> None:
    found, until = posted(database), times.now() + timedelta(minutes=2)
    mine = database.writing(notices.claim, found, until)
    assert mine is not None
    assert (mine.tries, mine.at) == (1, until)
    assert database.writing(notices.claim, found, until) is None


def test_who_was_overtaken_settles_nothing(database: Database) -> None:
    first = database.writing(notices.claim, posted(database), times.now())
    assert first is not None
    second = database.writing(notices.claim, first, times.now())
    assert second is not None
    database.writing(notices.settle, first, [], times.now())
    assert len(database.reading(notices.waiting)) == 1
    database.writing(notices.settle, second, ["2:mailto"], times.now())
    assert database.reading(notices.waiting)[0].left == ("2:mailto",)
    database.writing(notices.drop, second)
    assert database.reading(notices.waiting) == []


def test_an_alert_is_opened_once_and_closed_once(database: Database) -> None:
    posted(database)
    assert not database.writing(notices.begin, "disk", LOW, ["1:json"])
    assert database.writing(notices.end, "disk", LOW, [])
    assert not database.writing(notices.end, "disk", LOW, ["1:json"])
    assert database.reading(notices.open_alerts) == {}
    assert len(database.reading(notices.waiting)) == 1
