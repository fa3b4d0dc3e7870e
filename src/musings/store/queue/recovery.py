"""Recovery: what a dead runner left, found and put right by the next one, which holds the lock (ADR 1)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from musings.models import PromptStatus
from musings.store import times
from musings.store.queue import leftovers
from musings.store.queue.endings import CANCELLED_RUNNING
from musings.store.queue.states import AttemptStatus, Step, Transition, transition
from musings.store.tables import attempts, prompts
from musings.store.visibility import IS_LIVE

SERVER_JOB, SERVER_BACKEND = leftovers.SERVER_JOB, "comfyui"
# Joining a job again costs nothing, so that a worker may die often there before the prompt is blamed; where it works on
# the result itself the cause is nearer.
PATIENCE = {Step.OUTSIDE: 10, Step.FETCHING: 3, Step.FINISHING: 3}
"""How many times the cap of attempts a worker may die at a step of a job that it can join again, in a row."""

SUSPECTED = ", so this prompt may be what stops it. Look at the log, then retry or change it."
_DOING = {
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
    """Put every ``processing`` prompt back, or end it when it may be what stops the worker; returns how many.

    An attempt that the worker was working on itself counts. One whose job a server has can be joined again, so it does
    not: such a prompt ends only when the worker died at the same step of it many times in a row. Call it only when
    no worker but those of ``living``, by their ids, can be working on prompts: theirs stay as they are.
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
    for row in found:
        name, values = _after_death(row, default_attempts)
        # It will not be joined again, so that its job has to be taken away from the server.
        if name is not Transition.REQUEUE:
            leftovers.note(connection, row.id, row.attempt, row.external_id)
        transition(connection, name, prompts.c.id == row.id, **values)
    return len(found)


def suspects(connection: Connection, default_attempts: int) -> list[int]:
    """Waiting prompts that one more death of the worker would end: to be run alone, so that it is surely theirs."""
    query = (
        select(prompts)
        # In the queue's order, so that suspects are tried in the order in which they would have run.
        .where(prompts.c.status == PromptStatus.PENDING, IS_LIVE, prompts.c.worker_deaths > 0)
        .order_by(prompts.c.priority, prompts.c.id)
    )
    found = connection.execute(query).all()
    return [row.id for row in found if _is_last(row, default_attempts)]


def _is_last(row: Row[Any], default_attempts: int) -> bool:
    cap = row.max_attempts or default_attempts
    if row.death_step == Step.WORKING:
        return bool(row.attempt - row.uncounted_attempts + 1 >= cap)
    return bool(row.worker_deaths + 1 >= cap)


def _after_death(row: Row[Any], default_attempts: int) -> tuple[Transition, dict[str, Any]]:
    """What becomes of a prompt whose worker died: the transition, and the columns that it sets beside its own."""
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
    cap = row.max_attempts or default_attempts
    used = row.attempt - row.uncounted_attempts
    # A prompt on a server has its own bound below; dying there says little about it.
    if not outside and used >= cap:
        often = f"every one of {used}" if deaths >= used else f"the last of {used}"
        said = f"The worker stopped in the middle of {often} attempts"
        return Transition.GIVE_UP, {"error_message": f"{said}{SUSPECTED}"}
    if outside and deaths >= cap * PATIENCE[step]:
        said = f"The worker stopped {deaths} times in a row while it {_DOING[step]}"
        return Transition.GIVE_UP, {"error_message": f"{said}{SUSPECTED}"}
    # A process was killed by the take-over; its name must not make the next attempt believe that it runs.
    killed = (row.external_id or "").startswith(leftovers.PROCESS)
    return Transition.REQUEUE, {
        "external_id": None if killed else row.external_id,
        # What can be joined does not count against the cap, because the same attempt in effect goes on.
        "uncounted_attempts": row.uncounted_attempts + (1 if outside else 0),
        "death_step": step,
        "worker_deaths": deaths,
    }


def _is_ownerless(living: Collection[str]) -> ColumnElement[bool]:
    """Whether an attempt is of no worker that is at work. One of an older version names none."""
    # NULL: ``NOT IN`` would be unknown for it, and the row would never be recovered.
    return or_(attempts.c.worker_id.is_(None), attempts.c.worker_id.not_in(living))


def _files_without_rows() -> ColumnElement[bool]:
    return and_(attempts.c.directory.is_not(None), attempts.c.status != AttemptStatus.COMPLETED)
