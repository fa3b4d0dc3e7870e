"""The values that a pipeline is run with."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from musings.errors import InvalidInputError, UserFault
from musings.forms.seeds import SEED
from musings.makers.base import Chosen
from musings.makers.parameters import drawn, seed_of, values_for
from musings.models import FormField, NewPrompt, Prompt
from musings.store.database import Database
from musings.store.queue import submission
from tests.doubles import Double

FORM = (FormField("steps", "int", "Steps", default=4, minimum=1, maximum=9), SEED)


@pytest.fixture
def prompt(database: Database) -> Prompt:
    made, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    return replace(made, id=7, created_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_defaults_and_a_seed_of_its_own_fill_what_nobody_gave(prompt: Prompt) -> None:
    values = values_for(Chosen(Double(), FORM), prompt)
    assert values == {"steps": 4, "seed": seed_of(prompt)}
    assert drawn(Chosen(Double(), FORM), prompt) == {"seed"}


def test_the_seed_is_the_prompts_own_and_within_its_field(prompt: Prompt) -> None:
    assert seed_of(prompt) == seed_of(prompt) != seed_of(replace(prompt, id=8))
    assert seed_of(prompt, replace(SEED, minimum=3, maximum=5)) in (3, 4, 5)


def test_what_was_given_is_checked_and_not_drawn(prompt: Prompt) -> None:
    chosen = Chosen(Double(), FORM)
    given = replace(prompt, parameters={"steps": "9", "seed": 3})
    assert values_for(chosen, given) == {"steps": 9, "seed": 3}
    assert drawn(chosen, given) == frozenset()
    with pytest.raises(InvalidInputError, match="from 1 to 9"):
        values_for(chosen, replace(prompt, parameters={"steps": 10}))


def test_without_a_form_they_are_handed_on(prompt: Prompt) -> None:
    given = replace(prompt, parameters={"anything": [1]})
    assert values_for(Chosen(Double(), ()), given) == {"anything": [1]}


def test_what_is_no_object_is_refused(prompt: Prompt) -> None:
    with pytest.raises(UserFault, match="not a JSON object"):
        values_for(Chosen(Double(), FORM), replace(prompt, parameters=[1]))  # type: ignore[arg-type]
