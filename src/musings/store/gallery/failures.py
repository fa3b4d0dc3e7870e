"""What failed today."""

from sqlalchemy import Connection, func, select

from musings.models import PromptStatus
from musings.store import times
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE

MOST = 10_000


def of_today(connection: Connection) -> int:
    """How many prompts have failed since midnight UTC, looked for among the newest that failed."""
    # Bounded: along the index of the status, a house with a hundred thousand failures must not read all of them.
    newest = select(prompts.c.completed_at).where(prompts.c.status == PromptStatus.FAILED, IS_LIVE)
    among = newest.order_by(prompts.c.id.desc()).limit(MOST).subquery()
    midnight = times.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return connection.execute(select(func.count()).where(among.c.completed_at >= midnight)).scalar_one()
