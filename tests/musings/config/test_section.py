"""Paths are made absolute as they are read."""

from pathlib import Path

import pytest

from musings.config.section import LocalPath, Section
from musings.config.settings import Settings, load


class Place(Section):
    here: LocalPath = Path("default")
    maybe: LocalPath | None = None
    either: bool | LocalPath = True


@pytest.mark.parametrize(
    ("written", "wanted"), [("a/b", "/folder/a/b"), ("../a", "/a"), ("/x/../y", "/y"), (".", "/folder")]
)
def test_a_path_counts_from_the_folder_of_the_context(written: str, wanted: str) -> None:
    given = {"here": written, "maybe": written, "either": written}
    found = Place.model_validate(given, context={"folder": Path("/folder")})
    assert (found.here, found.maybe, found.either) == (Path(wanted),) * 3


def test_a_default_does_too_and_what_is_no_path_stays() -> None:
    found = Place.model_validate({}, context={"folder": Path("/folder")})
    assert (found.here, found.maybe, found.either) == (Path("/folder/default"), None, True)


def test_home_is_home() -> None:
    found = Place.model_validate({"here": "~/a"}, context={"folder": Path("/folder")})
    assert found.here == Path.home() / "a"


def test_without_a_context_a_path_stays_as_it_is() -> None:
    assert Place(here=Path("a/../b")).here == Path("a/../b")
    assert Settings().database.path == Path("musings.db")


def test_every_path_of_the_settings_is_absolute(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("{}")
    written = load(tmp_path / "c.json", {}, tmp_path)
    found = [written.database.path, written.logging.directory, written.media.workflows, written.media_root]
    assert all(path.is_absolute() for path in [*found, written.media.comfyui.python])


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "c.json"
    file.write_text('{"database": {"path": "../up.db"}, "logging": {"directory": "/var/log/x"}}')
    settings = load(file, {}, Path("/"))
    assert settings.database.path == tmp_path / "up.db"
    assert settings.logging.directory == Path("/var/log/x")
    assert settings.media_root == tmp_path / "deep" / "GeneratedMedia"
