"""The gallery of an archive: every word escaped, every link relative, no script."""

import re
from datetime import UTC, datetime

import pytest

from musings.archive.gallery import Shown, page, page_name
from musings.models import Artifact, Prompt, StoredWriting
from musings.store.database import Database
from tests.musings.archive.html_tags import tags
from tests.musings.store.adding import add, shell

NASTY = """<script>alert("1")</script> & 'x' \u202e"""


def artifact(path: str) -> Artifact:
    return Artifact(1, 1, "image", path, None, {}, None)


def show(prompt: Prompt, *paths: str, writing: StoredWriting | None = None, gone: bool = False) -> str:
    shown = Shown(prompt, [artifact(path) for path in paths], writing, frozenset(() if gone else paths))
    return page([shown], 1, is_last=True, made="2026")


@pytest.fixture
def prompt(database: Database) -> Prompt:
    return add(database, NASTY, "image")


def test_words_are_words_and_never_markup(prompt: Prompt) -> None:
    writing = StoredWriting(1, NASTY, NASTY, "poem", None, 1, 1, 1, False, None)
    html = show(prompt, f"image/{NASTY}.png", f"image/{NASTY}.bin", writing=writing)
    assert "script" not in [tag for tag, _ in tags(html)]
    assert html.count("&lt;script&gt;") >= 4
    assert all(not name.startswith("on") for _, attributes in tags(html) for name in attributes)


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        ("image/a.png", "img"),
        ("image/A.JPG", "img"),
        ("music/a.flac", "audio"),
        ("image/a.mp4", "video"),
        ("text/a.md", "a"),
        ("text/no ending", "a"),
    ],
)
def test_each_work_is_shown_as_what_it_is(prompt: Prompt, path: str, tag: str) -> None:
    shown = [name for name, _ in tags(show(prompt, path)) if name in ("img", "audio", "video")]
    assert shown == ([] if tag == "a" else [tag])


def test_every_link_stays_in_the_archive(prompt: Prompt) -> None:
    html = show(prompt, "image/a b#?%.png", "image/ü🦊.flac", "javascript:alert(1).bin")
    links = [value for _, each in tags(html) for name, value in each.items() if name in ("src", "href") and value]
    assert links
    assert all(re.fullmatch(r"media/[\w%./-]+", link) for link in links)
    assert "media/image/a%20b%23%3F%25.png" in links


def test_a_file_that_is_gone_is_said_to_be(prompt: Prompt) -> None:
    html = show(prompt, "image/a.png", gone=True)
    assert "a.png is missing" in html
    assert "img" not in [tag for tag, _ in tags(html)]


def test_pages_lead_to_each_other() -> None:
    assert [page_name(number) for number in (1, 2, 12)] == ["index.html", "page-2.html", "page-12.html"]
    for number, is_last, wanted in (
        (1, False, ["page-2.html"]),
        (2, False, ["index.html", "page-3.html"]),
        (3, True, ["page-2.html"]),
    ):
        html = page([], number, is_last=is_last, made="<now>")
        links = [str(each.get("href")) for tag, each in tags(html) if tag == "a"]
        assert links == wanted * 2, number
    assert "Nothing was made yet." in page([], 1, is_last=True, made="2026")


def test_when_it_was_made_is_told_as_far_as_it_is_known(database: Database, prompt: Prompt) -> None:
    from musings.store.gallery import prompts

    shell(database, "UPDATE prompts SET created_at = '2026-01-02 03:04:05.000000'")
    dated = database.reading(prompts.get, prompt.id)
    assert dated.created_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert "2026-01-02 03:04 UTC" in show(dated)
    shell(database, "UPDATE prompts SET created_at = NULL")
    assert "some time ago" in show(database.reading(prompts.get, prompt.id))
