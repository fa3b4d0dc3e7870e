"""Assets as Comfy API v2 names them: ids, hashes, and the ``core/ASSET`` objects in a graph."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from musings.comfyui_api.v2_refusals import V2Refusal

ASSET = "core/ASSET"
BLAKE3 = re.compile(r"blake3:([0-9a-f]{64})", re.ASCII)
OURS = 0x6D7573696E67
"""``musing`` in ASCII: the first bits of the id of an output."""
VERSION, VARIANT = 0x8, 0b10
"""Of a UUID whose bits are its maker's (RFC 9562, section 5.8)."""
MOST_PARTS = 0xFFF
HIGHEST = 2**62 - 1


@dataclass(frozen=True)
class AssetReference:
    """Where a graph names an asset instead of a file: the input of a node. ``asset_id`` is what was given."""

    node: str
    input: str
    asset_id: str


@dataclass(frozen=True)
class OutputId:
    """An output by the number of its artifact; ``part`` counts the texts of one file from 1, 0 is the whole file."""

    artifact: int
    part: int = 0

    def __str__(self) -> str:
        # Said by its artifact and not by a table: an id lasts as long as what it names, and costs no row.
        number = OURS << 80 | VERSION << 76 | self.part << 64 | VARIANT << 62 | self.artifact
        return str(uuid.UUID(int=number))


def output_id(asset_id: str) -> OutputId | None:
    """The output that an id names; None for the id of what was sent, and for what is none."""
    try:
        number = uuid.UUID(asset_id).int
    except ValueError:
        return None
    if number >> 80 != OURS or number >> 76 & 0xF != VERSION or number >> 62 & 0b11 != VARIANT:
        return None
    return OutputId(number & HIGHEST, number >> 64 & MOST_PARTS)


def digest_in(given: object) -> str | None:
    """The BLAKE3 in hex of a hash as the protocol writes it; None for what is none."""
    found = BLAKE3.fullmatch(given.lower()) if isinstance(given, str) else None
    return None if found is None else found[1]


def references(graph: Mapping[str, Any]) -> list[AssetReference]:
    """The assets that a graph names. Raises ``V2Refusal`` for one that is malformed or stands where none can."""
    found = []
    for node, data in graph.items():
        inputs = data.get("inputs") if isinstance(data, Mapping) else None
        for name, value in (inputs if isinstance(inputs, Mapping) else {}).items():
            if is_reference(value):
                found.append(AssetReference(node, name, _id_in(node, name, value)))
            elif any(is_reference(each) for each in _inside(value)):
                raise missing(node, name, "stands inside of another value; it can only be the value of an input")
    return found


def is_reference(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("__type") == ASSET


def missing(node: str, name: str, why: str) -> V2Refusal:
    """The refusal of a reference."""
    details = {"node_errors": {node: [{"field": name, "reason": "missing_asset", "message": f"The asset {why}."}]}}
    return V2Refusal(422, "missing_asset", f"Node {node}, input {name}: the asset {why}.", details)


def _id_in(node: str, name: str, value: Mapping[str, Any]) -> str:
    info = value.get("info")
    given = info.get("id") if isinstance(info, Mapping) else None
    if not isinstance(given, str) or not given:
        raise missing(node, name, "has no info.id, which names it")
    return given


def _inside(value: object) -> Iterator[object]:
    """What stands in a value, however deep: a loop and no recursion, which a deep one would break."""
    left = [value]
    while left:
        each = left.pop()
        within = list(each.values()) if isinstance(each, Mapping) else each if isinstance(each, list) else []
        yield from within
        left += within
