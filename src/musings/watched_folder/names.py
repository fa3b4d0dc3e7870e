"""What the name of a file in the watched folder says.

| name | what |
|---|---|
| ``fox.txt`` | dropped by somebody: a prompt to be |
| ``fox.error.txt`` | why ``fox.txt`` was not taken |
| ``fox-12.waiting.txt`` | the same file: it is prompt 12 |
| ``fox-12/`` | what prompt 12 made, with the file |
| ``fox-12.failed.txt``, ``fox-12.error.txt`` | the same file, and why nothing was made |
"""

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ENDINGS = (".txt", ".md")
MOST_STEM_BYTES = 180
"""Of the 255 bytes that file systems take, the rest is for the number and what stands behind it."""
_TAKEN = re.compile(r"(?P<stem>.+)-(?P<id>[1-9]\d{0,17})\.(?P<state>waiting|failed)(?P<ending>\.[^.]+)", re.DOTALL)
ERROR = ".error.txt"


class TakenState(StrEnum):
    """How far a file is that was taken."""

    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class TakenFile:
    """A file that was taken."""

    stem: str
    prompt_id: int
    state: TakenState
    ending: str

    @property
    def name(self) -> str:
        return f"{self.base}.{self.state}{self.ending}"

    @property
    def base(self) -> str:
        """What all that belongs to it begins with, and the name of the folder of its results."""
        return f"{self.stem}-{self.prompt_id}"

    @property
    def original(self) -> str:
        return f"{self.stem}{self.ending}"

    def in_state(self, state: TakenState) -> "TakenFile":
        return TakenFile(self.stem, self.prompt_id, state, self.ending)


def is_dropped(name: str) -> bool:
    """Whether a file is one that somebody wrote for us: no temporary file of an editor or a download, none of ours."""
    lower = name.lower()
    if name.startswith((".", "~", "#")) or not lower.endswith(ENDINGS) or lower in ENDINGS:
        return False
    return not lower.endswith(ERROR) and taken_in(name) is None


def taken_in(name: str) -> TakenFile | None:
    """What the name of a file says that was taken; None for another."""
    found = _TAKEN.fullmatch(name)
    if found is None or found["ending"].lower() not in ENDINGS:
        return None
    return TakenFile(found["stem"], int(found["id"]), TakenState(found["state"]), found["ending"])


def taken_as(name: str, prompt_id: int) -> TakenFile:
    """What a dropped file is called once it is a prompt."""
    stem, ending = Path(name).stem, Path(name).suffix
    return TakenFile(shortened(stem), prompt_id, TakenState.WAITING, ending)


def refusal_of(name: str) -> str:
    """Where it says why a dropped file was not taken."""
    return f"{shortened(Path(name).stem)}{ERROR}"


def shortened(stem: str) -> str:
    """The same, as long as there is room for; cut between characters."""
    while len(os.fsencode(stem)) > MOST_STEM_BYTES:
        stem = stem[:-1]
    return stem


def as_text(name: str) -> str:
    """A name that may be no text, such as the system has it, as one that can be stored."""
    return os.fsencode(name).decode("utf-8", "replace")
