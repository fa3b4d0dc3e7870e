"""The fence around a running attempt: a worker that does not hold it any more changes nothing.

``attempt`` is the fencing token. It only ever grows, and each claim takes the next one.
"""

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from musings.models import Prompt, PromptStatus
from musings.store.tables import attempts, prompts


def is_mine(prompt_id: int, attempt: int) -> ColumnElement[bool]:
    # The status too: an attempt that was ended keeps its number until the next claim.
    return and_(prompts.c.id == prompt_id, prompts.c.attempt == attempt, prompts.c.status == PromptStatus.PROCESSING)


def is_attempt(prompt_id: int, attempt: int) -> ColumnElement[bool]:
    return and_(attempts.c.prompt_id == prompt_id, attempts.c.attempt == attempt)


def hold(connection: Connection, prompt: Prompt) -> Row[int, bool, str | None] | None:
    """The fence: the row, if it is still at our attempt. The write transaction keeps it so."""
    # Inside a write transaction nobody can change the row between this look and the caller's writes.
    held = select(prompts.c.id, prompts.c.cancel_requested, prompts.c.external_id).where(
        is_mine(prompt.id, prompt.attempt)
    )
    return connection.execute(held).first()
