"""What a running attempt writes down, and which are to stop."""

from musings.store.database import Database
from musings.store.queue import cancellation, in_flight
from tests.musings.store.queue.taking import claimed, shell


class TestToStop:
    def test_those_that_somebody_cancelled_deleted_or_took(self, database: Database) -> None:
        running = {claimed(database).id: 1 for _ in range(6)}
        database.writing(cancellation.cancel, 2)
        shell(database, "DELETE FROM prompts WHERE id = 3")
        shell(database, "UPDATE prompts SET deleted_at = '2026-01-01' WHERE id = 4")
        shell(database, "UPDATE prompts SET attempt = 2 WHERE id = 5")
        shell(database, "UPDATE prompts SET status = 'pending' WHERE id = 6")
        assert database.reading(in_flight.to_stop, running) == {2, 3, 4, 5, 6}
