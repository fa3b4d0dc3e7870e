"""What people do to a run: stop it, let it go on, answer at its gates, have a step made anew.

Each is one transaction; what becomes due by it is written by ``chains.advance`` afterwards, or by the next who looks.
"""

from sqlalchemy import Connection

from musings.chains import gates, states
from musings.chains.gates import GateReply
from musings.chains.progress import RunStatus, StepProgress, StepState, named_by
from musings.chains.states import RunState
from musings.errors import ConflictError, NotFoundError
from musings.models import PromptStatus
from musings.store import times
from musings.store.chains import answers, holding, runs, steps
from musings.store.chains.steps import StepOutcome, StepRow
from musings.store.queue import cancellation, retries

_ENDED = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)
_STOPPED = (StepState.FAILED, StepState.CANCELLED)


def cancel(connection: Connection, run_id: int) -> None:
    """Cancel what waits, ask what runs to stop, and make nothing more due. Twice is harmless.

    Raises ``NotFoundError``, and ``ConflictError`` for a run that has ended.
    """
    state = states.of(connection, run_id)
    if state.run.cancelled_at is not None:
        return
    if state.progress.status is RunStatus.COMPLETED:
        raise ConflictError(f"Musing {run_id} is completed: there is nothing to cancel.")
    # First of all: from here on nothing becomes due, whoever looks at the run in this moment.
    runs.act(connection, run_id, cancelled_at=times.now(), paused_at=None)
    holding.release(connection, run_id)
    for row in _rows(state):
        if row.prompt_id is not None and not row.deleted and row.status in _GOING_ON:
            cancellation.cancel(connection, row.prompt_id)


def pause(connection: Connection, run_id: int) -> None:
    """Start nothing more; what runs finishes. Raises ``NotFoundError``, and ``ConflictError`` for one that ended."""
    state = states.of(connection, run_id)
    if state.progress.status in _ENDED:
        raise ConflictError(f"Musing {run_id} is {state.progress.status}: there is nothing to pause.")
    if state.run.paused_at is None:
        runs.act(connection, run_id, paused_at=times.now())
        holding.hold(connection, run_id)


def resume(connection: Connection, run_id: int) -> None:
    """Let it go on. Raises ``NotFoundError``."""
    if runs.get(connection, run_id).paused_at is not None:
        runs.act(connection, run_id, paused_at=None)
        holding.release(connection, run_id)


def set_priority(connection: Connection, run_id: int, priority: int) -> None:
    """Of all that waits and all that comes. Raises ``NotFoundError``."""
    runs.act(connection, run_id, priority=priority)
    holding.set_priority(connection, run_id, priority)


def retry(connection: Connection, run_id: int, step: str | None = None) -> None:
    """Try again what failed or was cancelled, and go on from there; what is done is not done again.

    A named step is also made anew while no later step has used it. Raises ``NotFoundError`` and ``ConflictError``.
    """
    state = states.of(connection, run_id)
    again = [_named(state, step)] if step is not None else _stopped(state)
    # What was made of it would no longer fit what it is.
    if step is not None and again[0].state not in _STOPPED:
        _require_unused(state, again[0])
    if not again and state.run.cancelled_at is None:
        raise ConflictError(
            f"Musing {run_id} is {state.progress.status}: nothing of it has failed.",
            hint="Name a step with --step to have it made anew.",
        )
    runs.act(connection, run_id, cancelled_at=None)
    for each in again:
        _again(connection, run_id, each)


def answer(connection: Connection, run_id: int, step: str, given: GateReply) -> None:
    """Answer at the gate of a step.

    Raises ``NotFoundError``, ``ConflictError`` where nothing is asked, and ``InvalidInputError``.
    """
    state = states.of(connection, run_id)
    found = _named(state, step)
    if found.state is not StepState.ASKING:
        raise ConflictError(f"The step {step!r} of musing {run_id} asks nothing: it is {found.state}.")
    fitting = gates.checked(found.step, [each.number for each in found.rows], given)
    answers.add(connection, run_id, step, fitting.to_json())
    runs.act(connection, run_id)


_GOING_ON = (PromptStatus.PENDING, PromptStatus.PROCESSING)


def _rows(state: RunState) -> list[StepRow]:
    return [row for each in state.progress.steps for row in each.rows]


def _named(state: RunState, name: str) -> StepProgress:
    found = state.progress.step(name)
    if found is None:
        known = ", ".join(each.name for each in state.chain.steps)
        raise NotFoundError(f"Musing {state.run.id} has no step {name[:60]!r}.", hint=f"It has: {known}.")
    return found


def _stopped(state: RunState) -> list[StepProgress]:
    return [each for each in state.progress.steps if each.state in _STOPPED and each.rows]


def _require_unused(state: RunState, found: StepProgress) -> None:
    name = found.step.name
    if found.state not in (StepState.COMPLETED, StepState.ASKING, StepState.SKIPPED):
        raise ConflictError(f"The step {name!r} is {found.state}: there is nothing to make anew yet.")
    users = [each.step.name for each in state.progress.steps if each.rows and name in named_by(each.step)]
    if users:
        raise ConflictError(
            f"The step {name!r} is done, and {', '.join(users)} was made of it already.",
            hint="Start another musing to make all of it anew.",
        )


def _again(connection: Connection, run_id: int, found: StepProgress) -> None:
    """Its failed prompts are tried again; what no prompt can be tried again of is made anew."""
    name = found.step.name
    # Those that are there keep their row and their number: a retry of the prompt itself does the same.
    tried = [row for row in found.rows if _can_be_tried(row)]
    for row in tried:
        retries.retry(connection, row.prompt_id or 0)
    lost = [row.number for row in found.rows if row.deleted or row.outcome is not StepOutcome.PROMPT]
    if lost:
        steps.replace(connection, run_id, name, lost)
    if not tried and not lost:
        # All are there and none of them failed: it was declined, or it is wanted anew.
        steps.replace(connection, run_id, name)
        answers.withdraw(connection, run_id, name)


def _can_be_tried(row: StepRow) -> bool:
    stopped = (PromptStatus.FAILED, PromptStatus.CANCELLED)
    return row.outcome is StepOutcome.PROMPT and not row.deleted and row.status in stopped
