"""A team, a scripted server and someone who watches."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from musings.errors import AttemptError
from musings.makers.poets.assignment import Agent, Assignment, TeamLimits, Turn
from musings.makers.poets.casting import approves, team
from musings.makers.poets.server import LanguageServer
from tests.fakes.llm import FakeLLM

SLOTS = {"local1": "big", "local2": "poetic", "local3": "talkative"}


@pytest.fixture
def llm() -> Iterator[FakeLLM]:
    server = FakeLLM(models=tuple(SLOTS.values()))
    yield server
    server.close()


@pytest.fixture
def server(llm: FakeLLM) -> LanguageServer:
    return LanguageServer("manual", llm.address, connect_seconds=0.5, timeout_seconds=5, max_retries=2)


@dataclass
class Watcher:
    """Remembers what it was told. ``stop`` is raised from the moment when ``stop_when`` holds."""

    stop: AttemptError | None = None
    stop_when: Callable[[], bool] = lambda: True
    stages: list[str] = field(default_factory=list)
    excerpts: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)

    def check(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.stop is not None and self.stop_when():
            raise self.stop

    def speaking(self, turn: int, stage: str, excerpt: str) -> None:
        self.stages.append(stage)
        self.excerpts.append(excerpt)

    def said(self, turn: Turn) -> None:
        self.turns.append(turn)


Assign = Callable[..., Assignment]


@pytest.fixture
def assign() -> Assign:
    def make(
        turns: int = 9, tokens: int = 2000, seconds: float = 20, agents: tuple[Agent, ...] | None = None
    ) -> Assignment:
        return Assignment(
            task="Write a poem about a lamp.",
            agents=agents or team((), SLOTS, form="poem", temperature=0.7),
            limits=TeamLimits(turns, tokens, seconds),
            seed=2**40 + 7,
            is_over=approves,
        )

    return make
