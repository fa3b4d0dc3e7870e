"""The end of an attempt that made nothing: what its prompt's row says, and whether and when it is tried again."""

import random
from datetime import timedelta

from musings.errors import (
    AttemptError,
    Cancelled,
    InfrastructureFault,
    PassingFault,
    ServerAway,
    Stopping,
    Unavailable,
)
from musings.models import Prompt
from musings.store import times
from musings.store.queue import endings
from musings.worker.backoff import next_attempt, patience
from musings.worker.context import AttemptContext
from musings.worker.workshop import Workshop

FULL_DISK_STEPS = 2  # of the backoff, before the disk is looked at again


def give_up(workshop: Workshop, prompt: Prompt, context: AttemptContext, fault: AttemptError) -> bool:
    """End an attempt that made nothing: cancelled, released, put back for another attempt, or failed."""
    database, seconds = workshop.database, context.elapsed
    log = workshop.redact("\n".join(part for part in (context.logged, fault.log) if part))
    explained = workshop.redact(fault.explained)
    if isinstance(fault, Cancelled):
        return database.writing(endings.cancelled, prompt, seconds, log)
    if isinstance(fault, Stopping):
        return database.writing(endings.release, prompt, seconds, log)
    name = fault.stored_name
    if isinstance(fault, Unavailable):
        wait = patience(prompt.waits) if fault.retry_after is None else fault.retry_after
        return database.writing(
            endings.put_back,
            prompt,
            at=times.now() + timedelta(seconds=wait),
            error=explained,
            error_class=name,
            seconds=seconds,
            log=log,
            counted=False,
            waits_for=fault.waits_for,
            keep=isinstance(fault, ServerAway) and fault.lasting,
        )
    cap = prompt.max_attempts or workshop.max_attempts
    ours = isinstance(fault, InfrastructureFault)
    if isinstance(fault, PassingFault) and (ours or prompt.attempts_used < cap):
        steps = FULL_DISK_STEPS if ours else prompt.attempts_used
        at = next_attempt(times.now(), steps, workshop.backoff_seconds, random.random(), fault.retry_after)  # noqa: S311
        said = explained if ours else f"Attempt {prompt.attempts_used} of {cap}: {explained}"
        return database.writing(
            endings.put_back, prompt, at=at, error=said, error_class=name, seconds=seconds, log=log, counted=not ours
        )
    tried = f" (tried {prompt.attempts_used} times)" if prompt.attempts_used > 1 else ""
    return database.writing(endings.fail, prompt, error=explained + tried, error_class=name, seconds=seconds, log=log)
