"""Recovery: what a dead runner left, found and put right by the next one, which holds the lock (ADR 1).

A worker that is killed is no fault of the prompts that it had: no death counts as an attempt. A prompt that brings its
worker down itself is told by repetition, with nothing else in common: the worker died so many times in a row at the
same step of it, at last while it ran alone, and lived whenever it did not run.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, or_, select, update

from musings.backoff import backoff
from musings.models import PromptStatus
from musings.store import times
from musings.store.queue import leftovers
from musings.store.queue.endings import CANCELLED_RUNNING
from musings.store.queue.states import AttemptStatus, Step, Transition, transition
from musings.store.tables import attempts, prompts, workers
from musings.store.visibility import IS_LIVE

SERVER_JOB, SERVER_BACKEND = leftovers.SERVER_JOB, "comfyui"
# Joining a job again costs nothing, so that a worker may die often there before the prompt is blamed; where it works on
# the result itself the cause is nearer.
PATIENCE = {Step.WORKING: 3, Step.OUTSIDE: 10, Step.FETCHING: 3, Step.FINISHING: 3}
"""How many times the cap of attempts, and 3 at least, a worker may die at a step of a prompt, in a row."""
LEAST_CAP = 3
# While a server has the job the worker only waits, however long: many deaths there say little, and to wait alone would
# keep all others from their turn.
UNSUSPECTED_OUTSIDE = 7
"""How many times the cap a worker may die at ``OUTSIDE`` before the prompt is a suspect."""
# Whoever kills workers from outside does so in these gaps, too, which clears the prompt of it; and a prompt that does
# bring its worker down lets others work meanwhile.
GAP_SECONDS, LONGEST_GAP_SECONDS = 1.0, 10.0
"""Before a prompt is tried again beside which the worker died more often in a row than the cap."""

SUSPECTED = ", so this prompt may be what stops it. Look at the log, then retry or change it."
_DOING = {
    Step.WORKING: "worked on this prompt",
    Step.OUTSIDE: "waited for this prompt's job on ComfyUI",
    Step.FETCHING: "fetched what ComfyUI had made for this prompt",
    Step.FINISHING: "finished what ComfyUI had made for this prompt",
}


@dataclass(frozen=True)
class Orphan:
    """An attempt whose runner died, or that left files without rows, as recovery found it."""

    prompt_id: int
    attempt: int
    status: str
    directory: str | None
    external_id: str | None
    host: str | None


def orphans(connection: Connection, living: Collection[str] = ()) -> list[Orphan]:
    """Attempts that dead workers left: all but those of ``living``, the ids of the workers that are at work."""
    running = attempts.c.status == AttemptStatus.RUNNING
    columns = (attempts.c.prompt_id, attempts.c.attempt, attempts.c.status, attempts.c.directory)
    asked = select(*columns, attempts.c.external_id, attempts.c.host)
    # Also ended attempts, when their files were placed and never recorded.
    found = connection.execute(asked.where(or_(running, _files_without_rows()), _is_ownerless(living)))
    return [Orphan(*row) for row in found]


def held(connection: Connection, living: Collection[str]) -> set[str]:
    """The running attempts of these workers, each as ``PROMPT-ATTEMPT``."""
    theirs = and_(attempts.c.status == AttemptStatus.RUNNING, attempts.c.worker_id.in_(living))
    found = connection.execute(select(attempts.c.prompt_id, attempts.c.attempt).where(theirs))
    return {f"{row.prompt_id}-{row.attempt}" for row in found}


def recover(connection: Connection, default_attempts: int, living: Collection[str] = ()) -> int:
    """Put every ``processing`` prompt back, or end it when it is what stops the worker; returns how many.

    No death of a worker counts as an attempt. Call it only when no worker but those of ``living``, by their ids, can be
    working on prompts: theirs stay as they are.
    """
    said = "The worker stopped in the middle of this attempt."
    stuck = prompts.c.status == PromptStatus.PROCESSING
    mine = and_(attempts.c.prompt_id == prompts.c.id, attempts.c.attempt == prompts.c.attempt)
    # Read before the update below, which makes them look ended.
    found = connection.execute(
        select(prompts, attempts.c.backend)
        # Outer: a row of an older version may be processing without any attempt.
        .select_from(prompts.outerjoin(attempts, mine))
        .where(stuck, _is_ownerless(living))
    ).all()
    connection.execute(
        update(attempts)
        .where(attempts.c.status == AttemptStatus.RUNNING, _is_ownerless(living))
        .values(status=AttemptStatus.LOST, finished_at=times.now(), error=said, error_class="Lost")
    )
    # The files were removed by the take-over, which comes first: nothing refers to the folder any more.
    connection.execute(update(attempts).where(_files_without_rows(), _is_ownerless(living)).values(directory=None))
    _clear_others(connection, found, default_attempts, living)
    for row in found:
        name, values = _after_death(row, default_attempts, alone=len(found) == 1)
        # It will not be joined again, so that its job has to be taken away from the server.
        if name is not Transition.REQUEUE:
            leftovers.note(connection, row.id, row.attempt, row.external_id)
        transition(connection, name, prompts.c.id == row.id, **values)
    return len(found)


def suspects(connection: Connection, default_attempts: int) -> list[int]:
    """Waiting prompts beside which the worker died again and again: to be run alone, so that a death is surely theirs.

    Those whose time has come; the others are in :func:`later_suspects`.
    """
    now = times.now()
    return [row.id for row in _suspects(connection, default_attempts) if (row.next_attempt_at or now) <= now]


def later_suspects(connection: Connection, default_attempts: int) -> dict[int, float]:
    """The suspects whose time has not come, and in how many seconds it does. Others run meanwhile."""
    now = times.now()
    found = ((row.id, row.next_attempt_at) for row in _suspects(connection, default_attempts))
    return {prompt_id: (due - now).total_seconds() for prompt_id, due in found if due is not None and due > now}


def _suspects(connection: Connection, default_attempts: int) -> list[Row[Any]]:
    query = (
        select(prompts)
        # In the queue's order, so that suspects are tried in the order in which they would have run.
        .where(prompts.c.status == PromptStatus.PENDING, IS_LIVE, ~prompts.c.held, prompts.c.worker_deaths > 0)
        .order_by(prompts.c.priority, prompts.c.id)
    )
    return [row for row in connection.execute(query) if _is_suspect(row, default_attempts)]


def _is_suspect(row: Row[Any], default_attempts: int) -> bool:
    if row.death_step == Step.OUTSIDE:
        return bool(row.worker_deaths > UNSUSPECTED_OUTSIDE * _cap(row, default_attempts))
    return row.worker_deaths > 0 and bool(row.worker_deaths + 1 >= (row.max_attempts or default_attempts))


def _cap(row: Row[Any], default_attempts: int) -> int:
    return max(LEAST_CAP, row.max_attempts or default_attempts)


def _clear_others(
    connection: Connection, found: Sequence[Row[Any]], default_attempts: int, living: Collection[str]
) -> None:
    """A worker that died beside no suspect died of something else: then nothing is held against those that waited."""
    gone = delete(workers).where(workers.c.id.not_in(living)).returning(workers.c.id)
    # A worker that had nothing to do, or was between two prompts, leaves no prompt behind, but its sign of life.
    died = len(connection.execute(gone).all()) > 0 or len(found) > 0
    # Two that bring the worker down in turns must not clear each other.
    if died and not any(_is_suspect(row, default_attempts) for row in found):
        waiting = (prompts.c.status == PromptStatus.PENDING) & (prompts.c.worker_deaths > 0)
        connection.execute(update(prompts).where(waiting).values(worker_deaths=0, death_step=None))


def _after_death(row: Row[Any], default_attempts: int, *, alone: bool) -> tuple[Transition, dict[str, Any]]:
    """What becomes of a prompt whose worker died: the transition, and the columns that it sets beside its own.

    ``alone``: nothing else ran, so that what killed the worker was this or came from outside.
    """
    # Who asked to stop it has what they wanted, although the worker died before it could.
    if row.cancel_requested:
        return Transition.STOP_LOST, {"error_message": CANCELLED_RUNNING}
    # By its backend as well: the worker may have died before the first word about the job was stored.
    outside = (row.external_id or "").startswith(SERVER_JOB) or row.backend == SERVER_BACKEND
    step = (row.worker_step or Step.WORKING) if outside else Step.WORKING
    # It worked on nothing itself: whatever it did was for the job outside.
    step = Step.OUTSIDE if outside and step == Step.WORKING else step
    # In a row at the same step only: a prompt that gets further each time is not what stops the worker.
    deaths = row.worker_deaths + 1 if row.death_step == step else 1
    # To be killed is not its fault: the same attempt in effect goes on, or begins anew.
    uncounted = {"uncounted_attempts": row.uncounted_attempts + 1}
    cap = _cap(row, default_attempts)
    # What is over soon has no gap: a death there is no chance nine times in a row.
    unsuspected = {Step.WORKING: cap, Step.OUTSIDE: UNSUSPECTED_OUTSIDE * cap}.get(step, deaths)
    if alone and deaths >= cap * PATIENCE[step]:
        said = f"The worker stopped {deaths} times in a row while it {_DOING[step]}"
        return Transition.GIVE_UP, {"error_message": f"{said}{SUSPECTED}", **uncounted}
    # A process was killed by the take-over; its name must not make the next attempt believe that it runs.
    killed = (row.external_id or "").startswith(leftovers.PROCESS)
    return Transition.REQUEUE, {
        "external_id": None if killed else row.external_id,
        **uncounted,
        "death_step": step,
        "worker_deaths": deaths,
        **(_gap(deaths - unsuspected) if deaths > unsuspected else {}),
    }


def _gap(times_too_often: int) -> dict[str, Any]:
    wait = backoff(times_too_often, GAP_SECONDS, LONGEST_GAP_SECONDS)
    return {
        "next_attempt_at": times.now() + timedelta(seconds=wait),
        "error_message": "The worker stopped again and again beside this prompt: it is tried by itself.",
    }


def _is_ownerless(living: Collection[str]) -> ColumnElement[bool]:
    """Whether an attempt is of no worker that is at work. One of an older version names none."""
    # NULL: ``NOT IN`` would be unknown for it, and the row would never be recovered.
    return or_(attempts.c.worker_id.is_(None), attempts.c.worker_id.not_in(living))


def _files_without_rows() -> ColumnElement[bool]:
    return and_(attempts.c.directory.is_not(None), attempts.c.status != AttemptStatus.COMPLETED)
