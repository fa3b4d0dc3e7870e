"""Reads what a test asks of a form."""

from comfyui_workflows.form import Form
from comfyui_workflows.form_field import FormField
from comfyui_workflows.json_types import Object


def places(form: Form, name: str) -> list[tuple[str, str]]:
    return [(binding.node, binding.input) for binding in form.bindings if binding.field == name]


def field(form: Form, name: str) -> FormField:
    return next(each for each in form.fields if each.name == name)


def declared(**inputs: object) -> Object:
    return {"input": {"required": inputs}}
