"""What came in, checked against a form."""

from typing import Any

import pytest

from musings.errors import InvalidInputError
from musings.forms.checking import check_parameters
from musings.models import FormField

FORM = (
    FormField("steps", "int", "Steps", default=4, minimum=1, maximum=9),
    FormField("strength", "float", "Strength", minimum=0, maximum=1),
    FormField("sharp", "bool", "Sharp", default=False),
    FormField("sampler", "choice", "Sampler", choices=("euler", "heun")),
    FormField("picture", "image", "Picture"),
)


def test_what_is_absent_or_empty_gets_its_default() -> None:
    values = check_parameters(FORM, {"steps": "", "sharp": None})
    assert values == {"steps": 4, "strength": None, "sharp": False, "sampler": None, "picture": None}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"steps": 1.5}, "must be a whole number from 1 to 9, not 1.5"),
        ({"steps": True}, "must be a number from 1 to 9"),
        ({"steps": float("nan")}, "must be a number from 1 to 9"),
        ({"strength": "much"}, "must be a number from 0 to 1, not 'much'"),
        ({"sharp": "yes"}, "must be true or false"),
        ({"sampler": "eular"}, "must be one of euler, heun; did you mean euler?"),
        ({"picture": "../secret.png"}, "or the name of a file in ComfyUI's input folder"),
        ({"picture": "artifact:x"}, "must be artifact:ID"),
        ({"stepz": 3}, "is not a parameter of this workflow; did you mean steps?"),
    ],
)
def test_a_fault_names_its_place_and_what_would_do(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_parameters(FORM, given)
    [found] = caught.value.faults
    assert found.where == f"parameters.{next(iter(given))}"
    assert fault in found.message


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_parameters(FORM, {"steps": 0, "sharp": 1, "lens": "wide"})
    assert [each.where for each in caught.value.faults] == ["parameters.lens", "parameters.steps", "parameters.sharp"]
