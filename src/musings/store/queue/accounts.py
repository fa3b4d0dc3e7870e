"""What a prompt has been through that no attempt counts: the step it is at, servers that it brought down, its waits."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from musings.models import TYPES_OF_KIND, Kind, PromptStatus
from musings.store import rows, times
from musings.store.queue import due
from musings.store.queue.fence import is_mine
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE


def note_step(connection: Connection, prompt_id: int, attempt: int, step: str) -> None:
    """Write down where the worker is with a prompt, so that its death there can be told from one elsewhere.

    May be relaxed: a worker's death loses nothing of it, and a power cut is not the prompt's fault.
    """
    connection.execute(update(prompts).where(is_mine(prompt_id, attempt)).values(worker_step=step))


def count_crash(connection: Connection, prompt_id: int, attempt: int) -> int:
    """A server went down while it ran this prompt; returns how often that happened."""
    # Added in the database and not in Python, so that a count is never lost between two workers.
    crashes = connection.execute(
        update(prompts)
        .where(prompts.c.id == prompt_id, prompts.c.attempt == attempt)
        .values(server_crashes=prompts.c.server_crashes + 1)
        .returning(prompts.c.server_crashes)
    ).scalar()
    return int(crashes or 0)


def others_crashed(connection: Connection, prompt_id: int) -> bool:
    """Whether servers went down with other prompts as well since this one came, which completed in the end.

    Then something else than this prompt ends them. Only completed ones tell: two prompts that bring servers down must
    not excuse each other.
    """
    came = select(prompts.c.created_at).where(prompts.c.id == prompt_id).scalar_subquery()
    survived = select(prompts.c.id).where(
        prompts.c.id != prompt_id,
        prompts.c.status == PromptStatus.COMPLETED,
        prompts.c.server_crashes > 0,
        prompts.c.completed_at >= came,
    )
    return connection.execute(survived.limit(1)).first() is not None


def are_waited_for(connection: Connection, waiting_for: Collection[str]) -> bool:
    """Whether :func:`hasten` would find a prompt: a read, which takes no write lock."""
    return connection.execute(select(prompts.c.id).where(_waits(waiting_for)).limit(1)).first() is not None


def hasten(connection: Connection, waiting_for: Collection[str]) -> int:
    """What they waited for may be there: prompts that wait for one of these are due now. Returns how many."""
    # ``next_attempt_at`` too: a prompt that is due already must not be moved, or each look would write again.
    now = update(prompts).where(_waits(waiting_for)).values(next_attempt_at=times.now()).returning(prompts.c.id)
    ids = list(connection.execute(now).scalars())
    # In the same transaction, so that an engine that is told never hears of what is rolled back.
    due.enqueue(connection, ids)
    return len(ids)


def waiting_for(connection: Connection, what: str) -> tuple[int, str]:
    """How many prompts wait for something, and what is said of the first of them."""
    mine = (prompts.c.status == PromptStatus.PENDING, IS_LIVE, prompts.c.waits_for == what)
    said = select(prompts.c.error_message).where(*mine).order_by(prompts.c.id).limit(1)
    count = connection.execute(select(func.count()).select_from(prompts).where(*mine)).scalar_one()
    return int(count), rows.words(connection.execute(said).scalar()) or ""


def put_off(connection: Connection, kinds: Collection[Kind]) -> Mapping[str | None, datetime]:
    """When the first of the prompts that were put off may start, by what they wait for; None is for another try."""
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    asked = (
        select(prompts.c.waits_for, func.min(prompts.c.next_attempt_at).label("at"))
        .where(
            prompts.c.status == PromptStatus.PENDING,
            IS_LIVE,
            ~prompts.c.held,
            # Only what was put off: a prompt that never ran has no time to wait for.
            prompts.c.prompt_type.in_(types),
            prompts.c.next_attempt_at.is_not(None),
        )
        .group_by(prompts.c.waits_for)
    )
    return {row.waits_for: row.at for row in connection.execute(asked)}


def _waits(waiting_for: Collection[str]) -> ColumnElement[bool]:
    return and_(
        prompts.c.status == PromptStatus.PENDING,
        IS_LIVE,
        prompts.c.waits_for.in_(waiting_for),
        prompts.c.next_attempt_at > times.now(),
    )
