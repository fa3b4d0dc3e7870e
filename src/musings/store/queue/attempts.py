"""What was tried: the attempts of a prompt with their logs."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from musings.models import Attempt
from musings.store import rows
from musings.store.tables import attempts


def ended_by(connection: Connection, prompt_id: int, error_class: str) -> int:
    """How many attempts of a prompt were ended by such an error."""
    mine = (attempts.c.prompt_id == prompt_id, attempts.c.error_class == error_class)
    return int(connection.execute(select(func.count()).select_from(attempts).where(*mine)).scalar_one())


def of_prompts(connection: Connection, prompt_ids: Sequence[int]) -> dict[int, list[Attempt]]:
    """The attempts of each of these prompts, first to last."""
    found: dict[int, list[Attempt]] = {prompt_id: [] for prompt_id in prompt_ids}
    query = (
        select(attempts).where(attempts.c.prompt_id.in_(prompt_ids)).order_by(attempts.c.prompt_id, attempts.c.attempt)
    )
    for row in connection.execute(query):
        found[row.prompt_id].append(rows.attempt(row))
    return found
