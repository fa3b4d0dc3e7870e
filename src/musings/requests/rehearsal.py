"""The dry run of a prompt: whether it would be taken, what would run it, what is missing, and how long it would take.

Nothing is queued. Servers may be asked, within a bounded time; what they said is remembered for a moment.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from musings.errors import AttemptError, InvalidInputError, MusingsError
from musings.makers.base import Checked, Lacking
from musings.makers.choice import Makers
from musings.makers.poets.wishes import wants_document
from musings.models import KIND_OF_TYPE, Instructions, Kind, NewPrompt

ASKING_SECONDS = 10.0
REMEMBERED_SECONDS = 15.0
CORRECT = "Correct it and submit again."


@dataclass(frozen=True)
class RehearsalProblem:
    """``where``: a place of the request such as ``parameters.width``, or a server; ``remedy`` says what to do."""

    where: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Estimate:
    """Seconds from start to end, from what such prompts took here."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Rehearsal:
    """``ok``: it would be taken, and something that answers would run it."""

    ok: bool
    problems: list[RehearsalProblem] = field(default_factory=list)
    would_run_on: list[str] = field(default_factory=list)
    estimate: Estimate | None = None


Durations = Callable[[Kind, str, bool], Sequence[float]]
"""The seconds of earlier prompts of a kind with a workflow; the last argument: whether that is the kind's default."""


class Rehearsals:
    """One for each process, so that many dry runs ask a server once."""

    def __init__(self, pipelines: Makers, durations: Durations, *, seconds: float = ASKING_SECONDS) -> None:
        self._pipelines = pipelines
        self._durations = durations
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asked: dict[tuple[str | None, ...], _Question] = {}

    def rehearse(self, take: Callable[[], NewPrompt], admit: Callable[[NewPrompt], None]) -> Rehearsal:
        """``take`` checks the request as a submission does, ``admit`` whether the queue would have it."""
        try:
            wanted = take()
        except InvalidInputError as error:
            return Rehearsal(
                False, [RehearsalProblem(each.where, each.message, error.hint or CORRECT) for each in error.faults]
            )
        problems: list[RehearsalProblem] = []
        try:
            admit(wanted)
        except InvalidInputError as error:
            problems += [RehearsalProblem(each.where, each.message, error.hint or CORRECT) for each in error.faults]
        except MusingsError as error:
            problems.append(RehearsalProblem("queue", str(error), error.hint or "Try again later."))
        kind = KIND_OF_TYPE[wanted.prompt_type]
        named = wanted.workflow or (wanted.instructions or Instructions()).workflow
        name = named or self._pipelines.default_of(kind)
        taken = not problems
        places, lacking = self._places(kind, wanted, name)
        problems += lacking
        is_default = wanted.workflow is None
        return Rehearsal(taken and bool(places), problems, places, self._estimate(kind, name, is_default))

    def _places(self, kind: Kind, wanted: NewPrompt, name: str) -> tuple[list[str], list[RehearsalProblem]]:
        """Where it would run now, and what keeps it from running elsewhere."""
        question = (kind.value, wanted.workflow, name)
        checked = self._ask(question, name, lambda: self._checked(kind, wanted.workflow, name))
        lacking = list(checked.problems)
        if wants_document(wanted):
            words = self._ask(("words",), "poets", lambda: self._pipelines.check_words(None))
            lacking += words.problems
            if not words.usable:
                return [], _told(lacking)
        return checked.places, _told(lacking)

    def _checked(self, kind: Kind, workflow: str | None, name: str) -> Checked:
        if kind is Kind.TEXT:
            return self._pipelines.check_words(workflow)
        try:
            return self._pipelines.check(name)
        except MusingsError as error:
            return Checked(False, [Lacking(name, str(error))])

    def _ask(self, key: tuple[str | None, ...], where: str, ask: Callable[[], Checked]) -> Checked:
        """Ask on a thread of its own, once for all who want to know, and wait for a bounded time."""
        with self._lock:
            question = self._asked.get(key)
            if question is None or question.is_old:
                question = self._asked[key] = _Question(ask)
        found = question.answer(self._seconds)
        if found is not None:
            return found
        return Checked(False, [Lacking(where, f"no answer within {self._seconds:g} s")])

    def _estimate(self, kind: Kind, name: str, is_default: bool) -> Estimate | None:
        took = sorted(self._durations(kind, name, is_default))
        if not took:
            return None
        low, middle, high = (round(took[min(len(took) - 1, int(len(took) * share))], 1) for share in (0.1, 0.5, 0.9))
        return Estimate(low, middle, high)


class _Question:
    def __init__(self, ask: Callable[[], Checked]) -> None:
        self._ask = ask
        self._found: Checked | None = None
        self._answered = threading.Event()
        self._at = float("inf")
        threading.Thread(target=self._run, daemon=True, name="dry-run").start()

    @property
    def is_old(self) -> bool:
        return time.monotonic() - self._at > REMEMBERED_SECONDS

    def answer(self, seconds: float) -> Checked | None:
        """What was found; None when that takes longer."""
        self._answered.wait(seconds)
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._ask()
        except (AttemptError, MusingsError) as error:
            self._found = Checked(False, [Lacking("the servers", str(error))])
        finally:
            self._at = time.monotonic()
            self._answered.set()


def _told(lacking: Sequence[Lacking]) -> list[RehearsalProblem]:
    remedy = "Mend that, or choose another workflow; a prompt waits until it can run."
    return [RehearsalProblem(each.where, each.message, remedy) for each in lacking]
