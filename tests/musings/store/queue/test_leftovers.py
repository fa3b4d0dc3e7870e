"""Jobs that an ended prompt may still have on servers, kept until they are taken away."""

import pytest

from musings.store.database import Database
from musings.store.queue import leftovers
from tests.musings.store.adding import add

ONE, TWO = "comfy|http://a|1", "comfy|http://a|1|http://b|2"


@pytest.mark.parametrize(
    ("whereabouts", "moved", "kept"),
    [
        (ONE, False, True),
        (TWO, False, True),
        (ONE, True, False),
        (TWO, True, True),
        (None, False, False),
        ("process:12:345", False, False),
        ("", False, False),
    ],
)
def test_only_jobs_on_servers_are_left_over(
    database: Database, whereabouts: str | None, moved: bool, kept: bool
) -> None:
    made = add(database)
    with database.write() as connection:
        leftovers.note(connection, made.id, 1, whereabouts, moved=moved)
    assert database.reading(leftovers.noted) == ({f"{made.id}.1": whereabouts} if kept else {})


def test_the_last_note_of_an_attempt_counts_and_each_is_forgotten_alone(database: Database) -> None:
    made = add(database)
    for attempt, where in ((1, ONE), (1, TWO), (2, ONE), (10, ONE)):
        database.writing(leftovers.note, made.id, attempt, where)
    assert database.reading(leftovers.noted) == {f"{made.id}.1": TWO, f"{made.id}.2": ONE, f"{made.id}.10": ONE}
    database.writing(leftovers.forget, f"{made.id}.1")
    database.writing(leftovers.forget, f"{made.id}.1")
    assert list(database.reading(leftovers.noted)) == [f"{made.id}.2", f"{made.id}.10"]
