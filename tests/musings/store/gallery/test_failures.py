"""How much failed today."""

from musings.store.database import Database
from musings.store.gallery import failures, trash
from tests.musings.store.adding import in_status, shell


def test_todays_failures_count_and_no_others(database: Database) -> None:
    in_status(database, "failed")  # in another year
    today, thrown_away = in_status(database, "failed"), in_status(database, "failed")
    shell(
        database,
        "UPDATE prompts SET completed_at = datetime('now') WHERE id IN (?, ?)",
        today.id,
        thrown_away.id,
    )
    database.writing(trash.discard, thrown_away.id)
    assert database.reading(failures.of_today) == 1
