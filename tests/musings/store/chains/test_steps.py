"""What each step has become: noted once, with what its prompt has made."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from musings.errors import RefusedError
from musings.models import ArtifactType, NewArtifact, Writing
from musings.store.chains import runs, steps
from musings.store.chains.runs import NewRun
from musings.store.chains.steps import StepOf, StepOutcome
from musings.store.database import Database
from musings.store.gallery import artifacts, trash
from musings.store.writings import writings
from tests.musings.store.adding import add, shell


@pytest.fixture
def run(database: Database) -> int:
    return database.writing(runs.add, NewRun("two", "hash", "a fox", "request"))[0].id


def linked(database: Database, run: int, step: str, number: int = 1, count: int = 1) -> int:
    prompt = add(database, step, "image" if step == "picture" else "text")
    assert database.writing(steps.add, run, step, number, count, StepOutcome.PROMPT, prompt_id=prompt.id)
    return prompt.id


def test_a_run_has_something_left_while_one_prompt_of_it_is_out_of_the_trash(database: Database, run: int) -> None:
    assert not database.reading(steps.any_kept, run)
    poem, picture = linked(database, run, "poem"), linked(database, run, "picture")
    database.writing(trash.discard, poem)
    assert database.reading(steps.any_kept, run)
    database.writing(steps.replace, run, "picture")
    assert not database.reading(steps.any_kept, run), f"prompt {picture} counts no more"
    assert not database.reading(steps.any_kept, 99)


def test_a_result_is_noted_once(database: Database, run: int) -> None:
    assert database.writing(steps.add, run, "poem", 1, 2, StepOutcome.PROMPT)
    assert not database.writing(steps.add, run, "poem", 1, 2, StepOutcome.PROMPT)
    assert database.writing(steps.add, run, "poem", 2, 2, StepOutcome.PROMPT)
    values = "(run_id, step, number, total, outcome, made_at) VALUES (1, 'poem', 1, 1, 'prompt', '2026-01-01')"
    with pytest.raises((RefusedError, IntegrityError)), database.write() as connection:
        connection.execute(text(f"INSERT INTO musings_run_steps {values}"))


def test_what_is_replaced_can_be_noted_anew_and_keeps_its_link(database: Database, run: int) -> None:
    first = linked(database, run, "poem", 1, 2)
    linked(database, run, "poem", 2, 2)
    database.writing(steps.replace, run, "poem", [1])
    second = linked(database, run, "poem", 1, 2)
    assert first not in database.reading(steps.prompt_ids, run)
    assert second in database.reading(steps.prompt_ids, run)
    assert database.reading(steps.of_prompts, [first, second]) == {
        first: StepOf(run, "poem", 1),
        second: StepOf(run, "poem", 1),
    }
    database.writing(steps.replace, run, "poem")
    assert database.reading(steps.prompt_ids, run) == []


def test_a_row_has_what_its_prompt_made(database: Database, run: int) -> None:
    poem, picture = linked(database, run, "poem"), linked(database, run, "picture")
    number = database.writing(writings.insert_writing, Writing("T", "words", "poem", mood="calm"))
    shell(database, "UPDATE prompts SET output_reference = ? WHERE id = ?", number, poem)
    text_file = NewArtifact(ArtifactType.TEXT, "text/1/1.md", None, {"seed": 3})
    image = NewArtifact(ArtifactType.IMAGE, "image/2/1.png", None, {"seed": "no number"})
    database.writing(artifacts.record_prompt_artifacts, poem, [text_file])
    [made] = database.writing(artifacts.record_prompt_artifacts, picture, [image])
    written, painted = database.reading(steps.of_runs, [run])[run]
    assert (written.text, written.title, written.mood, written.seed) == ("words", "T", "calm", 3)
    assert (written.artifact, written.status, written.deleted) == (None, "completed", False)
    assert (painted.artifact, painted.seed) == (made.id, None)


def test_the_trash_shows(database: Database, run: int) -> None:
    database.writing(trash.discard, linked(database, run, "poem"))
    [row] = database.reading(steps.of_runs, [run])[run]
    assert (row.deleted, row.status) == (True, "pending")


def test_words_for_why_not_are_kept(database: Database, run: int) -> None:
    database.writing(steps.add, run, "poem", 1, 1, StepOutcome.REFUSED, "half \ud800")
    [row] = database.reading(steps.of_runs, [run])[run]
    assert (row.outcome, row.problem, row.deleted) == (StepOutcome.REFUSED, "half ?", False)
    assert database.reading(steps.of_runs, []) == {}
