"""`musings migrate`, as its user sees it."""

import json
import sqlite3
from pathlib import Path

import pytest

from musings.cli import main
from musings.config.settings import Settings
from musings.sqlite import recognition, schema
from musings.sqlite.database import open_database
from musings.store.gallery import prompts
from tests.musings.command_line import Run
from tests.musings.sqlite import old_databases as old


@pytest.fixture
def named(settings: Settings) -> str:
    return str(settings.file)


def test_tells_what_it_found_and_did(tmp_path: Path, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)

    assert main(["migrate", "--config", named, "--db", str(path)]) == 0

    said = capsys.readouterr().out
    [backup] = tmp_path.glob("owner.before-*.db")
    for words in (
        f"{path}: a database made before Musings.",
        "61 prompts",
        f"copied aside first, and checked: {backup}",
        f"version: none to {schema.HEAD}",
        "columns added to prompts: attempt,",
        "artifact_status given: ",
        "prompts taken out of processing: ",
    ):
        assert words in said
    assert main(["migrate", "--config", named, "--db", str(path)]) == 0
    assert "Nothing to do" in capsys.readouterr().out


def test_a_dry_run_changes_nothing(tmp_path: Path, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    raw = path.read_bytes()

    assert main(["migrate", "--config", named, "--db", str(path), "--dry-run", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["changed"], told["would_change"], told["dry_run"], told["from"]) == (False, True, True, None)
    assert path.read_bytes() == raw


def test_a_named_file_must_be_there(tmp_path: Path, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--config", named, "--db", str(tmp_path / "new" / "fresh.db"), "--dry-run"]) == 2
    assert "There is no database" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_the_file_is_looked_for_where_the_shell_stands(
    tmp_path: Path, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = old.build(elsewhere / "owner.db", old.plain)
    monkeypatch.chdir(elsewhere)

    assert main(["migrate", "--config", named, "--db", "owner.db"]) == 0

    assert recognition.version_of(path) == schema.HEAD


def test_a_refusal_is_a_sentence(tmp_path: Path, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "owner.db"
    path.write_text("Dear diary, " * 500)

    assert main(["migrate", "--config", named, "--db", str(path)]) == 1

    assert "not an SQLite database" in capsys.readouterr().err


def test_another_verb_says_that_it_adopted(settings: Settings, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    old.build(settings.database.path, old.plain)

    assert main(["list", "--config", named]) == 0

    assert "copied aside first, and checked" in capsys.readouterr().err


def test_migrate_makes_says_and_repeats(run: Run, config: Path) -> None:
    path = config.parent / "musings.db"
    assert f"version: none to {schema.HEAD}" in run("migrate", "--dry-run").out
    assert not path.exists()
    told = run("migrate", "--json").json
    assert (told["database"], told["from"], told["to"], told["changed"]) == (str(path), None, schema.HEAD, True)
    assert "Nothing to do" in run("migrate").out
    assert run("migrate", "--json").json["changed"] is False


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    connection.close()
    return found


def test_migrate_another_database(run: Run, config: Path) -> None:
    other = config.parent / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT NOT NULL)")
        connection.execute("INSERT INTO prompts (prompt_text) VALUES ('kept')")
    connection.close()
    assert f"version: none to {schema.HEAD}" in run("migrate", "--db", str(other), "--dry-run").out
    assert tables(other) == {"prompts"}
    assert run("migrate", "--db", str(other)).code == 0
    moved = open_database(other)
    assert moved.reading(prompts.get, 1).prompt_text == "kept"
    moved.close()
    assert not (config.parent / "musings.db").exists()


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--json",)])
def test_migrate_leaves_a_newer_database_alone(run: Run, config: Path, words: tuple[str, ...]) -> None:
    run("migrate")
    path = config.parent / "musings.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE musings_schema SET version_num = '9999'")
    connection.close()
    found = run("migrate", *words)
    assert (found.code, found.out) == (1, "")
    assert "newer Musings" in found.err
    assert run("list").code == 1
