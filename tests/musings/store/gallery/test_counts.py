"""Counts of everything, as the triggers keep them."""

from musings.store.database import Database
from musings.store.gallery import counts
from tests.musings.store.adding import add, shell


def test_a_sort_is_counted_by_its_keys(database: Database) -> None:
    for _ in range(3):
        add(database, prompt_type="image")
    add(database, prompt_type="poem")
    shell(database, "UPDATE prompts SET status = 'failed' WHERE id = 1")
    found = database.reading(lambda connection: sorted(counts.of(connection, "prompts")))
    assert found == [("image", "failed", 1), ("image", "pending", 2), ("poem", "pending", 1)]


def test_days_are_counted_from_one_on(database: Database) -> None:
    for day in ("2026-05-03", "2026-05-04", "2026-05-04", "2026-05-05"):
        made = add(database)
        said = f"{day} 10:00:00"
        shell(database, "UPDATE prompts SET status = 'completed', completed_at = ? WHERE id = ?", said, made.id)
    shell(database, "UPDATE prompts SET deleted_at = '2026-06-01' WHERE id = 4")
    assert database.reading(lambda connection: list(counts.since(connection, "days", "2026-05-04"))) == [
        ("2026-05-04", 2)
    ]
