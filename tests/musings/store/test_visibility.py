"""Live, in the trash, on the way out: each prompt is one of them."""

import pytest
from sqlalchemy import select

from musings.store.database import Database
from musings.store.tables import prompts, writings
from musings.store.visibility import IS_IN_TRASH, IS_LIVE, IS_WAITING, TOMBSTONE, is_thrown_away
from tests.musings.store.adding import add, in_status, shell


def ids(database: Database, condition: object) -> set[int]:
    with database.read() as connection:
        return set(connection.execute(select(prompts.c.id).where(condition)).scalars())  # type: ignore[arg-type]


def test_each_prompt_is_one_of_three(database: Database) -> None:
    live, trash, going = (add(database).id for _ in range(3))
    shell(database, "UPDATE prompts SET deleted_at = '2026-01-01 00:00:00.000000' WHERE id = ?", trash)
    with database.write() as connection:
        connection.execute(prompts.update().where(prompts.c.id == going).values(deleted_at=TOMBSTONE))
    assert (ids(database, IS_LIVE), ids(database, IS_IN_TRASH)) == ({live}, {trash})


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        (None, True),
        ("pending", True),
        ("unprocessed", True),
        ("processing", False),
        ("completed", False),
        ("odd", False),
    ],
)
def test_what_waits_in_other_programs_words(database: Database, status: str | None, waits: bool) -> None:
    made = in_status(database, status)
    assert (made.id in ids(database, IS_WAITING)) is waits


@pytest.mark.parametrize(
    ("owners", "thrown"), [([], False), ([None], False), (["2026-01-01"], True), (["2026-01-01", None], False)]
)
def test_a_writing_is_thrown_away_with_all_its_prompts(
    database: Database, owners: list[str | None], thrown: bool
) -> None:
    shell(database, "INSERT INTO writings (id, title, content) VALUES (7, 't', 'c')")
    for deleted_at in owners:
        made = add(database)
        shell(database, "UPDATE prompts SET output_reference = 7, deleted_at = ? WHERE id = ?", deleted_at, made.id)
    with database.read() as connection:
        found = connection.execute(select(writings.c.id).where(is_thrown_away(writings.c.id))).scalars().all()
    assert found == ([7] if thrown else [])
