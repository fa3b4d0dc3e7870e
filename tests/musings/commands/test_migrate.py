"""`musings migrate`, as its user sees it."""

import json
from pathlib import Path

import pytest

from musings.cli import main
from musings.config.settings import Settings
from musings.sqlite import recognition, schema
from tests.musings.sqlite import old_databases as old


@pytest.fixture
def config(settings: Settings) -> str:
    return str(settings.file)


def test_tells_what_it_found_and_did(tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)

    assert main(["migrate", "--config", config, "--db", str(path)]) == 0

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
    assert main(["migrate", "--config", config, "--db", str(path)]) == 0
    assert "Nothing to do" in capsys.readouterr().out


def test_a_dry_run_changes_nothing(tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    raw = path.read_bytes()

    assert main(["migrate", "--config", config, "--db", str(path), "--dry-run", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["changed"], told["would_change"], told["dry_run"], told["from"]) == (False, True, True, None)
    assert path.read_bytes() == raw


def test_a_named_file_must_be_there(tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--config", config, "--db", str(tmp_path / "new" / "fresh.db"), "--dry-run"]) == 2
    assert "There is no database" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_the_file_is_looked_for_where_the_shell_stands(
    tmp_path: Path, config: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = old.build(elsewhere / "owner.db", old.plain)
    monkeypatch.chdir(elsewhere)

    assert main(["migrate", "--config", config, "--db", "owner.db"]) == 0

    assert recognition.version_of(path) == schema.HEAD


def test_a_refusal_is_a_sentence(tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "owner.db"
    path.write_text("Dear diary, " * 500)

    assert main(["migrate", "--config", config, "--db", str(path)]) == 1

    assert "not an SQLite database" in capsys.readouterr().err


def test_another_verb_says_that_it_adopted(settings: Settings, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    old.build(settings.database.path, old.plain)

    assert main(["list", "--config", config]) == 0

    assert "copied aside first, and checked" in capsys.readouterr().err
