"""How long prompts took: of the workflow, of the kind, newest first, whatever else is in the rows."""

import pytest

from musings.models import Kind
from musings.store.database import Database
from musings.store.queue import durations
from tests.musings.store.adding import add, shell


def took(
    database: Database,
    seconds: object,
    day: int = 1,
    *,
    prompt_type: str = "image",
    workflow: str | None = "fox",
    status: str = "completed",
    instructions: str | None = None,
) -> None:
    made = add(database, prompt_type=prompt_type)
    shell(
        database,
        "UPDATE prompts SET status = ?, processing_duration = ?, workflow = ?, instructions = ?,"
        " completed_at = ? WHERE id = ?",
        status,
        seconds,
        workflow,
        instructions,
        f"2026-01-{day:02} 00:00:00.000000",
        made.id,
    )


def of(database: Database, *, workflow: str = "fox", is_default: bool = False) -> list[float]:
    return database.reading(durations.of_workflow, Kind.IMAGE, workflow, is_default)


def test_newest_first_of_this_workflow_and_kind(database: Database) -> None:
    took(database, 1.0, 2)
    took(database, 2, 3, prompt_type="image_prompt")
    took(database, 9.0, 4, workflow="bear")
    took(database, 9.0, 4, prompt_type="music")
    took(database, 9.0, 4, status="failed")
    assert of(database) == [2.0, 1.0]
    assert of(database, workflow="owl") == []


@pytest.mark.parametrize("is_default", [True, False])
def test_a_prompt_that_named_none_counts_for_its_default_of_that_time(database: Database, is_default: bool) -> None:
    took(database, 1.0, workflow=None, instructions='{"workflow": "fox"}')
    took(database, 2.0, 2, workflow=None, instructions='{"workflow": "bear"}')
    took(database, 3.0, 3, workflow=None)
    assert of(database, is_default=is_default) == ([3.0, 1.0] if is_default else [1.0])


@pytest.mark.parametrize("seconds", ["long", None, b"\xff"])
def test_what_is_no_number_is_passed_over(database: Database, seconds: object) -> None:
    took(database, seconds, 2)
    took(database, 5.0)
    assert of(database) == [5.0]


def test_instructions_that_are_none_of_ours_stop_nothing(database: Database) -> None:
    took(database, 4.0, workflow=None, instructions="no json")
    assert of(database, is_default=True) == [4.0]


def test_the_latest_are_enough(database: Database) -> None:
    took(database, 1.0)
    shell(
        database,
        "INSERT INTO prompts (prompt_text, prompt_type, status, workflow, processing_duration, completed_at)"
        " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
        " SELECT 'a', 'image', 'completed', 'fox', 7.0, '2026-02-01 00:00:00.000000' FROM n",
    )
    assert of(database) == [7.0] * durations.SAMPLES
