"""What may be done to a prompt in which state."""

from collections.abc import Callable

import pytest

from musings.errors import ConflictError, NotFoundError
from musings.models import Prompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import cancellation, retries
from tests.musings.store.adding import add, in_status

ACTS: dict[str, Callable[[Database, int], Prompt]] = {
    "cancel": lambda database, prompt_id: database.writing(cancellation.cancel, prompt_id),
    "retry": lambda database, prompt_id: database.writing(retries.retry, prompt_id),
    "star": lambda database, prompt_id: database.writing(prompts.change, prompt_id, starred=True),
}

OUTCOMES = {
    ("cancel", None): "cancelled",
    ("cancel", "pending"): "cancelled",
    ("cancel", "unprocessed"): "cancelled",
    ("cancel", "queued"): "cancelled",
    ("cancel", "processing"): "processing",
    ("cancel", "completed"): "conflict",
    ("cancel", "failed"): "conflict",
    ("cancel", "cancelled"): "cancelled",
    ("cancel", "archived"): "conflict",
    ("retry", None): "pending",
    ("retry", "pending"): "pending",
    ("retry", "unprocessed"): "pending",
    ("retry", "queued"): "pending",
    ("retry", "processing"): "conflict",
    ("retry", "completed"): "conflict",
    ("retry", "failed"): "pending",
    ("retry", "cancelled"): "pending",
    ("retry", "archived"): "pending",
    ("star", "pending"): "pending",
    ("star", "processing"): "processing",
    ("star", "completed"): "completed",
    ("star", "failed"): "failed",
    ("star", "cancelled"): "cancelled",
    ("star", "archived"): "archived",
}


@pytest.mark.parametrize(("act", "status"), OUTCOMES)
def test_what_may_be_done_in_which_state(database: Database, act: str, status: str | None) -> None:
    made = in_status(database, status)
    outcome = OUTCOMES[act, status]
    if outcome == "conflict":
        with pytest.raises(ConflictError, match=f"Prompt {made.id} is {status}"):
            ACTS[act](database, made.id)
        assert database.reading(prompts.get, made.id).status == status
    else:
        assert ACTS[act](database, made.id).status == outcome


@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_there_cannot_be_changed(database: Database, act: str) -> None:
    with pytest.raises(NotFoundError, match="There is no prompt 77"):
        ACTS[act](database, 77)


def test_what_is_not_named_is_not_changed(database: Database) -> None:
    made = add(database, metadata={"a": 1})
    changed = database.writing(prompts.change, made.id, priority=2)
    assert (changed.priority, changed.metadata, changed.starred) == (2, {"a": 1}, False)
    assert database.writing(prompts.change, made.id, metadata={"b": 2}).metadata == {"b": 2}
