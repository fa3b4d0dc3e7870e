"""Prompts of some types in either order, page by page."""

from sqlalchemy import event

from musings.store.database import Database
from musings.store.gallery import by_kind
from tests.musings.store.adding import add, shell

TYPES = ("video", "animation")


def filled(database: Database) -> list[int]:
    """The films among other prompts, oldest first; one more is in the trash."""
    made = [add(database) for _ in range(9)]
    ids = [each.id for each in made]
    for each, kind in zip(
        ids, ("video", "image", "animation", "video", "poem", "video", "video", None, "animation"), strict=True
    ):
        shell(database, "UPDATE prompts SET prompt_type = ? WHERE id = ?", kind, each)
    shell(database, "UPDATE prompts SET deleted_at = '2026-01-06 00:00:00.000000' WHERE id = ?", ids[5])
    return [ids[place] for place in (0, 2, 3, 6, 8)]


def pages(database: Database, *, oldest_first: bool) -> list[list[int]]:
    found, after = [], None
    while True:
        page = database.reading(by_kind.listing, TYPES, 2, after, oldest_first=oldest_first)
        found.append([each.id for each in page.items])
        if page.next_cursor is None:
            return found
        after = int(page.next_cursor)


def test_each_is_told_once_in_the_order_that_is_asked_for(database: Database) -> None:
    films = filled(database)
    assert pages(database, oldest_first=True) == [films[:2], films[2:4], films[4:]]
    down = films[::-1]
    assert pages(database, oldest_first=False) == [down[:2], down[2:4], down[4:]]


def test_nothing_is_behind_the_last(database: Database) -> None:
    films = filled(database)
    assert database.reading(by_kind.listing, TYPES, 5, films[-1], oldest_first=True).items == ()
    assert database.reading(by_kind.listing, TYPES, 5, None, oldest_first=True).next_cursor is None


def test_an_index_has_either_order(database: Database) -> None:
    """However many prompts there are, no more are sorted than a page of each type."""
    with database.read() as connection:
        for oldest_first in (True, False):
            said: list[tuple[str, object]] = []

            def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
                said.append((statement, parameters))  # noqa: B023 (read before the next round)

            event.listen(connection, "before_cursor_execute", note)
            by_kind.listing(connection, TYPES, 5, 3, oldest_first=oldest_first)
            event.remove(connection, "before_cursor_execute", note)
            [(statement, parameters)] = said
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())  # type: ignore[arg-type]
            assert plan.count("USING COVERING INDEX") + plan.count("USING INDEX") >= 2, plan
            assert "SCAN prompts" not in plan, plan
