"""Migrations: a fresh file, twice, a newer one, and another program's database adopted in place."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from musings.errors import SchemaError
from musings.models import Kind, PromptStatus
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.sqlite.upgrade import MIGRATIONS
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.gallery.lists import PromptFilter
from musings.store.queue import claims, recovery
from musings.store.queue.admission import admit
from musings.store.tables import metadata
from tests.musings.sqlite.legacy import OLDER_PROMPTS, OLDER_WRITINGS, fill, make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "musings.db"


def columns(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as plain:
        return [row[1] for row in plain.execute(f"PRAGMA table_info({table})")]


def contents(path: Path, table: str, names: list[str]) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as plain:
        return plain.execute(f"SELECT rowid, {', '.join(names)} FROM {table} ORDER BY rowid").fetchall()


def adopt(path: Path) -> Database:
    database = open_database(path)
    schema.ensure(database)
    return database


def test_a_fresh_file_gets_every_table_and_column(path: Path) -> None:
    adopt(path).close()
    for table in metadata.tables.values():
        assert set(columns(path, table.name)) == {column.name for column in table.columns}


def test_twice_changes_nothing(path: Path) -> None:
    adopt(path).close()
    before = path.read_bytes()
    adopt(path).close()
    assert path.read_bytes() == before


def test_head_is_the_newest_script() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert scripts.get_heads() == [schema.HEAD]


def test_a_newer_database_is_refused_and_untouched(path: Path) -> None:
    adopt(path).close()
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("UPDATE musings_schema SET version_num = '9999'")
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    database = open_database(path)
    with pytest.raises(SchemaError, match=r"newer Musings \(its version is 9999") as caught:
        schema.ensure(database)
    database.close()
    assert "Update Musings" in caught.value.explained
    assert path.read_bytes() == before


def test_many_processes_may_open_a_fresh_file_at_once(path: Path) -> None:
    program = (
        "import sys\n"
        "from musings.sqlite import schema\n"
        "from musings.sqlite.database import open_database\n"
        "sys.stdin.readline()\n"
        "database = open_database(sys.argv[1])\n"
        "schema.ensure(database)\n"
        "database.close()\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"go\n")
        child.stdin.flush()
    said = [child.communicate()[1].decode() for child in children]
    assert [child.returncode for child in children] == [0] * 4, said
    database = open_database(path)
    assert schema.version(database) == schema.HEAD
    database.close()


STATES = {
    "oldest": (OLDER_PROMPTS, False),
    "with artifact columns": (OLDER_PROMPTS.replace(")", ", artifact_status TEXT, artifact_metadata TEXT)", 1), False),
    "with artifacts": (OLDER_PROMPTS.replace(")", ", artifact_status TEXT, artifact_metadata TEXT)", 1), True),
}


@pytest.fixture(params=STATES)
def legacy(request: pytest.FixtureRequest, path: Path) -> Iterator[Path]:
    statement, with_artifacts = STATES[request.param]
    make(path, statement, with_artifacts=with_artifacts)
    fill(path, with_artifacts=with_artifacts)
    yield path  # noqa: PT022 (a fixture reads better when what it gives comes last)


def test_the_owners_database_is_adopted_with_all_it_holds(legacy: Path) -> None:
    tables = ["prompts", "writings", "tags", "writing_tags", "mystery"]
    kept = {table: columns(legacy, table) for table in tables}
    kept["prompts"] = [name for name in kept["prompts"] if name not in ("artifact_status", "status")]
    before = {table: contents(legacy, table, names) for table, names in kept.items()}
    adopt(legacy).close()
    adopt(legacy).close()
    assert {table: contents(legacy, table, names) for table, names in kept.items()} == before


def test_odd_columns_views_and_triggers_survive_and_work(legacy: Path) -> None:
    adopt(legacy).close()
    with closing(sqlite3.connect(legacy)) as plain, plain:
        assert "nobody_remembers" in columns(legacy, "prompts")
        assert plain.execute("SELECT count(*) FROM open_prompts").fetchone()[0] > 0
        plain.execute("INSERT INTO prompts (prompt_text) VALUES ('after')")
        assert plain.execute("SELECT what FROM mystery ORDER BY rowid DESC LIMIT 1").fetchone() == ("after",)
        plain.execute("INSERT INTO writings (title, content) VALUES ('new', 'a heron on one leg')")
        found = plain.execute("SELECT count(*) FROM writings_fts WHERE writings_fts MATCH 'heron'").fetchone()
        assert found == (1,)


def test_what_waits_in_an_adopted_database_is_worked_on(legacy: Path) -> None:
    database = adopt(legacy)
    assert database.writing(recovery.recover, 3) == 0  # what was stuck in processing waits again already
    database.writing(admit, 3)
    waiting = database.reading(lists.listing, PromptFilter(statuses=["pending"]), 50, None).items
    assert {each.prompt_text for each in waiting} == {"waits", "was stuck", "no status", "a picture"}
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None
    assert taken.status == PromptStatus.PROCESSING
    refused = database.reading(lists.listing, PromptFilter(statuses=["failed"]), 50, None).items
    assert {each.prompt_text for each in refused} == {"had failed", "no such type"}
    database.close()


def test_media_prompts_of_an_adopted_database_get_their_artifact_status(legacy: Path) -> None:
    database = adopt(legacy)
    found = {each.prompt_text: each for each in database.reading(lists.listing, PromptFilter(), 50, None).items}
    assert found["a picture"].artifact_status == "pending"
    assert found["done"].artifact_status is None
    database.close()


def test_its_full_text_covers_old_rows(legacy: Path) -> None:
    database = adopt(legacy)
    found = database.reading(lists.listing, PromptFilter(text="stuck"), 50, None).items
    assert [each.prompt_text for each in found] == ["was stuck"]
    database.close()


def test_another_programs_table_of_our_name_is_told(path: Path) -> None:
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute(OLDER_PROMPTS)
        plain.execute(OLDER_WRITINGS)
        plain.execute("CREATE TABLE workers (name TEXT, wage INTEGER)")
        plain.execute("INSERT INTO workers VALUES ('Ann', 7)")
    database = open_database(path)
    with pytest.raises(SchemaError, match="workers"):
        schema.ensure(database)
    database.close()
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT * FROM workers").fetchall() == [("Ann", 7)]
        assert "attempt" not in columns(path, "prompts")


def test_a_trigger_of_ours_cleans_up_behind_a_shell_without_foreign_keys(path: Path) -> None:
    database = adopt(path)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("INSERT INTO prompts (prompt_text) VALUES ('x')")
        plain.execute("INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (1, 'image/1/a.png')")
        plain.execute("INSERT INTO attempts (prompt_id, attempt, status, started_at) VALUES (1, 1, 'failed', '')")
        plain.execute("DELETE FROM prompts")
        assert plain.execute("SELECT count(*) FROM prompt_artifacts").fetchone() == (0,)
        assert plain.execute("SELECT count(*) FROM attempts").fetchone() == (0,)
    database.close()


def test_an_id_does_not_come_back(path: Path) -> None:
    database = adopt(path)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("INSERT INTO prompts (prompt_text) VALUES ('x')")
        plain.execute("DELETE FROM prompts")
        plain.execute("INSERT INTO prompts (prompt_text) VALUES ('y')")
        assert plain.execute("SELECT id FROM prompts").fetchall() == [(2,)]
    database.close()
