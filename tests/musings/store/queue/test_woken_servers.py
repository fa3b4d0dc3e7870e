"""What is kept of woken servers, and when there is nothing left for them; the rest is in the worker's tests."""

from datetime import UTC, datetime, timedelta

import pytest

from musings.models import MEDIA_KINDS, Kind, NewPrompt
from musings.store import tables
from musings.store.database import Database
from musings.store.queue import submission, woken_servers

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_what_was_written_is_found(database: Database) -> None:
    assert database.reading(woken_servers.find) == {}
    for woken in ({"http://box:8188": NOON}, {"http://other:8188": NOON + timedelta(hours=1)}, {}):
        database.writing(woken_servers.write, woken)
        assert database.reading(woken_servers.find) == woken


@pytest.mark.parametrize("value", ["{", "[]", "null", '{"http://box": 7}', '{"http://box": "noon"}'])
def test_what_cannot_be_read_counts_as_nothing(database: Database, value: str) -> None:
    database.writing(woken_servers.write, {})
    with database.write() as connection:
        row = tables.queue_state.c.name == woken_servers.ROW
        connection.execute(tables.queue_state.update().where(row).values(value=value))
    assert database.reading(woken_servers.find) == {}


def test_what_ended_last_counts_whatever_its_number(database: Database) -> None:
    assert database.reading(woken_servers.last_ended, MEDIA_KINDS) is None
    for hours, prompt_type in ((3, "image"), (1, "music"), (9, "poem")):
        made = database.writing(submission.add, NewPrompt("a fox", prompt_type))[0].id
        with database.write() as connection:
            ended = {"status": "completed", "completed_at": NOON + timedelta(hours=hours)}
            connection.execute(tables.prompts.update().where(tables.prompts.c.id == made).values(**ended))
    assert database.reading(woken_servers.last_ended, MEDIA_KINDS) == NOON + timedelta(hours=3)
    assert database.reading(woken_servers.last_ended, [Kind.MUSIC]) == NOON + timedelta(hours=1)


def test_work_of_another_kind_is_no_work(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    assert database.reading(woken_servers.is_work_left, MEDIA_KINDS, NOON)
    assert not database.reading(woken_servers.is_work_left, [Kind.VOICE], NOON)
