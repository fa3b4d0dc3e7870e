"""Lists of prompts: pages, filters, search, the line, and positions in it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text

from musings.errors import InvalidInputError, NotFoundError
from musings.models import Kind
from musings.store.database import Database
from musings.store.gallery import lists, prompts
from musings.store.gallery.lists import PromptFilter
from musings.store.queue import cancellation, claims
from tests.musings.store.adding import add, in_status, shell

ALL = PromptFilter()

QUICK = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)


def found(database: Database, wanted: PromptFilter) -> list[str]:
    return [each.prompt_text for each in database.reading(lists.listing, wanted, 100, None).items]


class TestPages:
    @QUICK
    @given(
        some.integers(0, 25),
        some.integers(1, 7),
        some.lists(some.integers(0, 3), max_size=8),
        some.sampled_from(["", "fox"]),
    )
    def test_walking_gives_every_row_once_while_rows_are_inserted(
        self, database: Database, rows: int, limit: int, inserted: list[int], words: str
    ) -> None:
        shell(database, "DELETE FROM prompts")
        there = [add(database, f"fox {n}").id for n in range(rows)]
        wanted = PromptFilter(text=words or None)
        walked, cursor, more = [], None, iter(inserted)
        while True:
            page = database.reading(lists.listing, wanted, limit, cursor)
            assert len(page.items) <= limit
            walked += [each.id for each in page.items]
            for _ in range(next(more, 0)):
                add(database, "a late fox")
            cursor = page.next_cursor
            if cursor is None:
                break
        assert walked == sorted(there, reverse=True)

    @pytest.mark.parametrize("cursor", ["x", "-1", "", "1.5", "٣", "9" * 30, "1 OR 1=1"])
    def test_a_cursor_that_is_none_of_ours_is_refused(self, database: Database, cursor: str) -> None:
        with pytest.raises(InvalidInputError, match="cursor"):
            database.reading(lists.listing, ALL, 10, cursor)


class TestFilters:
    def test_every_word_for_waiting_is_pending(self, database: Database) -> None:
        for status in ("pending", "unprocessed", "queued", None):
            in_status(database, status)
        in_status(database, "completed")
        page = database.reading(lists.listing, PromptFilter(statuses=["pending"]), 10, None)
        assert [each.status for each in page.items] == ["pending"] * 4
        assert (
            len(database.reading(lists.listing, PromptFilter(statuses=["pending", "completed"]), 10, None).items) == 5
        )
        assert len(database.reading(lists.listing, PromptFilter(statuses=["completed", "failed"]), 10, None).items) == 1

    def test_no_type_is_text(self, database: Database) -> None:
        shell(database, "INSERT INTO prompts (prompt_text, prompt_type) VALUES ('untyped', NULL)")
        add(database, "a song", "song")
        assert found(database, PromptFilter(types=["text"])) == ["untyped"]
        assert found(database, PromptFilter(types=["song"])) == ["a song"]

    def test_starred_and_artifact_status(self, database: Database) -> None:
        database.writing(prompts.change, add(database, "star", "image").id, starred=True)
        add(database, "plain")
        assert found(database, PromptFilter(starred=True)) == ["star"]
        assert found(database, PromptFilter(starred=False)) == ["plain"]
        assert found(database, PromptFilter(artifact_status="pending")) == ["star"]

    def test_what_is_in_the_trash_is_in_no_list(self, database: Database) -> None:
        made = add(database)
        shell(database, "UPDATE prompts SET deleted_at = '2026-01-01 00:00:00'")
        assert found(database, ALL) == []
        assert found(database, PromptFilter(text="fox")) == []
        with pytest.raises(NotFoundError):
            database.reading(prompts.get, made.id)


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "hits"),
        [
            ("fox", ["Ein Füchslein, fox"]),
            ("fuchs", ["Ein Füchslein, fox"]),
            ("FOX ein", ["Ein Füchslein, fox"]),
            ("fox bear", []),
            ("fox -", ["Ein Füchslein, fox"]),
            ("hon", ["honey bear"]),
            ("bear hon", ["honey bear"]),
            ("one", []),
        ],
    )
    def test_every_word_must_occur_and_the_last_may_be_a_beginning(
        self, database: Database, words: str, hits: list[str]
    ) -> None:
        add(database, "Ein Füchslein, fox")
        add(database, "honey bear")
        assert found(database, PromptFilter(text=words)) == hits

    @QUICK
    @given(
        some.one_of(
            some.text(some.characters(exclude_categories=())),
            some.lists(
                some.sampled_from(
                    ['"', "*", "AND", "OR", "NOT", "NEAR(", ")", "^", ":", "prompt_text:", "+", "-", "\0", "'"]
                )
            ).map(" ".join),
        )
    )
    def test_no_words_are_an_error(self, database: Database, words: str) -> None:
        database.reading(lists.listing, PromptFilter(text=words), 10, None)

    def test_a_long_question_is_no_error(self, database: Database) -> None:
        assert found(database, PromptFilter(text="fox " * 20_000)) == []

    def test_other_programs_rows_are_found_and_forgotten(self, database: Database) -> None:
        shell(database, "INSERT INTO prompts (prompt_text) VALUES ('a heron')")
        assert found(database, PromptFilter(text="heron")) == ["a heron"]
        shell(database, "UPDATE prompts SET prompt_text = 'a stork'")
        assert found(database, PromptFilter(text="heron")) == []
        assert found(database, PromptFilter(text="stork")) == ["a stork"]
        shell(database, "DELETE FROM prompts")
        assert found(database, PromptFilter(text="stork")) == []


class TestPositions:
    def test_by_priority_then_by_age(self, database: Database) -> None:
        late, urgent, early = (add(database, priority=p) for p in (9, 1, 5))
        second = add(database, priority=5)
        where = database.reading(lists.positions, [late, urgent, early, second])
        assert where == {urgent.id: 1, early.id: 2, second.id: 3, late.id: 4}
        assert database.reading(lists.positions, [late]) == {late.id: 4}

    def test_only_waiting_prompts_have_one(self, database: Database) -> None:
        made = add(database)
        database.writing(claims.claim, list(Kind))
        assert database.reading(lists.positions, [database.reading(prompts.get, made.id)]) == {}
        assert database.reading(lists.positions, []) == {}

    def test_those_in_the_trash_stand_in_nobodys_way(self, database: Database) -> None:
        add(database)
        shell(database, "UPDATE prompts SET deleted_at = '2026-01-01'")
        second = add(database)
        assert database.reading(lists.positions, [second]) == {second.id: 1}


def test_pages_come_from_an_index_not_from_a_sort_of_everything(database: Database) -> None:
    with database.read() as connection:
        plan = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT * FROM prompts WHERE deleted_at IS NULL AND id < 9 ORDER BY id DESC LIMIT 5"
            )
        ).all()
    assert not [row for row in plan if "TEMP B-TREE" in str(row)]


class TestInLine:
    def order(self, database: Database, limit: int = 3, **wanted: object) -> list[int]:
        walked: list[int] = []
        cursor = None
        while True:
            page = database.reading(lists.in_line, PromptFilter(**wanted), limit, cursor)  # type: ignore[arg-type]
            walked += [each.id for each in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return walked
            assert len(page.items) == limit

    def test_the_next_to_run_comes_first_and_what_is_no_longer_waiting_not_at_all(self, database: Database) -> None:
        in_status(database, "completed")
        ids = [add(database, "a fox", priority=n, max_attempts=3).id for n in (5, 9, 1, 5, 1, 10, 5, 5)]
        database.writing(cancellation.cancel, ids[7])
        assert self.order(database) == [ids[n] for n in (2, 4, 0, 3, 6, 1, 5)]
        waiting = database.reading(lists.in_line, ALL, 50, None).items
        places = database.reading(lists.positions, waiting)
        assert [places[each.id] for each in waiting] == [1, 2, 3, 4, 5, 6, 7]

    def test_the_queue_may_run_while_it_is_walked(self, database: Database) -> None:
        ids = [add(database, "a fox", priority=n, max_attempts=3).id for n in (5, 5, 5, 5, 5, 5)]
        first = database.reading(lists.in_line, ALL, 2, None)
        for _ in range(3):
            database.writing(claims.claim, [Kind.TEXT])
        add(database, "at once", priority=1, max_attempts=3)
        rest = database.reading(lists.in_line, ALL, 10, first.next_cursor)
        assert [each.id for each in rest.items] == ids[3:]

    def test_rows_of_other_programs_stand_where_they_will_be_admitted(self, database: Database) -> None:
        ids = [add(database, "a fox", max_attempts=3, priority=n).id for n in (5, 5, 5, 5, 5, 6, 1)]
        for row, priority in zip(ids[1:5], (None, "urgent", 99, -3), strict=True):
            shell(database, "UPDATE prompts SET status = 'queued', priority = ? WHERE id = ?", priority, row)
        shell(database, "UPDATE prompts SET status = NULL WHERE id = ?", ids[1])
        shell(database, "UPDATE prompts SET status = 'pending', max_attempts = NULL WHERE id = ?", ids[2])
        assert self.order(database, 1) == [ids[n] for n in (4, 6, 0, 1, 2, 5, 3)]
        assert self.order(database, 3) == self.order(database, 1)

    def test_it_can_be_narrowed_down(self, database: Database) -> None:
        add(database, "a wren", max_attempts=3)
        fox = add(database, "a fox", "image", max_attempts=3)
        assert self.order(database, types=("image",)) == [fox.id]
        assert self.order(database, text="fox") == [fox.id]
        assert self.order(database, statuses=("pending",), starred=True) == []

    @pytest.mark.parametrize("cursor", ["x", "5.1", "-1", "9" * 19])
    def test_a_cursor_that_is_none_is_refused(self, database: Database, cursor: str) -> None:
        with pytest.raises(InvalidInputError, match="cursor"):
            database.reading(lists.in_line, ALL, 5, cursor)

    def test_what_does_not_wait_stands_in_no_line(self, database: Database) -> None:
        in_status(database, "failed")
        waiting = add(database, "a fox", max_attempts=3)
        assert self.order(database, statuses=("pending", "failed")) == [waiting.id]
        assert self.order(database, statuses=("failed",)) == []
        assert self.order(database, deleted=True) == []

    def test_however_many_wait_a_page_reads_along_the_index(self, database: Database) -> None:
        part, key = lists._IN_LINE[0]
        conditions = lists._conditions_in_line(database.dialect, ALL)
        page = lists._part_in_line(part, key, conditions, 50, (5, 7))
        with database.read() as connection:
            query = page.compile(connection, compile_kwargs={"literal_binds": True})
            plan = str([row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))])
        assert "musings_prompts_queue" in plan
        assert "TEMP B-TREE" not in plan
