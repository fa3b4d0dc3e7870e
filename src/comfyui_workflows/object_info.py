"""Reads ``GET /object_info`` of a ComfyUI server: what each node class declares of its inputs. Pure.

The table maps the name of a class to ``{"input": {"required": {NAME: SPEC}, "optional": {…}}, "output": [TYPE]}``; a
specification is a list: a type, or a list of choices, and then perhaps an object of options.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence

from comfyui_workflows.json_types import Json, Object

MODEL_SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft", ".onnx")


def specs_of(object_info: Object | None, class_type: str) -> dict[str, Json]:
    """The declared inputs of a class, by name; empty when nothing is known of it."""
    groups = ((object_info or {}).get(class_type) or {}).get("input") or {}
    # Optional after required: a name that is in both counts as optional.
    return {name: spec for group in ("required", "optional") for name, spec in (groups.get(group) or {}).items()}


def options_of(spec: Json) -> Mapping[str, Json]:
    """The options of an input's specification: ``min``, ``default``, ``multiline`` …"""
    if isinstance(spec, list) and len(spec) > 1 and isinstance(spec[1], Mapping):
        return spec[1]
    return {}


def choices_of(spec: Json) -> tuple[str, ...]:
    """The choices of an input's specification, in its old style (a list first) or its new one (``COMBO``)."""
    # Node packs declare anything; what has no such form has no choices.
    if not isinstance(spec, Sequence) or isinstance(spec, str) or not spec:
        return ()
    if isinstance(spec[0], list):
        return tuple(str(choice) for choice in spec[0])
    if spec[0] == "COMBO" and len(spec) > 1 and isinstance(spec[1], Mapping):
        return tuple(str(choice) for choice in spec[1].get("options") or ())
    return ()


def installed_as(value: str, choices: Iterable[str]) -> str | None:
    """The choice that a value means, as the server spells it: a path of Windows is the same path on Linux."""
    wanted = value.replace("\\", "/")
    # The separators of Windows and Linux are the same path to the server's list.
    found = [choice for choice in choices if choice.replace("\\", "/") == wanted]
    # The exact spelling first: both may be installed.
    return value if value in found else found[0] if found else None


def nearest(wanted: str, choices: Iterable[str]) -> str | None:
    """The choice most like ``wanted``, or None when nothing is near."""
    by_name = {choice.lower(): choice for choice in choices}
    # The cutoff lets a newer version or another precision of a model count as near.
    found = difflib.get_close_matches(wanted.lower(), by_name, n=1, cutoff=0.45)
    return by_name[found[0]] if found else None


def looks_like_model(value: Json) -> bool:
    return isinstance(value, str) and value.lower().endswith(MODEL_SUFFIXES)
