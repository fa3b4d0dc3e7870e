"""Starting a run: checked whole before anything is stored, and once for a key."""

from dataclasses import replace

import pytest

from musings.chains import library, reading
from musings.chains.starting import RunRequest
from musings.errors import ConflictError, InvalidInputError, NotFoundError, QueueFullError
from musings.store.chains import runs, versions
from tests.musings.chains.studio import GIVEN, TWO, Studio
from tests.musings.store.adding import add

CHAIN = reading.from_toml(GIVEN)


def test_a_run_has_its_first_prompts_and_the_version_of_its_chain(studio: Studio) -> None:
    run = studio.start()
    state = studio.state(run)
    assert state.chain == reading.from_toml(TWO)
    assert studio.words(run, "poem") == ["a fox"]
    studio.start(TWO.replace("{{idea}}", "another {{idea}}"))
    assert studio.state(run).chain == state.chain


def test_the_same_key_starts_one(studio: Studio) -> None:
    studio.database.writing(library.store, CHAIN)
    asked = RunRequest("given", "a fox", idempotency_key="k")
    first, again = studio.ask(asked), studio.ask(asked)
    assert first.run.id == again.run.id
    assert len(studio.prompts(first.run.id, "a")) == 1
    with pytest.raises(ConflictError, match="musing 1"):
        studio.ask(replace(asked, idea="a hare"))


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (RunRequest("given", " "), "idea: must be 1 to"),
        (RunRequest("given", "x" * 20_001), "idea: must be 1 to"),
        (RunRequest("given", "a\0b"), "idea: holds a NUL"),
        (RunRequest("given", "a fox", priority=0), "priority: must be from 1"),
    ],
)
def test_a_bad_request_stores_nothing(studio: Studio, request_: RunRequest, said: str) -> None:
    studio.database.writing(library.store, CHAIN)
    with pytest.raises(InvalidInputError, match=said):
        studio.ask(request_)
    assert studio.database.reading(runs.listing, 10, None).items == ()


def test_a_workflow_that_is_not_there_is_told_before_anything_starts(studio: Studio) -> None:
    toml = TWO.replace('kind = "image"', 'kind = "image"\nworkflow = "opera"').replace('name = "two"', 'name = "bad"')
    with pytest.raises(InvalidInputError, match=r"steps.2.workflow"):
        studio.start(toml)
    assert studio.database.reading(runs.listing, 10, None).items == ()


def test_what_its_first_step_cannot_make_is_told(studio: Studio) -> None:
    with pytest.raises(InvalidInputError, match=r"steps.a: It would make 3"):
        studio.start('name = "x"\n[[steps]]\nname = "a"\nkind = "text"\nprompt = "x"\ntimes = 3\nmost = 2')


def test_an_unknown_chain_is_refused_with_those_there_are(studio: Studio) -> None:
    with pytest.raises(NotFoundError) as caught:
        studio.ask(RunRequest("opera", "x"))
    assert "album, illustrated-story, musing, picture-book" in str(caught.value.hint)


def test_a_full_queue_takes_no_run_and_its_steps_are_taken_all_the_same(studio: Studio) -> None:
    run = studio.start()
    add(studio.database)
    with pytest.raises(QueueFullError):
        studio.ask(RunRequest("two", "x"), 2)
    studio.make()
    assert studio.status(run) == "completed"
    assert len(studio.database.reading(versions.stored)) == 1
