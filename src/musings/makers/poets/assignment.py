"""What the poets are given and what they give back: plain values, and the seam behind which the team stands.

``TextGenerator`` is all that the rest of Musings knows of AutoGen (ADR 10), so a successor is one more module.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from musings.makers.poets.server import LanguageServer


class Role(StrEnum):
    """What an agent does in a round: writes the text, reads it and comments, or has the last word."""

    WRITER = "writer"
    READER = "reader"
    EDITOR = "editor"


@dataclass(frozen=True)
class Agent:
    """One of a team. ``system_message`` is the whole of what the model is told beforehand."""

    name: str
    role: Role
    system_message: str
    model: str
    temperature: float


@dataclass(frozen=True)
class TeamLimits:
    """Whichever is reached first ends a run. ``tokens`` are those written by all agents together."""

    turns: int
    tokens: int
    seconds: float


@dataclass(frozen=True)
class Assignment:
    """A task for a team; ``agents`` speak in this order, round after round, the first one being the writer."""

    task: str
    agents: Sequence[Agent]
    limits: TeamLimits
    seed: int
    is_over: Callable[[str], bool]
    """Whether what the editor said ends the work."""


@dataclass(frozen=True)
class Turn:
    """What one agent said. ``cut`` when a limit ended it in mid-sentence; ``notes`` tell of tools that it used."""

    agent: str
    role: Role
    model: str
    text: str
    tokens: int
    seconds: float
    cut: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """A run of a team from its first turn to its end. ``ended`` says in words why it ended."""

    turns: tuple[Turn, ...]
    ended: str
    approved: bool

    @property
    def tokens(self) -> int:
        """How many were written, as the server counted them, or estimated where it did not."""
        return sum(turn.tokens for turn in self.turns)


class Watch(Protocol):
    """How a running team talks to whoever waits for it; called from one thread."""

    def check(self) -> None:
        """Go on, or stop: what it raises ends the run and is raised again."""

    def speaking(self, turn: int, stage: str, excerpt: str) -> None:
        """Whose turn it is (0 is the first) and what has been said of it so far."""

    def said(self, turn: Turn) -> None:
        """A turn has ended."""


class TextGenerator(Protocol):
    """One way to have a team of agents work on a task."""

    def run(self, assignment: Assignment, server: LanguageServer, watch: Watch) -> Transcript:
        """Work to the end or to a limit.

        Raises ``UserFault`` (a missing model, a refused key), ``PassingFault`` (unreachable, overloaded, cut off)
        and whatever ``watch.check`` raises; in every case no connection is left open.
        """
