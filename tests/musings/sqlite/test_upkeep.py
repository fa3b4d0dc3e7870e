"""The database's own care."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from musings.models import Kind, NewPrompt
from musings.sqlite import upkeep
from musings.sqlite.database import open_database
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.gallery.lists import PromptFilter
from musings.store.queue import attempts, claims, endings, submission


def finished(database: Database, days: float, *, starred: bool = False) -> int:
    """A prompt whose only attempt ended so many days ago; returns its id."""
    made, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    taken = database.writing(claims.claim, [Kind.IMAGE])
    assert taken is not None
    database.writing(endings.fail, taken, error="no", error_class="UserFault", seconds=1, log="a long story")
    when = (times.now() - timedelta(days=days)).strftime(times.FORMAT)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE attempts SET finished_at = ? WHERE prompt_id = ?", (when, made.id))
        connection.exec_driver_sql("UPDATE prompts SET starred = ? WHERE id = ?", (starred, made.id))
    return made.id


def test_old_logs_are_forgotten_but_not_what_was_tried(database: Database) -> None:
    old, starred, new = finished(database, 91), finished(database, 91, starred=True), finished(database, 89)
    assert upkeep.tidy(database).logs == 1
    assert upkeep.tidy(database).logs == 0
    found = database.reading(attempts.of_prompts, [old, starred, new])
    assert [found[each][0].log_excerpt for each in (old, starred, new)] == [None, "a long story", "a long story"]
    assert found[old][0].error == "no"


def test_the_index_is_merged_and_finds_the_same(database: Database) -> None:
    for n in range(40):
        database.writing(submission.add, NewPrompt(f"fox number{n}", "image"))
    assert upkeep.tidy(database).merges > 0
    assert upkeep.tidy(database).merges == 0
    assert len(database.reading(lists.listing, PromptFilter(text="fox"), 100, None).items) == 40


def test_it_waits_for_nobody(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    with closing(sqlite3.connect(str(database.path))) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM prompts").fetchall()
        database.writing(submission.add, NewPrompt("a hare", "image"))
        assert not upkeep.tidy(database).checkpointed
    assert upkeep.tidy(database).checkpointed


def test_it_stops_when_asked(database: Database) -> None:
    for n in range(40):
        database.writing(submission.add, NewPrompt(f"fox number{n}", "image"))
    assert upkeep.tidy(database, lambda: False).merges == 0


def test_a_database_in_memory_needs_little(database: Database) -> None:
    from musings.sqlite import schema

    memory = open_database(":memory:")
    schema.ensure(memory)
    assert upkeep.tidy(memory) == upkeep.Tidied(0, 0, False)
    memory.close()
