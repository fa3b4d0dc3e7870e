"""What somebody brings in as a workflow file, made ready to be kept: its name, and its content as JSON or a script."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from comfyui_workflows.envelopes import OpenedFile, as_text, open_file
from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.metadata.reading import is_carrier
from musings.errors import Fault, InvalidInputError
from musings.makers.comfyui.contents import LARGEST_BYTES

SUFFIXES = (".json", ".py")
# What no system takes in the name of a file, or what means a folder on one of them.
FORBIDDEN = frozenset('/\\:*?"<>|')
LONGEST_NAME = 100
LONGEST_BYTES = 200  # of the 255 that file systems take; the rest is for what is put beside it and aside
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)
"""Names of files that are devices on Windows, whatever follows their dot."""


@dataclass(frozen=True)
class IncomingFile:
    """``name`` under which it is kept, and its ``content``; ``remarks`` say what was found where, and left out."""

    name: str
    content: bytes
    remarks: tuple[str, ...] = ()


def looked_into(file_name: str, content: Content) -> OpenedFile | WorkflowError | None:
    """What is in a file, or what is wrong with it; None for a script, which is not opened.

    Whoever asks several things of a file looks into it once, and hands that on.
    """
    if file_name.strip().lower().endswith(".py"):
        return None
    try:
        return open_file(file_name.strip(), content)
    except WorkflowError as error:
        return error


def received(file_name: str, content: Content, looked: OpenedFile | WorkflowError | None = None) -> IncomingFile:
    """A file as it is kept. What a picture, a sound or a film carries becomes a ``.json`` of its name.

    Raises ``InvalidInputError`` for a name that is no plain file name, for a file that is too large, and for one that
    carries no workflow.
    """
    plain = file_name.strip()
    if not plain.lower().endswith(".py") and is_carrier(content):
        found = looked if looked is not None else looked_into(plain, content)
        if isinstance(found, WorkflowError):
            raise InvalidInputError([Fault("file", f"{found} {found.hint or ''}".strip())]) from found
        if found is not None:
            name = plain if plain.lower().endswith(SUFFIXES) else f"{PurePosixPath(plain).stem}.json"
            kept = as_text(_shown(plain), found).encode()
            return IncomingFile(safe_name(name), _sized(kept), found.remarks)
    return IncomingFile(safe_name(plain), _sized(content[: LARGEST_BYTES + 1]))


def safe_name(file_name: str) -> str:
    """The name under which an imported file is kept. Raises ``InvalidInputError`` for one that is no plain name."""
    name = unicodedata.normalize("NFC", file_name.strip())
    stem, suffix = name[: name.rfind(".")], name[name.rfind(".") :].lower()
    odd = any(sign in FORBIDDEN or not sign.isprintable() for sign in name)
    # Two dots in a row lead upwards on some systems, even inside a name; a hidden file is no workflow.
    if (
        odd
        or ".." in name
        or not stem.strip()
        or stem[0] in "._-"
        or suffix not in SUFFIXES
        or len(stem) > LONGEST_NAME
        or len(name.encode()) > LONGEST_BYTES
        or DEVICES.fullmatch(stem.strip())
    ):
        message = (
            f"must be a plain file name of at most {LONGEST_NAME} signs ({LONGEST_BYTES} bytes) that ends in .json or "
            ".py, begins with neither a dot, a dash nor an underscore, and is no device of Windows, such as CON"
        )
        raise InvalidInputError([Fault("name", message)])
    return f"{stem.strip()}{suffix}"


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode()[:200]


def _sized(content: bytes) -> bytes:
    if len(content) > LARGEST_BYTES:
        raise InvalidInputError([Fault("file", f"is larger than {LARGEST_BYTES:,} bytes")])
    return content
