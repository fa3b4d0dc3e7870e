"""Errors of the workflow package, as errors of ours."""

import pytest

from comfyui_workflows.errors import FormError
from musings.errors import UserFault
from musings.makers.comfyui.errors import workflow_faults


def test_what_is_wrong_with_a_workflow_is_the_users_fault_in_the_same_words() -> None:
    with pytest.raises(UserFault) as caught, workflow_faults():
        raise FormError("It has no field 'colour'.", hint="Show its form again.")
    assert (str(caught.value), caught.value.hint) == ("It has no field 'colour'.", "Show its form again.")
    assert isinstance(caught.value.__cause__, FormError)


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), workflow_faults():
        raise KeyError("x")
