"""Reads ``GET /object_info`` of a ComfyUI server: what each node class declares of its inputs. Pure.

The table maps the name of a class to ``{"input": {"required": {NAME: SPEC}, "optional": {…}}, "output": [TYPE]}``; a
specification is a list: a type, or a list of choices, and then perhaps an object of options.
"""

import difflib
import heapq
import itertools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from comfyui_workflows.json_types import Json, Object

DYNAMIC = "COMFY_DYNAMICCOMBO_V3"
"""The type of a choice whose options bring inputs of their own."""
# More unknown names are another program's file, or a server without any pack.
MOST_ASKED = 8
MOST_COMPARED = 12
# Longer than any name of a class or a file.
LONGEST = 300
SHARED, ALIKE = 0.3, 0.6
"""The share of common parts, and of common letters, from which on two names are near each other."""
MODEL_SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft", ".onnx")


def known_of(object_info: Object | None, class_type: str) -> Object:
    """What a server tells of a class; empty when nothing is known of it."""
    found = (object_info or {}).get(class_type)
    return found if isinstance(found, Mapping) else {}


def specs_of(object_info: Object | None, class_type: str) -> dict[str, Json]:
    """The declared inputs of a class, by name; empty when nothing is known of it."""
    groups = known_of(object_info, class_type).get("input") or {}
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
    listed = spec[1].get("options") if len(spec) > 1 and isinstance(spec[1], Mapping) else None
    if spec[0] == "COMBO":
        return tuple(str(choice) for choice in listed or ())
    if spec[0] == DYNAMIC and isinstance(listed, list):
        return tuple(str(each["key"]) for each in listed if isinstance(each, Mapping) and "key" in each)
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
    return nearest_of([wanted], choices).get(wanted)


def nearest_of(wanted: Sequence[str], choices: Iterable[str]) -> dict[str, str]:
    """For each of a few names the choice most like it; those that nothing is near to are left out.

    Of many names none is answered for: a file of thousands of unknown names is no matter of spelling.
    """
    if len(wanted) > MOST_ASKED:
        return {}
    index = _Index([choice for choice in choices if 0 < len(choice) <= LONGEST])
    found = {name: index.nearest(_stem(name)) for name in wanted if len(name) <= LONGEST}
    return {name: near for name, near in found.items() if near is not None}


class _Index:
    """Names to be found again by their parts of three letters: comparing letters with thousands would take seconds."""

    def __init__(self, choices: Sequence[str]) -> None:
        self._choices = choices
        # The ends count, so that a common beginning does.
        self._padded = [f"  {_stem(choice)} " for choice in choices]
        self._text = "\n".join(self._padded)
        self._begins = [0, *itertools.accumulate(len(each) + 1 for each in self._padded)]

    def nearest(self, wanted: str) -> str | None:
        around = f"  {wanted} "
        mine = {around[place : place + 3] for place in range(len(around) - 2)}
        common: Counter[int] = Counter()
        for part in mine:
            found = (each.start() for each in re.finditer(re.escape(part), self._text))
            common.update({bisect_right(self._begins, place) - 1 for place in found})
        shares = ((count / (len(mine) + max(len(self._padded[at]) - 2 - count, 0)), at) for at, count in common.items())
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(wanted)
        best, near = ALIKE, None
        for share, at in heapq.nlargest(MOST_COMPARED, shares):
            matcher.set_seq1(self._padded[at].strip())
            if share >= SHARED and (ratio := matcher.ratio()) > best:
                best, near = ratio, self._choices[at]
        return near


def _stem(name: str) -> str:
    """Without the ending that all models have: it would make any two of them alike."""
    lower = name.lower()
    return next((lower.removesuffix(end) for end in MODEL_SUFFIXES if lower.endswith(end)), lower)


def looks_like_model(value: Json) -> bool:
    return isinstance(value, str) and value.lower().endswith(MODEL_SUFFIXES)
