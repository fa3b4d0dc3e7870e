"""The store's statements are portable: compiled for another kind of database they hold no word of SQLite's."""

import contextlib
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from musings.errors import MusingsError, NotFoundError, RefusedError
from musings.models import Kind, NewPrompt, WorkflowVersion
from musings.store.alerts import notices, outages, trouble
from musings.store.alerts.notices import Notice
from musings.store.database import Database
from musings.store.dialect import dialect_of
from musings.store.gallery import artifacts, lists, stats, totals, workflows
from musings.store.gallery.artifacts import ArtifactFilter
from musings.store.gallery.lists import PromptFilter
from musings.store.housekeeping import disks, duties
from musings.store.housekeeping.duties import DutyRow, Owner
from musings.store.queue import admission, claims, durations, events, snapshot, stages, submission
from musings.store.writings import search
from musings.store.writings.search import WritingFilter
from tests.musings.store.other_database import Recorder
from tests.sqlite_words import WORDS

ALL_KINDS = list(Kind)
FOX = PromptFilter(text="fox", statuses=["pending"], types=["image"])
STATEMENTS: dict[str, Callable[[Connection], object]] = {
    "claim": lambda c: claims.claim(c, ALL_KINDS, without=[(Kind.IMAGE, "flux")]),
    "the look of a runner": lambda c: snapshot.look(c, ALL_KINDS),
    "admission": lambda c: admission.admit(c, 3),
    "rows of other programs": admission.are_outside,
    "rows between stages": lambda c: stages.take_up(c, 3),
    "submit": lambda c: submission.add(c, NewPrompt("a fox", "image"), 100),
    "a list": lambda c: lists.listing(c, PromptFilter(), 50, "500"),
    "a search": lambda c: lists.listing(c, FOX, 50, None),
    "the line": lambda c: lists.in_line(c, FOX, 50, None),
    "the gallery": lambda c: artifacts.gallery(c, ArtifactFilter(text="fox"), 50, None),
    "durations": lambda c: durations.of_workflow(c, Kind.IMAGE, "flux", True),
    "a version": lambda c: workflows.keep(c, WorkflowVersion("abc", "flux", "comfyui", "{}")),
    "events": lambda c: events.after(c, 7),
    "an alert": lambda c: notices.begin(c, "disk", Notice("a", "b", "info"), ["1:json"]),
    "an outage": lambda c: outages.since(c, "gpu"),
    "a duty": lambda c: duties.claim(c, "x", DutyRow(None, 0, None, None), Owner("here", "1:a")),
    "a full disk": lambda c: disks.note(c, "here", "full"),
}
WHOLE: dict[str, Callable[[Database], object]] = {
    "figures": lambda d: d.reading(stats.queue_stats),
    "totals": lambda d: d.reading(totals.totals),
    "what fell silent": lambda d: d.reading(trouble.waiting_since, ALL_KINDS),
    "writings": lambda d: d.reading(search.listing, WritingFilter(text="fox"), 50, None),
    "the best match": lambda d: d.reading(search.search, "fox", WritingFilter(), 50, 0),
}


def is_sqlites(statement: str) -> bool:
    return bool(WORDS.search(statement) or re.search(r"\+[a-z_]+\.", statement))


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_statement_of_the_store_is_portable(what: str) -> None:
    recorder = Recorder()
    with contextlib.suppress(NotFoundError, RefusedError):  # there is no row in what only listens
        STATEMENTS[what](recorder.as_connection)
    assert recorder.statements
    assert [said for said in recorder.statements if is_sqlites(said)] == []


@pytest.mark.parametrize("what", WHOLE)
def test_a_question_of_the_store_is_portable(what: str) -> None:
    recorder = Recorder()
    with contextlib.suppress(MusingsError):
        WHOLE[what](recorder.as_database)
    assert recorder.statements
    assert [said for said in recorder.statements if is_sqlites(said)] == []


def test_a_search_is_in_the_words_of_its_database() -> None:
    recorder = Recorder()
    recorder.as_database.reading(search.search, "fox", WritingFilter(), 50, 0)
    assert "websearch_to_tsquery" in recorder.statements[0]


def test_a_connection_knows_its_dialect(database: Database) -> None:
    with database.read() as connection:
        assert dialect_of(connection) is database.dialect
    with database.write(relaxed=True) as connection:
        assert dialect_of(connection) is database.dialect
        assert dialect_of(connection).name == connection.dialect.name
