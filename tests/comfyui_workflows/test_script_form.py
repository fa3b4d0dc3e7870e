"""The form of a script, and how it is called."""

import pytest

from comfyui_workflows.errors import UnreadableFileError
from comfyui_workflows.script_form import form_of_script
from comfyui_workflows.sidecar import read_sidecar
from tests.musings.makers.comfyui.doubles import EXPORT


def test_an_export_is_called_by_its_options() -> None:
    found = form_of_script("painting.py", EXPORT)
    assert found.script is not None
    assert found.script.exported
    assert found.command is None
    assert found.form.prompt_field is not None


def test_a_sidecar_corrects_the_fields_of_an_export() -> None:
    sidecar = read_sidecar("a.form.toml", '[fields.prompt]\nlabel = "What"\n[fields.seed]\nhidden = true\n')
    fields = {field.name: field for field in form_of_script("painting.py", EXPORT, sidecar, "a.form.toml").form.fields}
    assert fields["prompt"].label == "What"
    assert "seed" not in fields


def test_a_command_in_a_sidecar_says_it_all() -> None:
    sidecar = read_sidecar("a.form.toml", '[command]\narguments = ["{prompt}"]\n[fields.prompt]\n[fields.style]\n')
    found = form_of_script("mine.py", "no Python at all (", sidecar, "a.form.toml")
    assert found.script is None
    assert found.command == sidecar.command
    assert [(field.name, field.role) for field in found.form.fields] == [("prompt", "prompt"), ("style", None)]


def test_a_script_that_nobody_can_call_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="was not made by ComfyUI-SaveAsScript") as caught:
        form_of_script("mine.py", "print('hello')", sidecar_name="mine.form.toml")
    assert "Write mine.form.toml beside it" in str(caught.value.hint)
