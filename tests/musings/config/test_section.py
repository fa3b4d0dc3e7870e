"""Paths are made absolute as they are read, and an address is one."""

from pathlib import Path

import pytest

from musings.config.section import LocalPath, Section, is_address
from musings.config.settings import Settings, load
from musings.errors import ConfigError
from tests.conftest import MakeSettings


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


@pytest.mark.parametrize(
    "url",
    ["http://a", "https://a:8188/", "http://me:s3@ret@a:1", "http://[::1]:8188", "HTTP://A:1", "http://a:1/v1?x=[1]"],
)
def test_an_address_leads_to_a_server(url: str) -> None:
    assert is_address(url)


@pytest.mark.parametrize(
    "url", ["", "a:1", "ftp://a", "http://", "http:///a", "http://[::1", "http://a:b", "http://a:99999", "http://a b"]
)
def test_what_no_client_could_be_pointed_at_is_no_address(url: str) -> None:
    assert not is_address(url)


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("backend", "url"),
        ("backend", "fallback.url"),
        ("voice", "url"),
        ("media", "comfyui.host"),
        ("security", "public_url"),
    ],
)
def test_a_wrong_address_of_any_server_is_told_by_its_key_before_anything_starts(
    make_settings: MakeSettings, section: str, key: str
) -> None:
    """One bracket too few ended every verb, the worker too, in a traceback."""
    outer, _, inner = key.partition(".")
    value: object = {inner: "http://[::1:8188"} if inner else "http://[::1:8188"
    with pytest.raises(ConfigError, match=rf"{section}\.{key}"):
        make_settings(**{section: {outer: value}})
