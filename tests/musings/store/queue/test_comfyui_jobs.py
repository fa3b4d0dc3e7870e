"""Jobs of ComfyUI's protocol beside their prompts."""

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from musings.errors import MusingsError
from musings.store.database import Database
from musings.store.queue import comfyui_jobs as jobs
from musings.store.queue.comfyui_jobs import NewJob
from musings.store.tables import prompts
from tests.musings.store.adding import add, shell


def noted(database: Database, job_id: str, status: str = "pending", *, owner: str | None = None, **more: object) -> int:
    """A prompt with its job; returns the prompt's id."""
    prompt = add(database, job_id).id
    new = NewJob(job_id, "hash", ["9"], owner=owner, **more)  # type: ignore[arg-type]
    database.writing(jobs.add, prompt, new)
    ended = f"2026-01-{prompt:02} 00:00:00"
    shell(database, "UPDATE prompts SET status = ?, completed_at = ? WHERE id = ?", status, ended, prompt)
    return prompt


def ids(found: list[jobs.ComfyUIJob]) -> list[str]:
    return [each.job_id for each in found]


def test_a_job_is_found_by_the_id_that_its_caller_chose(database: Database) -> None:
    prompt = noted(database, "mine", client_id="c", number=2.5, extra_data={"a": [1]})
    found = database.reading(jobs.find, "mine")
    assert found is not None
    assert (found.prompt.id, list(found.outputs), found.client_id) == (prompt, ["9"], "c")
    assert (found.number, found.extra_data, found.is_there) == (2.5, {"a": [1]}, True)
    assert database.reading(jobs.find, "other") is None
    assert ids(database.reading(jobs.of_prompts, [prompt, 99])) == ["mine"]


def test_no_two_have_one_id(database: Database) -> None:
    noted(database, "mine")
    with pytest.raises((MusingsError, IntegrityError)):
        noted(database, "mine")


def test_queue_and_history_follow_the_prompts(database: Database) -> None:
    for number, status in enumerate(("completed", "failed", "cancelled", "processing", "pending")):
        noted(database, f"j{number}", status)
    assert ids(database.reading(jobs.going_on)) == ["j3", "j4"]
    assert database.reading(jobs.remaining) == 2
    assert ids(database.reading(jobs.ended, 10)) == ["j0", "j1", "j2"]
    assert ids(database.reading(jobs.ended, 2)) == ["j1", "j2"]
    assert ids(database.reading(jobs.ended, 2, 0)) == ["j0", "j1"]
    assert ids(database.reading(jobs.listed, ["failed", "pending"], 1, 0)) == ["j4"]
    assert database.reading(jobs.count, ["failed", "pending"]) == 2


def test_what_is_forgotten_or_thrown_away_is_not_told(database: Database) -> None:
    first, second = noted(database, "a", "completed"), noted(database, "b", "completed")
    database.writing(jobs.forget, [first])
    shell(database, f"UPDATE prompts SET deleted_at = '2026-01-01 00:00:00' WHERE id = {second}")
    assert database.reading(jobs.ended, 10) == []
    for job_id in ("a", "b"):
        found = database.reading(jobs.find, job_id)
        assert found is not None
        assert not found.is_there
        assert database.reading(jobs.named, job_id) == []


def test_an_owner_forgets_what_is_its_own_and_over(database: Database) -> None:
    noted(database, "mine", "completed", owner="token:1")
    noted(database, "mine too", "processing", owner="token:1")
    noted(database, "theirs", "completed", owner="token:2")
    noted(database, "nobody's", "completed")
    database.writing(jobs.forget_ended, "token:1")
    assert ids(database.reading(jobs.ended, 10)) == ["theirs", "nobody's"]
    database.writing(jobs.forget_ended, None)
    assert ids(database.reading(jobs.ended, 10)) == ["theirs"]


def test_what_runs_for_a_client(database: Database) -> None:
    noted(database, "a", "processing", client_id="c")
    noted(database, "b", "pending", client_id="c")
    noted(database, "d", "processing", client_id="e")
    assert ids(database.reading(jobs.of_client, "c")) == ["a"]


def test_a_job_goes_with_its_prompt(database: Database) -> None:
    prompt = noted(database, "gone")
    with database.write() as connection:
        connection.execute(delete(prompts).where(prompts.c.id == prompt))
    assert database.reading(jobs.find, "gone") is None
