"""A look at the file: whole or not, and what can be made anew."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from musings.errors import StoreError
from musings.models import NewPrompt
from musings.sqlite.database import open_database
from musings.sqlite.examination import SHOWN, examine, rebuild
from musings.store import times
from musings.store.database import Database
from musings.store.queue import submission


@pytest.fixture
def path(database: Database) -> Path:
    """A database with some prompts, which nobody has open any more."""
    for number in range(40):
        database.writing(submission.add, NewPrompt(f"a fox {number}", "image"))
    assert database.path is not None
    found = database.path
    database.close()
    return found


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as plain, plain:
        for statement in statements:
            plain.execute(statement)


def lose_touch(path: Path) -> None:
    change(path, "INSERT INTO musings_prompts_fts (musings_prompts_fts) VALUES ('delete-all')")


@pytest.mark.parametrize("deep", [True, False])
def test_a_whole_database_has_nothing_to_tell(path: Path, deep: bool) -> None:
    found = examine(path, deep=deep)
    assert (found.damage, found.indexes, found.strays, found.ahead) == ((), (), (), None)


def test_a_full_text_index_is_asked_only_when_deep_and_made_anew(path: Path) -> None:
    lose_touch(path)
    assert examine(path, deep=False).indexes == ()
    assert examine(path, deep=True).indexes == (
        "the full-text index musings_prompts_fts does not agree with its table",
    )
    told: list[str] = []
    rebuild(path, told.append)
    assert "musings_prompts_fts" in told
    assert examine(path, deep=True).indexes == ()


def test_the_question_changes_nothing(path: Path) -> None:
    lose_touch(path)
    with closing(sqlite3.connect(path)) as plain:
        before = list(plain.iterdump())
        examine(path, deep=True)
        assert list(plain.iterdump()) == before


def test_a_rebuild_that_is_cut_off_leaves_the_old_indexes(path: Path) -> None:
    lose_touch(path)

    def cut_off(name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(path, cut_off)
    assert examine(path, deep=True).indexes != ()
    with closing(open_database(path)) as again, again.write() as connection:
        connection.exec_driver_sql("UPDATE prompts SET priority = 1 WHERE id = 1")  # nobody holds it


def test_rows_without_their_parent_are_counted_by_table(path: Path) -> None:
    change(path, *["INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (9999, 'image/x.png')"] * 2)
    assert examine(path, deep=True).strays == ("2 rows of prompt_artifacts without their prompts",)


@pytest.mark.parametrize(("hours", "told"), [(-1, False), (0.5, False), (3, True)])
def test_a_moment_far_in_the_future_is_told(path: Path, hours: float, told: bool) -> None:
    when = times.now() + timedelta(hours=hours)
    change(path, f"UPDATE prompts SET completed_at = '{when.strftime(times.FORMAT)}' WHERE id = 1")
    found = examine(path, deep=False).ahead
    assert (found == when) is told or found is None


@pytest.mark.parametrize("odd", ["'soon'", "9e99", "x'ff'"])
def test_what_others_wrote_in_place_of_a_time_tells_nothing(path: Path, odd: str) -> None:
    change(path, f"UPDATE prompts SET completed_at = {odd}")
    assert examine(path, deep=False).ahead is None


def test_a_torn_page_is_damage_and_few_words(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as plain:
        root = plain.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'prompts'").fetchone()[0]
    raw[(root - 1) * 4096 : root * 4096] = bytes(4096)
    path.write_bytes(raw)
    try:
        found = examine(path, deep=True)
    except StoreError:
        return  # so broken that it cannot even be read is told as such
    assert len(found.damage) > 0
    assert len(examine(path, deep=False).damage) <= SHOWN


@pytest.mark.parametrize("work", [lambda path: examine(path, deep=True), rebuild])
def test_what_is_no_database_is_told(tmp_path: Path, work: object) -> None:
    path = tmp_path / "diary.db"
    path.write_text("Dear diary, " * 500)
    with pytest.raises(StoreError):
        work(path)  # type: ignore[operator]
