"""How an attempt ends: with what it made, put back, released, failed or cancelled.

Each is one transaction behind the fence: the caller must still hold the attempt, in the same transaction as the
artifacts; otherwise the result is dropped.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, select, update

from musings.models import NewArtifact, Prompt, Writing
from musings.store import rows, times
from musings.store.gallery import artifacts as artifact_rows
from musings.store.gallery import reproduction
from musings.store.queue import leftovers
from musings.store.queue.fence import hold, is_attempt
from musings.store.queue.states import AttemptStatus, Transition, transition
from musings.store.tables import attempts, prompts
from musings.store.writings import writings

# Enough for an error with its context; the whole log may be thousands of times as long.
LOG_EXCERPT_CHARACTERS = 16_000
CANCELLED_RUNNING = "Cancelled while it was running."


def complete(
    connection: Connection,
    prompt: Prompt,
    *,
    artifacts: Sequence[NewArtifact],
    writing: Writing | None,
    seconds: float,
    log: str,
) -> bool:
    """Finish a prompt with what it made, all in one transaction. False when the attempt is not ours any more.

    One that runs an earlier recipe again is compared with it. Safe to call again after an error: what took place is
    not done twice, and is told as True.
    """
    # First of all: whatever follows is written only while this attempt still owns the prompt.
    held = hold(connection, prompt)
    if held is None:
        # A commit may have worked although its answer was lost; then the caller's second try must hear yes.
        ended = select(attempts.c.status).where(is_attempt(prompt.id, prompt.attempt))
        return connection.execute(ended).scalar() == AttemptStatus.COMPLETED
    # Inserted in this transaction: a writing without its prompt would be found by search and lead nowhere.
    written = {"output_reference": writings.insert_writing(connection, writing)} if writing else {}
    ended_row = {"processing_duration": round(seconds, 3), **written}
    # What runs outside has ended with this result; only jobs left on another server are still to be taken away.
    leftovers.note(connection, prompt.id, prompt.attempt, held.external_id, moved=True)
    artifact_rows.record_prompt_artifacts(
        connection,
        prompt.id,
        artifacts,
        more=reproduction.report(connection, prompt, artifacts),
        also=ended_row,
        by=Transition.COMPLETE,
    )
    _close(connection, prompt, AttemptStatus.COMPLETED, log)
    return True


def put_back(
    connection: Connection,
    prompt: Prompt,
    *,
    at: datetime,
    error: str,
    error_class: str,
    seconds: float,
    log: str,
    counted: bool = True,
    waits_for: str | None = None,
    keep: bool = False,
) -> bool:
    """A passing fault: the prompt waits until ``at``. One that was asked to stop is cancelled instead.

    ``counted`` says whether this attempt counts against the cap; one that does not is forgotten, unless it is to be
    kept or has left files. ``waits_for`` is what has to come, as ``Unavailable`` names it.
    """
    held = hold(connection, prompt)
    if held is None:
        return False
    # Cancelled while it failed: the wish came first, so that it is not tried again.
    if held.cancel_requested:
        _end(connection, prompt, held, Transition.STOP, CANCELLED_RUNNING, "Cancelled", seconds, log)
        return True
    transition(
        connection,
        Transition.PUT_BACK,
        prompts.c.id == prompt.id,
        next_attempt_at=at,
        error_message=error,
        # The number of an attempt always grows, because it is the fencing token; what does not count is counted apart.
        uncounted_attempts=prompts.c.uncounted_attempts + (0 if counted else 1),
        waits=0 if counted else prompts.c.waits + 1,
        waits_for=waits_for,
    )
    _close(connection, prompt, AttemptStatus.FAILED, log, error, error_class)
    if (
        not counted and not keep
    ):  # it only waited: a night without a server must not leave a hundred attempts to look at
        # An attempt with a folder is kept: its row is what tells recovery about the files.
        placed_nothing = attempts.c.directory.is_(None)
        connection.execute(delete(attempts).where(is_attempt(prompt.id, prompt.attempt), placed_nothing))
    return True


def release(connection: Connection, prompt: Prompt, seconds: float, log: str) -> bool:
    """The worker stops: the prompt goes back to the queue and this attempt does not count."""
    held = hold(connection, prompt)
    if held is None:
        return False
    if held.cancel_requested:
        _end(connection, prompt, held, Transition.STOP, CANCELLED_RUNNING, "Cancelled", seconds, log)
        return True
    # No time to wait: the next worker may start it at once.
    transition(connection, Transition.RELEASE, prompts.c.id == prompt.id)
    _close(connection, prompt, AttemptStatus.RELEASED, log)
    return True


def fail(connection: Connection, prompt: Prompt, *, error: str, error_class: str, seconds: float, log: str) -> bool:
    """No further attempt would help: the prompt has failed, with words for its owner."""
    return _end_without_result(connection, prompt, Transition.FAIL, error, error_class, seconds, log)


def cancelled(connection: Connection, prompt: Prompt, seconds: float, log: str) -> bool:
    """What was asked to stop has stopped."""
    return _end_without_result(connection, prompt, Transition.STOP, CANCELLED_RUNNING, "Cancelled", seconds, log)


def excerpt(log: str) -> str:
    """The part of a log that the row keeps: its beginning and, more of it, its end."""
    if len(log) <= LOG_EXCERPT_CHARACTERS:
        return log
    # More of the end, where the error is; the beginning tells with what it started.
    head, tail = LOG_EXCERPT_CHARACTERS // 4, LOG_EXCERPT_CHARACTERS * 3 // 4
    return f"{log[:head]}\n… {len(log) - head - tail} characters left out …\n{log[-tail:]}"


def _end_without_result(
    connection: Connection,
    prompt: Prompt,
    name: Transition,
    error: str,
    error_class: str,
    seconds: float,
    log: str,
) -> bool:
    held = hold(connection, prompt)
    if held is None:
        return False
    _end(connection, prompt, held, name, error, error_class, seconds, log)
    return True


def _end(
    connection: Connection,
    prompt: Prompt,
    held: Row[int, bool, str | None],
    name: Transition,
    error: str,
    error_class: str,
    seconds: float,
    log: str,
) -> None:
    transition(
        connection,
        name,
        prompts.c.id == prompt.id,
        processing_duration=round(seconds, 3),
        error_message=rows.storable(error),
    )
    # After the transition, which clears the column: the value is the one that was read with the fence.
    leftovers.note(connection, prompt.id, prompt.attempt, held.external_id)
    ended = AttemptStatus.CANCELLED if name is Transition.STOP else AttemptStatus.FAILED
    _close(connection, prompt, ended, log, error, error_class)


def _close(
    connection: Connection,
    prompt: Prompt,
    status: AttemptStatus,
    log: str,
    error: str | None = None,
    error_class: str | None = None,
) -> None:
    # Without a fence of its own: the caller holds it in this transaction.
    connection.execute(
        update(attempts)
        .where(is_attempt(prompt.id, prompt.attempt))
        .values(
            status=status,
            finished_at=times.now(),
            error=None if error is None else rows.storable(error),
            error_class=error_class,
            log_excerpt=rows.storable(excerpt(log)),
        )
    )
