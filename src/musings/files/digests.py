"""What names the contents of a file."""

import hashlib
from pathlib import Path
from typing import BinaryIO

from musings.late import importing

STEP_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex. Raises ``OSError``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def blake3_of(file: BinaryIO) -> str:
    """BLAKE3 of what is left of a file, in hex. Raises ``OSError``."""
    with importing():  # asked for by clients of Comfy API v2 alone
        from blake3 import blake3

    found = blake3()
    while piece := file.read(STEP_BYTES):
        found.update(piece)
    return found.hexdigest()
