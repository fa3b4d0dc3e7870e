"""What tells the engine, in the same transaction, that prompts became due."""

from collections import deque
from collections.abc import Iterable

from sqlalchemy import Connection


def enqueue(connection: Connection, prompt_ids: Iterable[int]) -> None:  # noqa: ARG001 (for engines that push)
    """Tell the engine that these prompts may run; what the transaction undoes, it has not been told."""
    deque(prompt_ids, maxlen=0)
