"""What the doctor says."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """``mend`` says what to do; it is there whenever something is wrong."""

    level: Level
    what: str
    detail: str
    mend: str = ""


def ok(what: str, detail: str, mend: str = "") -> Finding:
    return Finding(Level.OK, what, detail, mend)


def warning(what: str, detail: str, mend: str) -> Finding:
    return Finding(Level.WARNING, what, detail, mend)


def failure(what: str, detail: str, mend: str) -> Finding:
    return Finding(Level.FAILURE, what, detail, mend)
