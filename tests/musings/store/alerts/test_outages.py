"""Since when a backend is away."""

from datetime import UTC, datetime

from musings.store.alerts import outages
from musings.store.database import Database

THEN, LATER = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)


def test_it_lasts_until_it_is_over(database: Database) -> None:
    assert database.reading(outages.since, "gpu") is None
    database.writing(outages.begin, "gpu", THEN)
    assert database.reading(outages.since, "gpu") == THEN
    database.writing(outages.begin, "gpu", LATER)
    assert database.reading(outages.since, "gpu") == LATER
    database.writing(outages.end, "gpu")
    database.writing(outages.end, "gpu")
    assert database.reading(outages.since, "gpu") is None
