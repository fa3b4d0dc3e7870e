"""What a prompt has been through that no attempt counts: the step it is at, servers that it brought down, its waits."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update

from musings.models import TYPES_OF_KIND, Kind, PromptStatus
from musings.store import times
from musings.store.database import Database
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE


class Step(StrEnum):
    """Where a worker is with a prompt: ``working`` on it itself; what runs ``outside`` it only waits for."""

    WORKING = "working"
    OUTSIDE = "outside"
    FETCHING = "fetching"
    FINISHING = "finishing"


def note_step(database: Database, prompt_id: int, attempt: int, step: str) -> None:
    """Write down where the worker is with a prompt, so that its death there can be told from one elsewhere.

    Relaxed: a worker's death loses nothing of it, a power cut is nobody's fault.
    """
    with database.write(relaxed=True) as connection:
        connection.execute(
            update(prompts)
            .where(
                prompts.c.id == prompt_id,
                prompts.c.attempt == attempt,
                prompts.c.status == PromptStatus.PROCESSING,
            )
            .values(worker_step=step)
        )


def count_crash(database: Database, prompt_id: int, attempt: int) -> int:
    """A server went down while it ran this prompt; returns how often that happened."""
    with database.write() as connection:
        crashes = connection.execute(
            update(prompts)
            .where(prompts.c.id == prompt_id, prompts.c.attempt == attempt)
            .values(server_crashes=prompts.c.server_crashes + 1)
            .returning(prompts.c.server_crashes)
        ).scalar()
    return int(crashes or 0)


def hasten(database: Database, waiting_for: Collection[str]) -> int:
    """What they waited for may be there: prompts that wait for one of these are due now. Returns how many."""
    which = (
        prompts.c.status == PromptStatus.PENDING,
        IS_LIVE,
        prompts.c.waits_for.in_(waiting_for),
        prompts.c.next_attempt_at > times.now(),
    )
    with database.read() as connection:
        if connection.execute(select(prompts.c.id).where(*which).limit(1)).first() is None:
            return 0
    with database.write() as connection:
        return connection.execute(update(prompts).where(*which).values(next_attempt_at=times.now())).rowcount


def put_off(database: Database, kinds: Collection[Kind]) -> Mapping[str | None, datetime]:
    """When the first of the prompts that were put off may start, by what they wait for; None is for another try."""
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    asked = (
        select(prompts.c.waits_for, func.min(prompts.c.next_attempt_at).label("at"))
        .where(
            prompts.c.status == PromptStatus.PENDING,
            IS_LIVE,
            prompts.c.prompt_type.in_(types),
            prompts.c.next_attempt_at.is_not(None),
        )
        .group_by(prompts.c.waits_for)
    )
    with database.read() as connection:
        return {row.waits_for: row.at for row in connection.execute(asked)}
