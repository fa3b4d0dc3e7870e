"""`musings musing share` and `export`."""

import zipfile
from pathlib import Path

import httpx
import pytest

from musings.config.settings import load
from musings.files.media_root import MediaRoot
from musings.store.database import Database
from tests.musings.api.conftest import serving_there
from tests.musings.archive.workroom import WHOLE, Workroom
from tests.musings.command_line import Run


@pytest.fixture
def musing(config: Path, database: Database) -> int:
    root = MediaRoot(load(config, {}, config.parent).media_root)
    root.prepare()
    return Workroom(database, folder=root.folder).made()


def test_a_link_of_the_command_line_is_one_of_the_server(run: Run, config: Path, musing: int) -> None:
    made = run("musing", "share", str(musing), "--hours", "2", "--json").json
    assert set(made) == {"url", "expires_at"}
    with serving_there(load(config, {}, config.parent)) as api:
        path = made["url"].partition("/shared/")[2]
        assert httpx.get(f"{api.address}/shared/{path}").status_code == 200
        assert httpx.get(f"{api.address}/shared/{path}x").status_code == 403
    assert "Whoever has it sees the page until" in run("musing", "share", str(musing)).out


def test_the_ending_of_the_file_says_the_format(run: Run, tmp_path: Path, musing: int) -> None:
    for name in ("a.zip", "a.EPUB"):
        said = run("musing", "export", str(musing), "--to", str(tmp_path / name))
        assert (said.code, str(tmp_path / name) in said.out) == (0, True), said.err
        assert zipfile.is_zipfile(tmp_path / name)
    told = run("musing", "export", str(musing), "--to", str(tmp_path / "a.m4b"), "--json").json
    assert told == {"file": str(tmp_path / "a.m4b"), "bytes": (tmp_path / "a.m4b").stat().st_size}
    again = run("musing", "export", str(musing), "--to", str(tmp_path / "a.zip"))
    assert (again.code, "exists" in again.err) == (1, True)


@pytest.mark.usefixtures("musing")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("share", "99"), 1),
        (("share", "1", "--hours", "0"), 2),
        (("share", "1", "--hours", "many"), 2),
        (("share", "1", "--hours", "8761"), 2),
        (("export", "1"), 2),
        (("export", "1", "--to", "a.docx"), 2),
        (("export", "99", "--to", "a.zip"), 1),
    ],
)
def test_what_cannot_be_done_is_refused(run: Run, words: tuple[str, ...], code: int) -> None:
    assert run("musing", *words).code == code


def test_of_what_is_not_done_nothing_is_shared(run: Run, database: Database, tmp_path: Path) -> None:
    musing = Workroom(database, folder=tmp_path).start(WHOLE)
    assert run("musing", "share", str(musing)).code == 1
