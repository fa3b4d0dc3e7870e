"""A runner in a thread of the test, and the program of ``tests.musings.worker.program`` in a process of its own."""

import itertools
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from musings.config.settings import Settings
from musings.engine.base import Engine
from musings.engine.registry import engine_of
from musings.makers.comfyui import pipeline
from musings.makers.comfyui.watching import JobLimits
from musings.models import Kind, NewPrompt, Prompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, submission
from musings.worker import assemble
from musings.worker.context import AttemptContext
from musings.worker.runner import Runner
from musings.worker.running import Summary
from tests.doubles import Double, pipelines_of
from tests.musings.worker import program as program_of_tests

LONG_SECONDS = 60.0
FORKS = multiprocessing.get_context("forkserver")  # imports once, so that a process starts in an instant
FORKS.set_forkserver_preload([program_of_tests.__name__])


def until(condition: Callable[[], bool], seconds: float = LONG_SECONDS) -> None:
    """Return when a condition holds; fail when it does not within the time."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        pause.wait(0.005)


@dataclass
class Hall:
    """A database, a media root, a double, and a runner for as long as the test wants one."""

    settings: Settings
    database: Database
    double: Double = field(default_factory=Double)
    runner: Runner | None = None
    summary: Summary | None = None
    _thread: threading.Thread | None = None

    def add(self, words: str = "a fox", prompt_type: str = "text", **rest: Any) -> int:
        return self.database.writing(submission.add, NewPrompt(words, prompt_type, **rest))[0].id

    def get(self, prompt_id: int) -> Prompt:
        return self.database.reading(prompts.get, prompt_id)

    @property
    def engine(self) -> Engine:
        """The one that runners of this database have, or one like it."""
        return engine_of(self.database)

    def make(self, **rest: Any) -> Runner:
        self.runner = assemble.runner(self.settings, self.database, pipelines=pipelines_of(self.double), **rest)
        return self.runner

    def drain(self, **rest: Any) -> Summary:
        return self.make(**rest).run_queue_processor(drain=True)

    def start(self, **rest: Any) -> Runner:
        """A runner that stays, on a thread of its own."""
        runner = self.make(**rest)

        def work() -> None:
            self.summary = runner.run_queue_processor(drain=False)

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()
        return runner

    def stop(self) -> None:
        if self.runner is not None and self._thread is not None:
            self.runner.stop()
            self._thread.join(LONG_SECONDS)
            assert not self._thread.is_alive()
            self._thread = None

    def ends(self, prompt_id: int) -> Prompt:
        """The prompt, when it is neither waiting nor running any more."""
        until(lambda: self.get(prompt_id).status not in ("pending", "processing"))
        return self.get(prompt_id)

    def files(self) -> list[str]:
        root = self.settings.media_root
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def hall(settings: Settings, database: Database) -> Iterator[Hall]:
    made = Hall(settings, database)
    yield made
    made.stop()


@pytest.fixture
def context(database: Database) -> AttemptContext:
    """Of a prompt that was claimed; it may take 30 seconds, and all that it says is kept at once."""
    database.writing(submission.add, NewPrompt("a fox", "image"))
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None
    return AttemptContext(database, taken, 30, quiet_seconds=0)


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ComfyUI on this machine that lost a job is known by looks half a second apart; usual are three seconds."""
    monkeypatch.setattr(pipeline, "JobLimits", partial(JobLimits, poll_seconds=0.2, lost_gap_seconds=0.5))


class Child:
    """A process that runs ``tests.musings.worker.program``."""

    def __init__(self, config: Path, output: Path, said: dict[str, object]) -> None:
        self._output = output
        self._process = FORKS.Process(target=program_of_tests.enter, args=(str(config), str(output), said))
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def said(self) -> str:
        """What it wrote on its terminal so far."""
        return self._output.read_text() if self._output.exists() else ""

    @property
    def code(self) -> int | None:
        """The exit code, negative for the signal that ended it; None while it runs."""
        return self._process.exitcode

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def end(self) -> int:
        """Wait for its end; returns its exit code."""
        self._process.join(LONG_SECONDS)
        code = self.code
        self._process.kill()
        assert code is not None, f"it did not end: {self.said}"
        assert "Traceback" not in self.said, self.said
        return code


@dataclass
class Program:
    """Starts ``tests.musings.worker.program``: the real runner, in a process that a test may kill."""

    settings: Settings
    _count: Iterator[int] = field(default_factory=itertools.count)

    def start(self, **said: object) -> Child:
        file = self.settings.file
        assert file is not None
        return Child(file, file.with_name(f"child-{next(self._count)}.txt"), said)

    def run(self, **said: object) -> int:
        return self.start(**said).end()


@pytest.fixture
def program(settings: Settings, database: Database) -> Program:
    return Program(settings)
