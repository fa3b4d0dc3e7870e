"""Running a prompt again with its recorded recipe, and comparing what came out."""

from typing import Any

import pytest

from musings.errors import ConflictError, NotFoundError
from musings.models import ArtifactType, Instructions, NewArtifact, Prompt
from musings.store.database import Database
from musings.store.gallery import prompts, reproduction
from musings.store.queue import endings, in_flight
from tests.musings.store.adding import add
from tests.musings.store.queue.taking import claimed, shell


def file(**metadata: Any) -> NewArtifact:
    return NewArtifact(ArtifactType.IMAGE, "image/1_20260101T000000/0001.png", None, metadata)


def completed(database: Database, *files: NewArtifact, **rest: Any) -> Prompt:
    taken = claimed(database, **rest)
    database.writing(in_flight.record_parameters, taken.id, taken.attempt, {"seed": 7, "width": 64, "cfg": None})
    database.writing(endings.complete, taken, artifacts=list(files), writing=None, seconds=1.0, log="")
    return database.reading(prompts.get, taken.id)


def test_the_recipe_is_what_was_used_and_not_what_was_asked(database: Database) -> None:
    made = completed(database, parameters={"width": 999}, metadata={"mine": 1, "parameters": {"width": 5}}, priority=2)
    again = database.reading(reproduction.recipe_of, made.id)
    assert again.parameters == {"seed": 7, "width": 64}
    assert (again.prompt_text, again.prompt_type, again.priority) == ("a fox", "image", 2)
    assert again.metadata == {"mine": 1, "reproduces": made.id}
    assert again.instructions is not None
    assert again.instructions.reproduces == made.id


def test_the_last_completed_attempt_counts(database: Database) -> None:
    made = completed(database)
    shell(
        database,
        "INSERT INTO attempts (prompt_id, attempt, status, started_at, parameters)"
        f""" VALUES ({made.id}, 2, 'completed', '2026-01-01', '{{"seed": 8}}'),"""
        f""" ({made.id}, 3, 'failed', '2026-01-01', '{{"seed": 9}}')""",
    )
    assert database.reading(reproduction.recipe_of, made.id).parameters == {"seed": 8}


def test_the_default_of_that_time_is_named(database: Database) -> None:
    made = completed(database, file(workflow="fox"))
    assert database.reading(reproduction.recipe_of, made.id).workflow == "fox"
    shell(database, "UPDATE attempts SET workflow_hash = 'abc'")
    again = database.reading(reproduction.recipe_of, made.id)
    assert (again.workflow, again.workflow_hash) == (None, "abc")


def test_what_made_nothing_has_no_recipe(database: Database) -> None:
    waiting = add(database)
    with pytest.raises(ConflictError, match="no recorded recipe") as caught:
        database.reading(reproduction.recipe_of, waiting.id)
    assert caught.value.hint
    with pytest.raises(NotFoundError):
        database.reading(reproduction.recipe_of, 99)


@pytest.mark.parametrize(
    ("before", "after", "identical", "same_bytes"),
    [
        ([{"sha256": "a"}], [{"sha256": "a"}], True, True),
        ([{"sha256": "a"}], [{"sha256": "b"}], False, False),
        ([{"sha256": "a", "pixels_sha256": "p"}], [{"sha256": "b", "pixels_sha256": "p"}], True, False),
        ([{}], [{}], False, False),
        ([{"sha256": "a"}, {"sha256": "b"}], [{"sha256": "a"}], False, False),
        ([{"sha256": "a"}], [{"sha256": "a"}, {"sha256": "b"}], False, False),
        ([], [], False, False),
    ],
)
def test_the_same_is_what_has_the_same_bytes_or_the_same_pixels(
    database: Database,
    before: list[dict[str, str]],
    after: list[dict[str, str]],
    identical: bool,
    same_bytes: bool,
) -> None:
    made = completed(database, *(file(**each) for each in before))
    again = claimed(database, instructions=Instructions(reproduces=made.id))
    with database.read() as connection:
        found = reproduction.report(connection, again, [file(**each) for each in after])
    assert found == {
        "reproduction": {
            "of": made.id,
            "identical": identical,
            "same_bytes": same_bytes,
            "compared": min(len(before), len(after)),
            "expected": len(before),
        }
    }


def test_any_other_prompt_is_compared_with_nothing(database: Database) -> None:
    with database.read() as connection:
        assert reproduction.report(connection, completed(database), [file()]) is None
