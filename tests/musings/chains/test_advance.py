"""What is due becomes prompts once: at a kill, beside another process, with people in between."""

import pytest
from sqlalchemy import text

from musings.chains.advance import Advance, write
from musings.errors import Fault, InvalidInputError, StoreError
from musings.models import NewPrompt
from musings.requests.request import PromptRequest
from musings.store.chains import runs, steps
from musings.store.chains.steps import StepOutcome
from musings.store.database import Database
from tests.musings.chains.studio import TWO, Studio
from tests.musings.store.adding import add, shell


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM prompts")).scalar_one())


def test_the_end_of_a_prompt_makes_the_next_due(studio: Studio) -> None:
    run = studio.start()
    assert studio.make() == 2
    assert studio.words(run, "picture") == ["Title 1: The fox goes out,\nthe fox comes in.\n\nAnd all is white."]
    assert studio.status(run) == "completed"
    assert not studio.database.reading(runs.are_due)


def test_each_is_made_once_however_often_it_is_looked_at(studio: Studio) -> None:
    run = studio.start()
    seen = studio.state(run)
    prompt = studio.take()
    assert prompt is not None
    studio.end(prompt)
    first, second = studio.state(run), studio.state(run)
    assert studio.advance.step(first)
    assert not studio.advance.step(second)
    assert not studio.advance.step(seen)
    studio.look()
    assert count(studio.database) == 2


def test_what_is_noted_already_takes_its_prompt_back_with_it(studio: Studio) -> None:
    """As where two have written at once, in a database that lets them."""
    run = studio.start()
    prompt = studio.take()
    assert prompt is not None
    studio.end(prompt)
    state = studio.state(run)
    studio.database.writing(steps.add, run, "picture", 1, 1, StepOutcome.SKIPPED)
    assert not studio.advance.step(state)
    assert count(studio.database) == 1
    studio.look()
    assert studio.status(run) == "completed"


def test_killed_before_its_commit_nothing_has_happened(studio: Studio) -> None:
    run = studio.start()
    prompt = studio.take()
    assert prompt is not None
    studio.end(prompt)
    state = studio.state(run)
    with studio.database.engine.connect() as connection:  # and never a commit
        write(connection, state, studio.advance.ready(state))
    assert count(studio.database) == 1
    assert studio.database.reading(runs.are_due)
    studio.look()
    assert count(studio.database) == 2


def test_a_person_in_between_has_the_say(studio: Studio) -> None:
    run = studio.start()
    prompt = studio.take()
    assert prompt is not None
    studio.end(prompt)
    state = studio.state(run)
    studio.database.writing(runs.act, run, cancelled_at=state.run.created_at)
    assert not studio.advance.step(state)
    assert count(studio.database) == 1


def test_another_programs_end_of_a_prompt_counts_as_well(studio: Studio) -> None:
    run = studio.start(TWO.replace("{{poem.title}}: {{poem.text}}", "{{idea}} {{poem.seed or idea}}"))
    [poem] = studio.prompts(run, "poem")
    shell(studio.database, "UPDATE prompts SET status = 'completed' WHERE id = ?", poem.id)
    studio.look()
    assert studio.words(run, "picture") == ["a fox "]


def test_prompts_that_are_no_steps_mark_nothing(studio: Studio) -> None:
    add(studio.database)
    assert studio.make() == 1
    assert not studio.database.reading(runs.are_due)


def test_what_cannot_be_made_is_told_in_the_run(studio: Studio) -> None:
    run = studio.start()

    def refuse(request: PromptRequest) -> NewPrompt:
        raise InvalidInputError([Fault("workflow", "is gone")], hint="Bring it back.")

    prompt = studio.take()
    assert prompt is not None
    studio.end(prompt)
    assert Advance(studio.database, refuse).due() == 1
    assert studio.status(run) == "failed"
    assert studio.state(run).progress.problem == (
        "picture: workflow: is gone. Bring it back."
        f" `musings musing retry {run} --step picture` makes it anew and goes on."
    )
    studio.look()
    studio.retry(run)
    studio.make()
    assert studio.status(run) == "completed"


def test_a_mistake_of_ours_stops_one_run_and_not_the_queue(studio: Studio) -> None:
    run, other = studio.start(), studio.start()

    def broken(request: PromptRequest) -> NewPrompt:
        raise ZeroDivisionError

    for _ in range(2):
        prompt = studio.take()
        assert prompt is not None
        studio.end(prompt)
    assert Advance(studio.database, broken).due() == 2
    for each in (run, other):
        assert "mistake in Musings (ZeroDivisionError)" in str(studio.state(each).progress.problem)


def test_a_database_that_does_not_serve_leaves_it_due(studio: Studio) -> None:
    studio.start()
    prompt = studio.take()
    assert prompt is not None
    studio.end(prompt)

    def away(request: PromptRequest) -> NewPrompt:
        raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        Advance(studio.database, away).due()
    assert studio.database.reading(runs.are_due)


def test_a_worker_that_stops_begins_no_more(studio: Studio) -> None:
    studio.start()
    prompt = studio.take()
    assert prompt is not None
    studio.end(prompt)
    assert studio.advance.due(stopping=lambda: True) == 0
    assert studio.advance.due() == 1


def test_steps_that_are_skipped_let_those_after_them_be_due(studio: Studio) -> None:
    never = 'when = [{ value = "{{idea}}", equals = "never" }]'
    toml = 'name = "a"\n' + "".join(
        f'[[steps]]\nname = "s{n}"\nkind = "text"\nprompt = "x"\n{never if n < 6 else ""}\n'
        f"after = {[f's{n - 1}'] if n else []}\n"
        for n in range(7)
    )
    run = studio.start(toml)
    assert studio.states(run) == {**{f"s{n}": "skipped" for n in range(6)}, "s6": "running"}


def test_a_prompt_of_a_run_has_the_priority_and_the_instructions_of_its_step(studio: Studio) -> None:
    run = studio.start(TWO.replace('kind = "image"', 'kind = "image"\nenhance = false'))
    studio.make()
    [picture] = studio.prompts(run, "picture")
    assert (picture.priority, picture.instructions.enhance, picture.max_attempts) == (5, False, 3)
