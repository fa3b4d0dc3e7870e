"""The end of an attempt that made nothing: what its prompt's row says, and whether and when it is tried again."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from musings.backoff import next_attempt, patience
from musings.errors import (
    AttemptError,
    Cancelled,
    ChildKilled,
    InfrastructureFault,
    PassingFault,
    ServerAway,
    Stopping,
    Unavailable,
)
from musings.models import Prompt
from musings.store import times
from musings.store.queue import attempts, endings, waits
from musings.worker.context import AttemptContext
from musings.worker.workshop import Workshop

MOST_KILLS_UNCOUNTED = 8
"""Attempts that end because a child was killed, and do not count: with their waits a quarter of an hour."""
FULL_DISK_STEPS = 2  # of the backoff, before the disk is looked at again


End = Callable[..., bool]
"""Stores how an attempt ended, within the caller's transaction; False when the attempt no longer holds its prompt."""


def give_up(workshop: Workshop, prompt: Prompt, context: AttemptContext, fault: AttemptError) -> bool:
    """End an attempt that made nothing; False when it no longer holds its prompt."""
    return workshop.database.writing(end_of(workshop, prompt, context, fault))


def end_of(workshop: Workshop, prompt: Prompt, context: AttemptContext, fault: AttemptError) -> End:
    """What such an attempt ends with: cancelled, released, put back for another attempt, or failed."""
    log = workshop.redact("\n".join(part for part in (context.logged, fault.log) if part))
    said = workshop.redact(fault.explained)
    ended: dict[str, Any] = {"prompt": prompt, "seconds": context.elapsed, "log": log}
    if isinstance(fault, Cancelled):
        return partial(endings.cancelled, **ended)
    if isinstance(fault, Stopping):
        return partial(endings.release, **ended)
    named: dict[str, Any] = {**ended, "error_class": fault.stored_name}
    if isinstance(fault, Unavailable):
        return partial(endings.put_back, **named, error=said, **_waiting(prompt, fault))
    cap = prompt.max_attempts or workshop.max_attempts
    if isinstance(fault, InfrastructureFault):  # no fault of the prompt's: it does not count against the cap
        at = _next(workshop, FULL_DISK_STEPS, fault)
        return partial(endings.put_back, **named, error=said, at=at, counted=False, waits_for="disk")
    if isinstance(fault, ChildKilled):
        kills = workshop.database.reading(attempts.ended_by, prompt.id, fault.stored_name)
        # Whoever wants memory, or kills whatever there is, is gone by then; what ends its child by itself is not.
        if kills < MOST_KILLS_UNCOUNTED:
            at = times.now() + timedelta(seconds=patience(kills))
            return partial(endings.put_back, **named, error=said, at=at, counted=False, keep=True)
    if isinstance(fault, PassingFault) and prompt.attempts_used < cap:
        at = _next(workshop, prompt.attempts_used, fault)
        return partial(endings.put_back, **named, error=f"Attempt {prompt.attempts_used} of {cap}: {said}", at=at)
    tried = f" (tried {prompt.attempts_used} times)" if prompt.attempts_used > 1 else ""
    return partial(endings.fail, **named, error=said + tried)


def _waiting(prompt: Prompt, fault: Unavailable) -> dict[str, Any]:
    """For something that has to come: looked for again and again, and never counted as a try."""
    wait = timedelta(seconds=patience(prompt.waits) if fault.retry_after is None else fault.retry_after)
    return {
        "at": times.now() + min(wait, waits.LONGEST),
        "counted": False,
        "waits_for": fault.waits_for,
        "keep": isinstance(fault, ServerAway) and fault.lasting,
    }


def _next(workshop: Workshop, steps: int, fault: PassingFault) -> datetime:
    return next_attempt(times.now(), steps, workshop.backoff_seconds, random.random(), fault.retry_after)  # noqa: S311
