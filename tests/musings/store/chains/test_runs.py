"""Runs: once for a key, newest first, and marked by whatever ends one of their prompts."""

import pytest
from sqlalchemy import text

from musings.errors import ConflictError, NotFoundError
from musings.store.chains import runs, steps
from musings.store.chains.runs import ChainRun, NewRun
from musings.store.chains.steps import StepOutcome
from musings.store.database import Database
from musings.store.gallery import trash
from tests.musings.store.adding import add, shell


def started(database: Database, chain: str = "two", **more: str) -> ChainRun:
    return database.writing(runs.add, NewRun(chain, "hash", "a fox", "request", **more))[0]  # type: ignore[arg-type]


def observed(database: Database, run: ChainRun) -> None:
    assert database.writing(runs.observe, database.reading(runs.get, run.id))
    assert not database.reading(runs.are_due)


@pytest.fixture
def linked(database: Database) -> tuple[ChainRun, int]:
    """A run with a prompt, in which everything was seen."""
    run, prompt = started(database), add(database)
    database.writing(steps.add, run.id, "poem", 1, 1, StepOutcome.PROMPT, prompt_id=prompt.id)
    observed(database, run)
    return run, prompt.id


def test_a_new_one_is_due_until_it_was_looked_at(database: Database) -> None:
    run = started(database)
    assert database.reading(runs.due, 10) == [run.id]
    observed(database, run)
    assert database.reading(runs.due, 10) == []


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_whoever_ends_a_prompt_marks_its_run(database: Database, linked: tuple[ChainRun, int], status: str) -> None:
    shell(database, "UPDATE prompts SET status = ? WHERE id = ?", status, linked[1])
    assert database.reading(runs.due, 10) == [linked[0].id]


@pytest.mark.parametrize("change", ["status = 'processing'", "status = 'pending'", "priority = 1", "progress = '{}'"])
def test_what_ends_nothing_marks_nothing(database: Database, linked: tuple[ChainRun, int], change: str) -> None:
    shell(database, f"UPDATE prompts SET {change} WHERE id = ?", linked[1])
    assert database.reading(runs.due, 10) == []


def test_the_trash_and_the_way_back_mark_it(database: Database, linked: tuple[ChainRun, int]) -> None:
    run, prompt = linked
    database.writing(trash.discard, prompt)
    assert database.reading(runs.are_due)
    observed(database, run)
    database.writing(trash.restore, prompt, 30)
    assert database.reading(runs.are_due)


def test_a_prompt_that_is_gone_marks_it_and_its_number_means_nothing_more(
    database: Database, linked: tuple[ChainRun, int]
) -> None:
    run, prompt = linked
    shell(database, "DELETE FROM prompts WHERE id = ?", prompt)
    assert database.reading(runs.are_due)
    [row] = database.reading(steps.of_runs, [run.id])[run.id]
    assert (row.prompt_id, row.status, row.deleted) == (None, "pending", True)


def test_the_mark_of_a_prompt_that_is_rolled_back_is_rolled_back(
    database: Database, linked: tuple[ChainRun, int]
) -> None:
    with database.engine.connect() as connection:  # and never a commit
        connection.execute(text("UPDATE prompts SET status = 'completed' WHERE id = :id"), {"id": linked[1]})
        assert runs.are_due(connection)
    assert not database.reading(runs.are_due)


def test_what_comes_while_it_is_looked_at_is_still_due(database: Database, linked: tuple[ChainRun, int]) -> None:
    run, prompt = linked
    shell(database, "UPDATE prompts SET status = 'completed' WHERE id = ?", prompt)
    seen = database.reading(runs.get, run.id)
    database.writing(trash.discard, prompt)
    assert database.writing(runs.observe, seen)
    assert database.reading(runs.are_due)


def test_what_somebody_else_has_dealt_with_is_not_dealt_with_again(database: Database) -> None:
    seen = started(database)
    assert database.writing(runs.observe, seen)
    assert not database.writing(runs.observe, seen)


def test_a_person_in_between_is_told(database: Database) -> None:
    seen = started(database)
    database.writing(runs.act, seen.id, priority=2)
    assert not database.writing(runs.observe, seen)
    assert database.reading(runs.get, seen.id).priority == 2
    with pytest.raises(NotFoundError):
        database.writing(runs.act, 99)


def test_a_paused_one_is_not_due(database: Database) -> None:
    run = started(database)
    database.writing(runs.act, run.id, paused_at=run.created_at)
    assert not database.reading(runs.are_due)
    database.writing(runs.act, run.id, paused_at=None)
    assert database.reading(runs.are_due)


def test_there_may_be_more_to_do(database: Database) -> None:
    run = started(database)
    observed(database, run)
    database.writing(runs.mark_changed, run.id)
    assert database.reading(runs.are_due)


def test_a_key_is_used_once(database: Database) -> None:
    first, is_new = database.writing(runs.add, NewRun("two", "hash", "a fox", "r", idempotency_key="k"))
    again, is_again = database.writing(runs.add, NewRun("two", "hash", "a fox", "r", idempotency_key="k"))
    assert (first.id, is_new, is_again) == (again.id, True, False)
    with pytest.raises(ConflictError, match=f"musing {first.id}"):
        database.writing(runs.add, NewRun("two", "hash", "a hare", "other", idempotency_key="k"))


def test_they_are_listed_newest_first_page_by_page(database: Database) -> None:
    ids = [started(database, chain).id for chain in ("a", "b", "a", "a")]
    page = database.reading(runs.listing, 2, None)
    assert [each.id for each in page.items] == [ids[3], ids[2]]
    rest = database.reading(runs.listing, 2, page.next_cursor)
    assert ([each.id for each in rest.items], rest.next_cursor) == ([ids[1], ids[0]], None)
    assert [each.id for each in database.reading(runs.listing, 9, None, "b").items] == [ids[1]]
    assert [each.id for each in database.reading(runs.by_ids, [ids[2], ids[0], 99])] == [ids[0], ids[2]]
    with pytest.raises(NotFoundError):
        database.reading(runs.get, 99)


def test_a_look_is_by_its_index_however_many_there_are(database: Database) -> None:
    with database.read() as connection:
        compiled = runs.DUE.limit(1).compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()
    assert any("musings_runs_due" in str(each) for each in plan), plan
