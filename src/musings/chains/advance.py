"""What became due in runs turned into prompts: once, whoever does it and wherever it is killed (ADR 17).

A trigger marks a run in the transaction that ends one of its prompts. A worker, or whoever changed the run, then reads
it, works out what is due and checks it against its workflow, outside of any transaction; one transaction writes the
prompts, the rows that link them and that the mark was seen. Killed before its commit nothing has happened and the mark
stands; of two that do it at once the second finds the mark seen, or the row of (run, step, number) there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from musings import logs
from musings.chains import states
from musings.chains.progress import Planned, StepProgress
from musings.chains.states import RunState
from musings.errors import MusingsError, StoreError
from musings.models import NewPrompt
from musings.requests.request import PromptRequest
from musings.store.chains import runs, steps
from musings.store.chains.steps import StepOutcome
from musings.store.database import Database
from musings.store.queue import submission

AT_ONCE = 20
MOST_ROUNDS = 50
"""Looks at one run in a row: as many as a chain has steps that are skipped one after another, and some."""

Take = Callable[[PromptRequest], NewPrompt]
"""Checks a request as those of people are checked; raises ``InvalidInputError``."""


class _MadeAlready(Exception):
    """Somebody else has written it; the prompt that was stored for it goes with the transaction."""


@dataclass(frozen=True)
class ReadyStep:
    """What a step becomes: prompts that were checked, or one row that says why there are none."""

    found: StepProgress
    prompts: Sequence[tuple[Planned, NewPrompt]] = ()
    refusal: str | None = None


@dataclass(frozen=True)
class Advance:
    """Needs no lock: any number of processes may do it."""

    database: Database
    take: Take

    def due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Look at runs that may have something to do; returns at how many. Raises ``StoreError``."""
        with self.database.read() as connection:
            ids = runs.due(connection, AT_ONCE)
            found = states.of_runs(connection, runs.by_ids(connection, ids)) if ids else []
        return sum(not stopping() and self.step(each) for each in found)

    def whole(self, run_id: int) -> None:
        """Look at one run until nothing more is due in it now."""
        for _ in range(MOST_ROUNDS):
            state = self.database.reading(states.of, run_id)
            if not _has_work(state):
                return
            self.step(state)

    def step(self, state: RunState) -> bool:
        """Write what is due in a run as it was read; False where somebody changed it meanwhile."""
        ready = self.ready(state)
        # May be forgotten when the power goes out: the mark is then, too.
        try:
            with self.database.write(relaxed=True) as connection:
                return write(connection, state, ready)
        except _MadeAlready:  # in a database whose writers do not wait for each other
            return False

    def ready(self, state: RunState) -> list[ReadyStep]:
        """What is due, checked; it may ask servers, so that it is done outside of a transaction."""
        return [self._checked(state, each) for each in state.progress.steps if each.is_due]

    def _checked(self, state: RunState, found: StepProgress) -> ReadyStep:
        if found.skip or found.refusal is not None:
            return ReadyStep(found, refusal=found.refusal)
        try:
            return ReadyStep(found, [(each, self.take(_request(state, each))) for each in found.due])
        except StoreError:
            raise
        except MusingsError as error:
            return ReadyStep(found, refusal=error.explained)
        except Exception as error:  # noqa: BLE001 (a mistake of ours in one run must not stop the queue; it is told)
            logs.get("chains").error("bug in a step of a musing", musing=state.run.id, exc_info=error)
            return ReadyStep(
                found, refusal=f"There is a mistake in Musings ({type(error).__name__}); the log has more."
            )


def write(connection: Connection, state: RunState, ready: Sequence[ReadyStep], max_pending: int | None = None) -> bool:
    """The prompts of a run with their links, and that its mark was seen. False where somebody was in between."""
    run = state.run
    if not runs.observe(connection, run):
        return False
    told = False
    for each in ready:
        if each.prompts:
            for planned, new in each.prompts:
                _submit(connection, run, planned, new, max_pending)
            continue
        outcome = StepOutcome.SKIPPED if each.refusal is None else StepOutcome.REFUSED
        told |= steps.add(connection, run.id, each.found.step.name, 1, 1, outcome, each.refusal)
    if told:
        # No prompt of it will end: what comes after it is due, or a person has to be told.
        runs.mark_changed(connection, run.id)
    return True


def _submit(connection: Connection, run: runs.ChainRun, planned: Planned, new: NewPrompt, most: int | None) -> None:
    prompt, _ = submission.add(connection, new, most)
    place = (planned.step.name, planned.number, planned.count, StepOutcome.PROMPT)
    if not steps.add(connection, run.id, *place, prompt_id=prompt.id):
        raise _MadeAlready


def _has_work(state: RunState) -> bool:
    return state.run.generation > state.run.observed_generation and state.run.paused_at is None


def _request(state: RunState, planned: Planned) -> PromptRequest:
    step = planned.step
    return PromptRequest(
        prompt_text=planned.text,
        prompt_type=step.prompt_type,
        priority=state.run.priority,
        workflow=step.workflow,
        parameters=dict(planned.parameters),
        enhance=step.enhance,
    )
