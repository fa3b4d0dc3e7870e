"""Where the configuration and the database are: the quick answer agrees with the full reader's."""

import json
from pathlib import Path

import pytest

from musings import locate
from musings.config.settings import load

NAME = locate.CONFIG_NAME


def configured(folder: Path, **document: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / NAME
    file.write_text(json.dumps(document))
    return file


class TestFindConfig:
    def test_what_was_named_counts_even_when_it_is_missing(self, tmp_path: Path) -> None:
        configured(tmp_path)
        environment = {"MUSINGS_CONFIG": "named.json"}
        assert locate.find_config("given.json", environment, str(tmp_path)) == str(tmp_path / "given.json")
        assert locate.find_config(None, environment, str(tmp_path)) == str(tmp_path / "named.json")

    def test_then_the_working_directory_then_the_checkout(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = configured(tmp_path)
        assert locate.find_config(None, {}, str(tmp_path)) == str(file)
        assert (Path(locate.CHECKOUT) / "poets-service-clean" / locate.SAMPLE_NAME).is_file()
        monkeypatch.setattr(locate, "CHECKOUT", str(tmp_path / "checkout"))
        theirs = configured(tmp_path / "checkout" / "poets-service-clean")
        found = locate.find_config(None, {}, str(tmp_path / "elsewhere"))
        assert found == str(theirs)

    def test_then_the_folder_of_the_platform(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locate, "CHECKOUT", str(tmp_path / "no checkout"))
        assert locate.find_config(None, {"HOME": str(tmp_path)}, str(tmp_path)) is None
        monkeypatch.setattr("sys.platform", "linux")
        file = configured(tmp_path / ".config" / "musings")
        assert locate.find_config(None, {"HOME": str(tmp_path)}, str(tmp_path)) == str(file)
        other = configured(tmp_path / "xdg" / "musings")
        environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
        assert locate.find_config(None, environment, str(tmp_path)) == str(other)
        monkeypatch.setattr("sys.platform", "darwin")
        mac = configured(tmp_path / "Library" / "Application Support" / "musings")
        assert locate.find_config(None, {"HOME": str(tmp_path)}, str(tmp_path)) == str(mac)


@pytest.mark.parametrize(
    ("document", "environment", "secrets"),
    [
        ({}, {}, None),
        ({"database": {}}, {}, None),
        ({"database": {"path": "other.db"}}, {}, None),
        ({"database": {"path": "../up/other.db"}}, {}, None),
        ({"database": {"path": "/abs/other.db"}}, {}, None),
        ({"database": {"path": "a%20b?.db"}}, {"MUSINGS_DATABASE__PATH": "env.db"}, None),
        ({"database": {"path": "other.db"}}, {}, "OPENAI_API_KEY=x\n"),
        ({"database": {"path": "other.db"}}, {}, "MUSINGS_DATABASE__PATH=secret.db\n"),
        ({"database": {"path": "other.db"}}, {"MUSINGS_DATABASE__PATH": "e.db"}, "MUSINGS_DATABASE__PATH=secret.db\n"),
        ({"database": {"path": "other.db"}}, {}, "export musings_database__path=secret.db\n"),
    ],
)
def test_the_quick_answer_is_the_full_readers_or_none(
    tmp_path: Path, document: object, environment: dict[str, str], secrets: str | None
) -> None:
    file = tmp_path / NAME
    file.write_text("\N{ZERO WIDTH NO-BREAK SPACE}" + json.dumps(document), encoding="utf-8")
    if secrets is not None:
        (tmp_path / ".env").write_text(secrets)
    quick = locate.database_path(str(file), environment)
    full = load(file, environment, tmp_path).database.path
    assert quick is None or quick == str(full)
    if secrets is None or "DATABASE" not in secrets.upper() or environment:
        assert quick == str(full)


@pytest.mark.parametrize("broken", ["", "[]", "{", "[" * 100_000, '{"database": 7}', '{"database": {"path": 7}}'])
def test_a_broken_file_is_for_the_full_reader_to_tell(tmp_path: Path, broken: str) -> None:
    (tmp_path / NAME).write_text(broken)
    assert locate.database_path(str(tmp_path / NAME), {}) is None


def test_no_configuration_is_for_the_full_reader() -> None:
    assert locate.database_path(None, {}) is None
    assert locate.database_path("/none/such.json", {}) is None


class TestTheOwnersFile:
    """Made from the sample on the first run, and never written again."""

    @pytest.fixture
    def doors(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(locate, "CHECKOUT", str(tmp_path / "checkout"))
        doors = tmp_path / "checkout" / "poets-service-clean"
        doors.mkdir(parents=True)
        (doors / locate.SAMPLE_NAME).write_text('{"database": {"path": "theirs.db"}}')
        return doors

    def found(self, **environment: str) -> str | None:
        return locate.find_config(None, {"HOME": "/nonexistent", **environment}, "/")

    def test_a_fresh_checkout_serves_by_its_sample_and_gets_a_file(self, doors: Path) -> None:
        own = doors / locate.CONFIG_NAME
        assert self.found() == str(doors / locate.SAMPLE_NAME)
        assert locate.provide_config(self.found()) == str(own)
        assert own.read_bytes() == (doors / locate.SAMPLE_NAME).read_bytes()
        assert self.found() == str(own)
        assert {path.name for path in doors.iterdir()} == {locate.CONFIG_NAME, locate.SAMPLE_NAME}

    def test_it_is_made_as_well_when_the_doors_name_it(self, doors: Path) -> None:
        own = str(doors / locate.CONFIG_NAME)
        assert locate.provide_config(self.found(MUSINGS_CONFIG=own)) == own
        assert Path(own).is_file()

    def test_what_is_there_is_never_written(self, doors: Path) -> None:
        own = doors / locate.CONFIG_NAME
        own.write_text("{} // mine")
        assert locate.provide_config(self.found()) == str(own)
        assert own.read_text() == "{} // mine"
        own.unlink()
        own.symlink_to("nowhere.json")
        locate.provide_config(str(own))
        assert own.is_symlink()
        assert not own.exists()

    def test_another_file_that_was_named_is_the_readers_business(self, doors: Path) -> None:
        assert locate.provide_config("/elsewhere/mine.json") == "/elsewhere/mine.json"
        assert locate.provide_config(None) is None
        assert not (doors / locate.CONFIG_NAME).exists()

    def test_where_nothing_can_be_made_the_sample_serves(self, doors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sample = str(doors / locate.SAMPLE_NAME)
        monkeypatch.setattr("os.getpid", lambda: "in a folder/that is not there")
        assert locate.provide_config(self.found()) == sample
