"""The content of a workflow file and of its sidecar: read, measured, and named by a hash."""

import hashlib
from pathlib import Path

from comfyui_workflows.envelopes import text_of
from comfyui_workflows.errors import UnreadableFileError
from musings.errors import UserFault

SIDECAR = ".form.toml"
# The largest real workflows are some hundred kilobytes; a model dropped in by mistake has gigabytes.
LARGEST_BYTES = 2_000_000


def sidecar_of(path: Path) -> Path:
    """Where the sidecar of a workflow file is, if there is one."""
    return path.with_name(path.stem + SIDECAR)


def contents_of(path: Path) -> tuple[bytes, bytes | None]:
    """A file and its sidecar, None where there is none. Neither is read to its end when it is no workflow's size."""
    beside = sidecar_of(path)
    with path.open("rb") as file:
        # One byte more than allowed is enough to know that it is too large.
        content = file.read(LARGEST_BYTES + 1)
    if not beside.is_file():
        return content, None
    with beside.open("rb") as file:
        return content, file.read(LARGEST_BYTES + 1)


def check_size(path: Path, content: bytes) -> None:
    """Raises ``UserFault`` for a file that is too large to be a workflow."""
    if len(content) > LARGEST_BYTES:
        raise UserFault(f"{path.name} is larger than {LARGEST_BYTES:,} bytes, which no workflow is.")


def digest_of(path: Path, content: bytes, said: bytes | None) -> str:
    """The hash of a file and of what its sidecar says."""
    # The sidecar too: with other bounds or another command it is another workflow.
    return hashlib.sha256(canonical(path, content) + (said or b"")).hexdigest()


def canonical(path: Path, content: bytes) -> bytes:
    """The content as it is kept and named: JSON as UTF-8 without a mark, a script byte for byte."""
    # A script is run byte for byte; its comments and encoding may matter.
    if path.suffix == ".py":
        return content
    try:
        return text_of(path.name, content).encode()
    except UnreadableFileError:
        # What cannot be read is still named, so that the list can show it.
        return content


def as_kept(content: bytes | None) -> str | None:
    """Bytes as a text that JSON carries and that gives the same bytes back."""
    # ``surrogateescape``: a script need not be UTF-8, and has to come back exactly.
    return None if content is None else content.decode("utf-8", "surrogateescape")


def stamp_of(path: Path) -> tuple[int, ...]:
    """What tells that a file has changed: the time of its last change (ns) and its size (bytes); zeros without one."""
    try:
        facts = path.stat()
    except OSError:
        return (0, 0)
    return (facts.st_mtime_ns, facts.st_size)
