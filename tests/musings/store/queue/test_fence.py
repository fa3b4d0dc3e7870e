"""The fence: only the attempt that a row is at may change anything."""

import pytest

from musings.store.database import Database
from musings.store.queue import fence, in_flight
from tests.musings.store.queue.taking import claimed, shell


def test_the_holder_sees_what_it_needs_to_end(database: Database) -> None:
    taken = claimed(database)
    database.writing(in_flight.started_outside, taken.id, taken.attempt, "comfy|a|b")
    with database.write() as connection:
        held = fence.hold(connection, taken)
    assert held is not None
    assert (held.id, bool(held.cancel_requested), held.external_id) == (taken.id, False, "comfy|a|b")


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE prompts SET attempt = attempt + 1",
        "UPDATE prompts SET attempt = attempt - 1",
        "UPDATE prompts SET status = 'pending'",
        "UPDATE prompts SET status = NULL",
        "DELETE FROM prompts",
    ],
)
def test_whoever_lost_it_holds_nothing(database: Database, meanwhile: str) -> None:
    taken = claimed(database)
    shell(database, meanwhile)
    with database.write() as connection:
        assert fence.hold(connection, taken) is None


def test_one_prompts_fence_is_not_anothers(database: Database) -> None:
    one, other = claimed(database), claimed(database)
    shell(database, f"UPDATE prompts SET status = 'pending' WHERE id = {one.id}")
    with database.write() as connection:
        assert fence.hold(connection, one) is None
        assert fence.hold(connection, other) is not None
