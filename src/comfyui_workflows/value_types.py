"""What type an input of a node takes: as its class declares it, else what cannot refuse a value that it takes. Pure.

A file says little: it holds 7 where a FLOAT was left at a whole number. So without the class a whole number is an
``int`` only where the name of the input, or its role, leaves no doubt.
"""

import re

from comfyui_workflows.json_types import Json
from comfyui_workflows.object_info import choices_of, options_of

LONG_ROLES = ("prompt", "negative_prompt", "tags", "lyrics")
WHOLE_ROLES = ("seed", "width", "height", "steps", "count")
NUMBER_ROLES = (*WHOLE_ROLES, "cfg", "duration", "denoise", "speed")
WHOLE_NAMES = re.compile(
    r"seed|noise_seed|(\w+_)?steps?|start_at_step|end_at_step|(\w+_)?(width|height)|batch_size|length|(\w+_)?frames?|num_\w+"
    r"|(\w+_)?(count|index|size)|stop_at_clip_layer|clip_skip|color|amount|columns|rows|x|y|crop_\w|sample_rate|channels"
    r"|max_\w*tokens|max_length"
)
WHOLE_CLASSES = re.compile(r"(Primitive|Constant)?Int(eger)?(Constant)?|INTConstant|.*\bint", re.IGNORECASE)
# Bounded digits: a text of a million digits is no number to compute with.
NUMBER = re.compile(r"\s*-?[0-9]{1,20}(\.[0-9]{1,20})?\s*", re.ASCII)
# A longer text in one line cannot be read on a page.
LONG_CHARACTERS = 80
DECLARED = {"INT": "int", "FLOAT": "float", "BOOLEAN": "bool"}


def type_of(value: Json, spec: Json, *, name: str, class_type: str, role: str | None) -> str:
    """The ``FormField.type`` of an input that holds ``value``; ``spec`` is what its class declares, None if unknown."""
    declared = spec[0] if isinstance(spec, list) and spec else None
    # Before the class: some declare a seed as a float, and every seed is whole.
    if role == "seed":
        return "int"
    if isinstance(declared, str) and declared in DECLARED:
        return DECLARED[declared]
    if choices_of(spec):
        return "choice"
    # Before numbers: True is a whole number in Python.
    if isinstance(value, bool):
        return "bool"
    # A text that looks like a number is one only where the role says so.
    if declared is None and number_of(value) is not None and (role in NUMBER_ROLES or not isinstance(value, str)):
        return _number_type(value, name, class_type, role)
    if isinstance(value, int | float):
        return "float"
    long = bool(options_of(spec).get("multiline")) or role in LONG_ROLES
    long = long or (isinstance(value, str) and ("\n" in value or len(value) > LONG_CHARACTERS))
    return "longtext" if long else "text"


def number_of(value: Json) -> int | float | None:
    """The number that an input holds, also where the file has it as a text; None for anything else."""
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def takes_numbers(value: Json, spec: Json) -> bool:
    """Whether the choices of an input are numbers, which a form shows as texts."""
    declared = spec[0] if isinstance(spec, list) and spec else None
    choices = declared if isinstance(declared, list) else options_of(spec).get("options")
    if isinstance(choices, list) and choices:
        # True and False as choices are words.
        return all(isinstance(each, int | float) and not isinstance(each, bool) for each in choices)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_type(value: Json, name: str, class_type: str, role: str | None) -> str:
    if role in WHOLE_ROLES:
        return "int"
    # A role that is not whole may hold any number, also where the file has a whole one.
    if isinstance(number_of(value), float) or role is not None:
        return "float"
    whole = WHOLE_NAMES.fullmatch(name) or (name == "value" and WHOLE_CLASSES.fullmatch(class_type))
    return "int" if whole else "float"
