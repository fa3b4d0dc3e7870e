"""Forms: which parameters a prompt may carry, within which bounds, and the check of what came in."""

import difflib
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from musings.errors import Fault, InvalidInputError
from musings.files.paths import is_safe
from musings.models import UPLOAD_REFERENCE, FormField, Json, JsonObject

REFERENCE = re.compile(r"artifact:([0-9]{1,18})", re.ASCII)
"""How a field for a picture or a sound names an artifact."""
LARGEST = 2**64
"""Beyond this no backend counts."""


def check_parameters(form: Sequence[FormField], given: Mapping[str, Json]) -> JsonObject:
    """What came in, checked against a form and completed with its defaults.

    Raises ``InvalidInputError`` that lists every fault, with ``where`` as ``parameters.<name>``.
    """
    fields = {field.name: field for field in form}
    faults = list(_unknown(fields, given))
    values: dict[str, Json] = {}
    for name, field in fields.items():
        value = given.get(name)
        if value is None or value == "":
            if field.required and field.default is None:
                faults.append(Fault(f"parameters.{name}", "is required"))
            values[name] = field.default
            continue
        problem, values[name] = _read(field, value)
        if problem:
            faults.append(Fault(f"parameters.{name}", problem))
    if faults:
        raise InvalidInputError(faults)
    return values


def _unknown(fields: Mapping[str, FormField], given: Mapping[str, Json]) -> Iterator[Fault]:
    for name in given:
        if name not in fields:
            near = difflib.get_close_matches(str(name), fields, 1)
            known = f"did you mean {near[0]}?" if near else f"known here: {', '.join(fields)}"
            yield Fault(f"parameters.{name}", f"is not a parameter of this workflow; {known}")


def _read(field: FormField, value: Json) -> tuple[str | None, Json]:
    """A fault or None, and the value in the field's type."""
    if field.type in ("int", "float"):
        return _number(field, value)
    if field.type == "bool":
        return (None, value) if isinstance(value, bool) else ("must be true or false", None)
    if field.type == "choice" and isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)  # a choice among numbers
    if not isinstance(value, str):
        return "must be a string", None
    if field.type in ("image", "audio", "video"):
        return _file(value)
    if field.choices and value not in field.choices:
        same = [each for each in field.choices if each.replace("\\", "/") == value.replace("\\", "/")]
        if same:  # the name of a model on the other system
            return None, same[0]
        near = difflib.get_close_matches(value, field.choices, 1)
        return f"must be one of {', '.join(field.choices)}" + (f"; did you mean {near[0]}?" if near else ""), None
    if len(value) > 200_000:
        return "is longer than 200,000 characters", None
    return None, value


def _file(value: str) -> tuple[str | None, Json]:
    """A file of ours, or one that the backend has: a plain name, because a Load node opens any path it gets."""
    if value.startswith("artifact:") and not REFERENCE.fullmatch(value):
        return "must be artifact:ID, with the number of an artifact", None
    if value.startswith("upload:"):
        is_one = UPLOAD_REFERENCE.fullmatch(value) is not None
        return (None, value) if is_one else ("must be upload:…, as the answer to POST /api/uploads said", None)
    slashed = value.replace("\\", "/")
    drive = ":" in slashed.partition("/")[0][:2]
    if len(value) > 300 or drive or not is_safe(slashed, hidden=True):
        return "must be upload:…, artifact:ID, or the name of a file in ComfyUI's input folder", None
    return None, value


def _number(field: FormField, value: Json) -> tuple[str | None, Json]:
    bounds = _bounds(field)
    if isinstance(value, str):
        try:
            whole = value.strip().lstrip("+-").isdecimal()
            value = int(value) if whole else float(value)  # a place may want a whole number, and take fractions too
        except ValueError:
            return f"must be a number{bounds}, not {value!r:.60}", None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_number = is_number and not (isinstance(value, int) and abs(value) > LARGEST)
    if not is_number or (isinstance(value, float) and not math.isfinite(value)):
        return f"must be a number{bounds}", None
    if field.type == "int":
        if value != int(value):
            return f"must be a whole number{bounds}, not {value}", None
        value = int(value)
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return f"must be a number{bounds}, not {value!s:.60}", None
    return None, value


def _bounds(field: FormField) -> str:
    if field.minimum is None or field.maximum is None:
        return ""
    return (
        f" from {field.minimum:g} to {field.maximum:g}"
        if field.maximum < 10**9
        else f" from {field.minimum:g} to {int(field.maximum)}"
    )
