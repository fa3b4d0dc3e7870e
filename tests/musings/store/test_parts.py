"""Long lists: every filter, order and pair of filters that the API takes is answered along an index."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from benchmarks import houses
from benchmarks.lists import questions
from sqlalchemy import Connection, event

from musings.sqlite.database import open_database
from musings.store import parts, times
from musings.store.database import Database
from musings.store.tables import prompts
from tests.musings.store.adding import add, shell

QUESTIONS = questions()
# A walk in the order of the list, from which nothing is left out: what is starred, what is in the trash, what other
# programs put beside the queue, what waits. And what is a page, a word's matches or a handful.
ORDERED = re.compile(
    r"SCAN \w+ USING (COVERING )?INDEX"
    r" (musings_list_(gallery_starred|trash\w*)|musings_prompts_(starred|outside)|musings_list_queue_\w+)$"
    r"|SCAN (anon_\d+|asked|\(.+\))$"
    r"|SCAN musings_\w+_fts VIRTUAL TABLE INDEX \d+:[^0].*"
    r"|SCAN CONSTANT ROW"
)
PAGE = re.compile(
    r"SCAN (anon_\d+|asked|\(.+\))$|SEARCH \w+ USING (INTEGER PRIMARY KEY|INDEX \w+) \((.* AND )?(rowid|id)=\?"
)
SMALL_TABLES = re.compile(r"SCAN (musings_counts|musings_line|queue_state)\b")
# Of these lists next to nothing is left out: what is in the trash, and what is starred.
WHOLE = re.compile(r"(prompts|artifacts) (starred=false)?( ?q=\w+)?$|(writings|deliveries) $")
IN_ORDER = re.compile(
    r"SCAN (prompts|prompt_artifacts|writings|musings_webhook_deliveries)"
    r"( USING (COVERING )?INDEX musings_artifacts_wall)?$"  # whose first column is the id
)
# What has the words of a search is sorted where that is little: see ``writings.search.MOST_RANKED`` and ``parts.FEW``.
# What waits and has them is sorted however much it is: it has one order in the queue, and the words another.
BY_WORDS = re.compile(r"search q=|artifacts .*q=lynx|prompts order=queue .*q=")
UNSORTED = re.compile(r"SEARCH \w+ USING INDEX musings_prompts_outside|SCAN musings_writings_fts.*")
"""What may be sorted whole: rows of other programs, which the queue takes in when it next looks."""


class Statements:
    """The statements that a database is asked, each with its values."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any]] = []

    @contextmanager
    def of(self, database: Database) -> Iterator[None]:
        event.listen(database.engine, "before_cursor_execute", self._note)
        try:
            yield
        finally:
            event.remove(database.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Connection, _cursor: Any, sql: str, values: Any, *_more: Any) -> None:
        if sql.startswith(("SELECT", "WITH")):
            self.seen.append((sql, values))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """More than a thousand rows of everything, and the planner has been told how many."""
    database = open_database(houses.build(tmp_path_factory.mktemp("house") / "it", 3_000) / "musings.db")
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    yield database
    database.close()


@pytest.fixture(scope="module")
def untold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The same, and the planner has to guess, as in a database that was never analysed."""
    database = open_database(houses.build(tmp_path_factory.mktemp("untold") / "it", 3_000) / "musings.db")
    yield database
    database.close()


@pytest.mark.parametrize("told", ["house", "untold"])
@pytest.mark.parametrize("what", QUESTIONS)
def test_each_filter_and_pair_is_answered_along_an_index(request: pytest.FixtureRequest, what: str, told: str) -> None:
    database: Database = request.getfixturevalue(told)
    statements = Statements()
    with statements.of(database):
        QUESTIONS[what](database)
    assert statements.seen
    for sql, values in statements.seen:
        assert not list(_faults(database, sql, values, what)), sql


def _faults(database: Database, sql: str, values: Any, what: str) -> Iterator[str]:
    with database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
    beside: dict[int, list[str]] = defaultdict(list)
    for _, parent, _, said in plan:
        beside[parent].append(said)
    for _, parent, _, said in plan:
        is_scan = said.startswith("SCAN") and not ORDERED.match(said) and not SMALL_TABLES.match(said)
        if is_scan and not (WHOLE.match(what) and IN_ORDER.match(said)):
            yield said
        if "TEMP B-TREE" in said and not all(_is_bounded(each, what) for each in beside[parent]):
            yield f"{said}: {beside[parent]}"


def _is_bounded(said: str, what: str) -> bool:
    is_other = not said.startswith(("SCAN", "SEARCH"))
    return is_other or bool(PAGE.match(said)) or bool(UNSORTED.match(said)) or bool(BY_WORDS.match(what))


def test_a_plan_that_reads_everything_is_told(untold: Database) -> None:
    assert list(_faults(untold, "SELECT id FROM prompts WHERE workflow = ?", ("x",), ""))
    assert list(_faults(untold, "SELECT id FROM prompts WHERE status = ? ORDER BY workflow", ("failed",), ""))
    assert not list(_faults(untold, "SELECT id FROM prompts WHERE status = ? ORDER BY id DESC", ("failed",), ""))


def test_parts_go_together_pair_by_pair_while_they_are_few() -> None:
    letters, numbers = ([prompts.c.status == each for each in names] for names in ("abc", "1234567890"))
    assert len(parts.crossed(letters, [], numbers)) == 30
    assert len(parts.crossed(letters, numbers, numbers)) == 30
    assert len(parts.crossed()) == 1


def test_what_was_made_since_a_time_is_found_whatever_its_id(database: Database) -> None:
    old, new, odd = (add(database).id for _ in range(3))
    moment = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
    for number, said in ((old, "2026-05-04T10:31:00"), (new, "2026-05-04 10:29:59"), (odd, "2027-01-01T00:00:00Z")):
        shell(database, "UPDATE prompts SET created_at = ? WHERE id = ?", said, number)

    def since(when: datetime) -> set[int]:
        conditions = parts.made_since(prompts, "prompts", when)
        with database.read() as connection:
            return set(connection.execute(parts.newest(prompts.c.id, parts.crossed(), conditions, 9)).scalars())

    assert since(moment) == {old, odd}
    assert since(moment - timedelta(minutes=1)) == {old, new, odd}
    assert since(datetime(2027, 1, 1, tzinfo=UTC)) == {odd}
    assert since(times.now() + timedelta(days=9999)) == set()
