"""How every verb begins and how it answers."""

import argparse
import json
from pathlib import Path

import pytest

from musings.commands.opening import open_database, prompt_id, report, say, settings_for, show_warnings
from musings.errors import ConfigError
from musings.sqlite import schema
from tests.conftest import MakeSettings
from tests.musings.sqlite import old_databases as old


def call(file: Path | None = None, **more: object) -> argparse.Namespace:
    return argparse.Namespace(config=file, **more)


def test_an_option_counts_more_than_the_file_and_none_of_it_does_not(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"server": {"port": 8123, "host": "127.0.0.1"}}')
    settings = settings_for(call(file), {"server.port": 9000, "server.host": None})
    assert (settings.server.port, settings.server.host) == (9000, "127.0.0.1")


def test_a_named_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.json"):
        settings_for(call(tmp_path / "none.json"))


def test_a_database_is_made_where_there_is_none(make_settings: MakeSettings, tmp_path: Path) -> None:
    settings = make_settings(database={"path": str(tmp_path / "new" / "folder" / "my.db")})
    with open_database(settings) as database:
        assert schema.version(database) == schema.HEAD
    assert settings.database.path.exists()


def test_an_old_database_is_brought_up_and_that_is_said_aside(
    make_settings: MakeSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings()
    old.build(settings.database.path, old.with_artifacts)
    with open_database(settings):
        pass
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("musings: ")
    assert "musings.before-" in said.err
    with open_database(settings):
        pass
    assert capsys.readouterr().err == "", "only once"


def test_an_error_inside_closes_the_database(make_settings: MakeSettings) -> None:
    settings = make_settings()
    with pytest.raises(KeyError), open_database(settings) as database:
        raise KeyError
    settings.database.path.unlink()  # nobody holds it: a new one is made in its place
    with open_database(settings) as again:
        assert schema.version(again) == schema.HEAD
    assert database is not again


@pytest.mark.parametrize(("word", "number"), [("1", 1), (str(2**63 - 1), 2**63 - 1)])
def test_ids_are_numbers_from_1(word: str, number: int) -> None:
    assert prompt_id(word) == number


@pytest.mark.parametrize("word", ["0", "-1", "1.5", "fox", "", str(2**63), "9" * 5000, "²"])
def test_whatever_else_is_no_id_and_is_shown_shortened(word: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        prompt_id(word)
    assert len(str(refused.value)) < 120


def test_only_the_form_that_is_printed_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    made = []

    def document() -> object:
        made.append("json")
        return {"Füchse": 2, "folder": Path("a")}

    def lines() -> object:
        made.append("lines")
        yield "two foxes"

    report(call(json=True), document, lines())  # type: ignore[arg-type]
    assert made == ["json"]
    assert json.loads(capsys.readouterr().out) == {"Füchse": 2, "folder": "a"}
    report(call(json=False), document, lines())  # type: ignore[arg-type]
    assert made == ["json", "lines"]
    assert capsys.readouterr().out == "two foxes\n"


def test_characters_that_steer_a_terminal_are_replaced_and_others_stay(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[31m b\x07 c\x9b d\te\nfüchse 🦊")
    assert capsys.readouterr().out == "a\ufffd[31m b\ufffd c\ufffd d\te\nfüchse 🦊\n"


def test_warnings_of_the_configuration_go_aside(
    make_settings: MakeSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    show_warnings(make_settings(sever={}))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("musings: ")
    assert "sever" in said.err
