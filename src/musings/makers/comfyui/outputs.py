"""What a finished job left: files to fetch and texts to keep. Pure.

Source: the ``outputs`` of a history entry. Every list under every key is walked, because node packs invent
keys, and pictures, sounds and films share ``images``: a dict with a ``filename`` is a file, any other scalar
is a text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from comfyui_workflows.json_types import Json, Object

LONGEST_NAME, LONGEST_SHOWN = 1000, 200


@dataclass(frozen=True)
class OutputFile:
    """A file on the server. ``folder`` is ``output``, ``temp`` or ``input``; ``key`` proves nothing about
    its kind.
    """

    node: str
    key: str
    filename: str
    subfolder: str = ""
    folder: str = "output"

    @property
    def suffix(self) -> str:
        """The extension in lower case with its dot, or ``.bin`` when it is none to rely on."""
        suffix = PurePosixPath(self.filename).suffix.lower()
        # A name may end in anything; only a plain ending can be trusted for a file of ours.
        return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ".bin"

    @property
    def shown(self) -> str:
        """Its path on the server, for people: shortened, and without what cannot be printed."""
        whole = f"{self.folder}/{self.subfolder}/{self.filename}".replace("//", "/")
        short = whole if len(whole) <= LONGEST_SHOWN else f"{whole[:LONGEST_SHOWN]}…"
        return "".join(sign if sign.isprintable() else "\ufffd" for sign in short)

    @property
    def is_fetchable(self) -> bool:
        """Whether a file can have such a name at all, on any system that ComfyUI runs on."""
        parts = (self.filename, self.subfolder, self.folder)
        return all(len(part) <= LONGEST_NAME and "\0" not in part for part in parts)


@dataclass(frozen=True)
class OutputText:
    node: str
    key: str
    text: str


def files_of(outputs: Object) -> tuple[OutputFile, ...]:
    """The files worth fetching, in the order of the node ids, none twice.

    Files of the temporary folder are previews of what is saved elsewhere, so they count only when nothing is
    saved.
    """
    # A node may list the same file under several keys.
    found = list(dict.fromkeys(_files(outputs)))
    saved = [file for file in found if file.folder == "output"]
    return tuple(saved or [file for file in found if file.folder == "temp"])


def texts_of(outputs: Object) -> tuple[OutputText, ...]:
    """The texts that nodes showed, in the order of the node ids."""
    # Ids of nodes in subgraphs have several parts; as text, 10 would come before 9.
    return tuple(_texts(outputs))


def node_order(node: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts node 9 before node 10, and reads ``57:6`` as two numbers."""
    return tuple(
        (0, int(part), "") if len(part) < 20 and part.isdecimal() else (1, 0, part) for part in re.split(r"[:.]", node)
    )


def _entries(outputs: Object) -> Iterator[tuple[str, str, Json]]:
    for node in sorted(outputs, key=node_order):
        shown = outputs[node]
        for key, values in shown.items() if isinstance(shown, Mapping) else ():
            # Any key: node packs invent their own.
            for value in _flat(values):
                yield node, str(key), value


def _flat(value: Json) -> Iterable[Json]:
    # Some nodes nest their lists; a stack, because nothing says how deep.
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, list):
            left += reversed(item)
        else:
            yield item


def _files(outputs: Object) -> Iterator[OutputFile]:
    for node, key, value in _entries(outputs):
        if isinstance(value, Mapping) and isinstance(value.get("filename"), str) and value["filename"]:
            subfolder, folder = value.get("subfolder") or "", value.get("type") or "output"
            yield OutputFile(node, key, value["filename"], str(subfolder), str(folder))


def _texts(outputs: Object) -> Iterator[OutputText]:
    for node, key, value in _entries(outputs):
        # Truth values are switches that a node shows, and no text to keep.
        if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
            yield OutputText(node, key, str(value))
