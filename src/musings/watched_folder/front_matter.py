"""A dropped file as a request: its words, and before them, between lines of ``---``, names and values in YAML."""

import re
from collections.abc import Mapping
from typing import Any

from musings.errors import Fault, InvalidInputError
from musings.late import importing
from musings.models import Json, Kind
from musings.requests.documents import request_of
from musings.requests.intake import TEXT_BYTES
from musings.requests.request import PromptRequest

FRONT_BYTES = 64_000
MOST_BYTES = TEXT_BYTES + FRONT_BYTES
MOST_BRACKETS = 200
"""PyYAML takes time with the square of how deep brackets are nested: a few thousand hold a processor for seconds."""
FENCE = re.compile(r"---[ \t]*\r?\n(?P<front>.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
ALIASES: Mapping[str, str] = {"kind": "prompt_type", "type": "prompt_type"}
"""Shorter names that people write."""
WHERE = "front matter"


def request_in(content: bytes, kind: Kind | None) -> PromptRequest:
    """``kind`` is that of the subfolder; what the file says of itself counts more. Raises ``InvalidInputError``."""
    if len(content) > MOST_BYTES:
        raise InvalidInputError([Fault("file", f"is longer than {MOST_BYTES:,} bytes")])
    try:
        # With the mark that Windows puts before it, or without.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError([Fault("file", "is not UTF-8 text: save it as UTF-8")]) from error
    found = FENCE.match(text)
    front = {} if found is None else _mapping(found["front"])
    words = text if found is None else text[found.end() :]
    named = {ALIASES.get(name, name): value for name, value in front.items()}
    if len(named) != len(front):
        raise InvalidInputError([Fault(WHERE, "says the type twice: `kind`, `type` and `prompt_type` mean the same")])
    refused = named.keys() & {"prompt_text", "idempotency_key"}
    if refused:
        raise InvalidInputError([Fault(sorted(refused)[0], "is not for front matter: the words stand below it")])
    defaults = {"prompt_text": words.strip(), "prompt_type": str(kind or Kind.TEXT)}
    return request_of(named, defaults=defaults)


def _mapping(front: str) -> dict[str, Json]:
    if len(front.encode()) > FRONT_BYTES:
        raise InvalidInputError([Fault(WHERE, f"is longer than {FRONT_BYTES:,} bytes")])
    if front.count("[") + front.count("{") > MOST_BRACKETS:
        raise InvalidInputError([Fault(WHERE, f"has more than {MOST_BRACKETS} opening brackets")])
    with importing():
        import yaml

    try:
        # An alias repeats what was said: a few lines of them are gigabytes when they are written out.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(front)):
            raise InvalidInputError([Fault(WHERE, "has an alias (`*name`): write it out")])
        found: Any = yaml.safe_load(front)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidInputError([Fault(WHERE, f"is not YAML: {' '.join(str(error).split())}")]) from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidInputError([Fault(WHERE, "must be names and values, such as `workflow: portrait`")])
    return {str(name): _json(value, str(name)) for name, value in found.items()}


def _json(value: Any, where: str) -> Json:
    """What JSON has; a date, which YAML makes of ``2026-11-28``, is none."""
    if isinstance(value, dict):
        return {str(name): _json(inner, f"{where}.{name}") for name, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner, where) for inner in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise InvalidInputError([Fault(where, "is a date or another thing that is no text: put it between quotes")])
