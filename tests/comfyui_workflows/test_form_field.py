"""One input of a form: plain enough for any program to keep, compare and send."""

import json
import re
from dataclasses import FrozenInstanceError, asdict

import pytest

from comfyui_workflows.argparse_options import ROLES as OPTION_ROLES
from comfyui_workflows.form_field import FormField
from comfyui_workflows.script_form import ROLES as SCRIPT_ROLES
from comfyui_workflows.tracing import TITLE_ROLES


def test_a_field_goes_through_json_and_comes_back() -> None:
    field = FormField("steps", "int", "Steps", 20, 1, 40, 1, (), "how often", "steps", advanced=True)
    told = json.loads(json.dumps(asdict(field)))
    assert FormField(**{**told, "choices": tuple(told["choices"])}) == field


def test_a_field_that_says_nothing_more_binds_nobody() -> None:
    field = FormField("x", "float", "X")
    assert (field.default, field.minimum, field.maximum, field.choices) == (None, None, None, ())
    assert not field.required
    assert not field.advanced


def test_a_form_that_was_handed_out_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        FormField("x", "int", "X").default = 3  # type: ignore[misc]


@pytest.mark.parametrize("roles", [TITLE_ROLES.values(), OPTION_ROLES.values(), SCRIPT_ROLES])
def test_every_role_that_is_given_is_one_that_is_told(roles: list[str]) -> None:
    """A program that reads a form knows the roles from the description of ``FormField`` alone."""
    told = set(re.findall(r"``(\w+)``", str(FormField.__doc__)))
    assert set(roles) - told == set()
