"""The archive: everything in it, readable without a server, made in flat memory."""

import json
import tracemalloc
import zipfile
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from musings.archive import export
from musings.errors import ConflictError, StoreError
from musings.files.marking.xmp import SourceType
from musings.files.media_root import MediaRoot
from musings.models import NewPrompt
from musings.sqlite.database import open_database
from musings.store.queue import submission
from tests.musings.files.marking.samples import sample, told_type
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.installations import HOSTILE, NOW, furnish, furnished, gallery_of


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return furnished(tmp_path / "home")


def export_of(home: Path, target: Path) -> export.Exported:
    return export.export(home / "musings.db", MediaRoot(home / "media"), target, NOW)


class Page(HTMLParser):
    """What a browser would find on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_row_is_in_the_archive(home: Path, tmp_path: Path) -> None:
    with old.opened(home / "musings.db") as connection:
        connection.executescript(
            "CREATE TABLE odd (a BLOB, b REAL, c TEXT, d GENERATED ALWAYS AS (b + 1));"
            "INSERT INTO odd VALUES (x'41ff', 9e999, CAST(x'fe' AS TEXT)), (x'41', NULL, 'plain');"
        )

    done = export_of(home, tmp_path / "a.zip")

    with zipfile.ZipFile(tmp_path / "a.zip") as archive, old.opened(home / "musings.db") as connection:
        assert archive.testzip() is None
        for table, count in done.rows.items():
            lines = [json.loads(line) for line in archive.read(f"data/{table}.jsonl").decode().splitlines()]
            assert len(lines) == count == connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        texts = [json.loads(line)["prompt_text"] for line in archive.read("data/prompts.jsonl").splitlines()]
        assert texts == [row[0] for row in connection.execute("SELECT prompt_text FROM prompts")]
        odd = [json.loads(line) for line in archive.read("data/odd.jsonl").splitlines()]
    assert odd == [
        {"a": {"base64": "Qf8="}, "b": "inf", "c": {"base64": "/g=="}, "d": "inf"},
        {"a": {"base64": "QQ=="}, "b": None, "c": "plain", "d": None},
    ]
    assert set(done.rows) >= {"prompts", "prompt_artifacts", "writings", "attempts"}


def test_the_gallery_shows_every_artifact_without_a_server(home: Path, tmp_path: Path) -> None:
    export_of(home, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "opened")

    page = Page((tmp_path / "opened/index.html").read_text(encoding="utf-8"))

    shown = {unquote(link).removeprefix("media/") for link in page.links if link.startswith("media/")}
    assert shown == set(gallery_of(home / "musings.db", home / "media"))
    assert all((tmp_path / "opened" / unquote(link)).is_file() for link in page.links)
    for path in shown:
        assert (tmp_path / "opened/media" / path).read_bytes() == (home / "media" / path).read_bytes()
    assert "script" not in page.tags
    assert HOSTILE in page.words
    assert f"waves\n{HOSTILE}" in page.words
    assert "still waiting" not in page.words


def test_nothing_that_opens_a_door_is_given_away(home: Path, tmp_path: Path) -> None:
    with old.opened(home / "musings.db") as connection:
        connection.execute("INSERT INTO musings_owner (id, password_hash, changed_at) VALUES (1, 'a-hash-of-it', '')")

    done = export_of(home, tmp_path / "a.zip")

    ours = {table for table in done.rows if table.startswith("musings_")}
    assert ours == {
        "musings_uploads",
        "musings_workflow_defaults",
        "musings_workflow_presets",
        "musings_workflows_seen",
    }
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert not [name for name in archive.namelist() if b"a-hash-of-it" in archive.read(name)]


def test_long_galleries_have_pages(tmp_path: Path) -> None:
    furnish(tmp_path / "musings.db", tmp_path / "media", 230)

    done = export_of(tmp_path, tmp_path / "a.zip")

    assert done.pages == 3
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        pages = [Page(archive.read(name).decode()) for name in ("index.html", "page-2.html", "page-3.html")]
    assert [[link for link in page.links if link.endswith(".html")] for page in pages] == [
        ["page-2.html"] * 2,
        ["index.html", "page-3.html"] * 2,
        ["page-2.html"] * 2,
    ]
    assert sum(page.tags.count("article") for page in pages) == 231


def test_a_missing_file_is_told(home: Path, tmp_path: Path) -> None:
    gone = sorted((home / "media").rglob("*.png"))[0]
    gone.unlink()

    done = export_of(home, tmp_path / "a.zip")

    name = gone.relative_to(home / "media").as_posix()
    assert done.missing == (name,)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.read("missing.txt").decode() == name + "\n"
        assert "is missing" in archive.read("index.html").decode()


def test_an_empty_house_has_a_page_too(tmp_path: Path) -> None:
    furnish(tmp_path / "musings.db", tmp_path / "media", 0)
    with old.opened(tmp_path / "musings.db") as connection:
        connection.execute("DELETE FROM prompts")
    assert export_of(tmp_path, tmp_path / "a.zip").pages == 1


def test_what_is_there_is_not_overwritten(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("mine")
    with pytest.raises(ConflictError, match=r"a\.zip exists"):
        export_of(home, tmp_path / "a.zip")
    assert export_of(home, tmp_path).file.name == "musings-20261122T101500Z.zip"
    assert not list(tmp_path.glob(".*"))


def test_memory_stays_flat(home: Path, tmp_path: Path) -> None:
    """60 MB of media and 20 MB of text through less than 16 MB of memory."""
    (home / "media/image/large.png").write_bytes(bytes(60_000_000))
    with closing(open_database(home / "musings.db")) as database:
        for _ in range(2000):
            database.writing(submission.add, NewPrompt("w" * 10_000, "text"))
    tracemalloc.start()
    try:
        export_of(home, tmp_path / "a.zip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16_000_000


def test_a_damaged_database_is_not_exported(tmp_path: Path) -> None:
    (tmp_path / "musings.db").write_text("Dear diary, " * 500)
    with pytest.raises(StoreError):
        export_of(tmp_path, tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["musings.db"]


def test_what_leaves_in_it_says_that_a_machine_made_it(home: Path, tmp_path: Path) -> None:
    with old.opened(home / "musings.db") as connection:
        (path,) = connection.execute("SELECT file_path FROM prompt_artifacts LIMIT 1").fetchone()
    kept = home / "media" / path
    kept.write_bytes(sample("png"))
    export_of(home, tmp_path / "a.zip")
    export.export(home / "musings.db", MediaRoot(home / "media"), tmp_path / "b.zip", NOW, marks=False)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert told_type(archive.read(f"media/{path}"), "png") == SourceType.TRAINED.address
        assert path in archive.read("marked.txt").decode().splitlines()
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.read(f"media/{path}") == kept.read_bytes() == sample("png")
        assert "marked.txt" not in archive.namelist()
