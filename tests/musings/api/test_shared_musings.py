"""The page behind a link to a musing: everything is on it, and it opens nothing else."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from musings.api.signed_links import SignedLinks
from musings.files.marking.xmp import SourceType
from musings.security.signing import SigningKey
from musings.sqlite.location import Location
from musings.store.gallery import trash
from tests.musings.api.conftest import Api, problem
from tests.musings.api.entering import Locked, locked_api
from tests.musings.archive.html_tags import tags
from tests.musings.archive.workroom import NASTY, PRIVATE, WHOLE, Workroom
from tests.musings.files.marking.samples import told_type

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Locked]:
    with locked_api(tmp_path_factory.mktemp("locked"), fresh_database) as found:
        yield found


def workroom_of(api: Api) -> Workroom:
    return Workroom(api.database, folder=api.media_root.folder, titles={PRIVATE: NASTY})


@pytest.fixture(scope="module")
def musing(locked: Locked) -> int:
    return workroom_of(locked.api).made(WHOLE, PRIVATE)


def share(locked: Locked, musing: int, **body: Any) -> httpx.Response:
    return locked.api.http.post(f"/api/musings/{musing}/share", json=body, headers=locked.token("read", "write"))


@pytest.fixture
def link(locked: Locked, musing: int) -> str:
    url: str = share(locked, musing, hours=1).json()["url"]
    return url


def media_of(page: str) -> list[str]:
    return [attributes["src"] or "" for name, attributes in tags(page) if name in ("img", "audio")]


def test_a_link_shows_all_of_it_to_everybody(locked: Locked, link: str) -> None:
    assert link.startswith(f"{locked.api.address}/shared/musings/")
    with httpx.Client(base_url=locked.api.address) as stranger:
        answer = stranger.get(link, headers=BROWSER)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "The fox goes out" in answer.text
        picture, song, voice = media_of(answer.text)
        assert stranger.get(picture).headers["content-type"] == "image/png"
        assert stranger.get(song).headers["content-type"] == "audio/flac"
        part = stranger.get(voice, headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"fLaC")
        assert stranger.head(link).status_code == 200


def test_its_files_end_with_it(link: str) -> None:
    expires = parse_qs(urlsplit(link).query)["expires"]
    for each in media_of(httpx.get(link).text):
        assert parse_qs(urlsplit(each).query)["expires"] == expires


def test_words_are_words_and_nothing_but_its_own_style_and_media_is_loaded(link: str) -> None:
    answer = httpx.get(link)
    assert "script" not in [name for name, _ in tags(answer.text)]
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["img-src"] == policy["media-src"] == "'self'"
    assert policy["style-src"].startswith("'sha256-")
    assert "script-src" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-robots-tag"] == "noindex"


class Meta(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.told: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in found:
            self.told[found.get("property") or found.get("name", "")] = found["content"]


def test_messengers_are_told_what_to_show(link: str, locked: Locked) -> None:
    told = Meta(httpx.get(link).text).told
    assert (told["og:title"], told["og:type"], told["twitter:card"]) == (NASTY, "article", "summary_large_image")
    assert told["og:description"] == "The fox goes out, the fox comes in. And all is white."
    assert told["og:image"].startswith(f"{locked.api.address}/media/image/")
    assert httpx.get(told["og:image"]).status_code == 200
    assert httpx.get(told["og:audio"]).headers["content-type"] == "audio/flac"


def test_what_is_shared_says_that_a_machine_made_it_and_shows_no_recipe(link: str, locked: Locked) -> None:
    page = httpx.get(link)
    assert PRIVATE not in page.text, "the idea is the prompt of a person"
    assert "Made by a machine" in page.text
    for each in media_of(page.text):
        content = httpx.get(locked.api.address + each).content
        assert PRIVATE.encode() not in content
        suffix = urlsplit(each).path.rpartition(".")[2]
        assert told_type(content, suffix) == SourceType.ALGORITHMIC.address


def test_a_recipe_is_shared_where_the_owner_says_so(tmp_path: Path, fresh_database: Path) -> None:
    with locked_api(tmp_path, fresh_database, share_recipes=True) as open_handed:
        url = share(open_handed, workroom_of(open_handed.api).made(WHOLE, PRIVATE)).json()["url"]
        page = httpx.get(url).text
        assert PRIVATE in page
        assert PRIVATE.encode() in httpx.get(open_handed.api.address + media_of(page)[0]).content


def test_it_opens_nothing_else(locked: Locked, link: str, musing: int) -> None:
    query = urlsplit(link).query
    other = workroom_of(locked.api).made(WHOLE, "another")
    for path in (
        f"/shared/musings/{other}",
        f"/shared/musings/0{musing}",
        f"/media/{musing}",
        "/media/image/1_x/a.png",
    ):
        problem(locked.api.http.get(f"{path}?{query}"), 403)
    for path in (f"/api/musings/{musing}", f"/api/musings/{musing}/export", "/api/artifacts/1", "/api/prompts"):
        problem(locked.api.http.get(f"{path}?{query}"), 401)
    # The signature of a file named like a musing is none of the musing.
    key = SigningKey(Location(locked.api.settings.database.path).signing_key(), None)
    address, _ = SignedLinks(locked.api.database, key).make(str(musing), 3600)
    problem(locked.api.http.get(address.replace("/media/", "/shared/musings/")), 403)


def test_a_link_that_opens_nothing_says_the_words_of_every_share(locked: Locked, link: str, musing: int) -> None:
    key = SigningKey(Location(locked.api.settings.database.path).signing_key(), None)
    expired, _ = SignedLinks(locked.api.database, key).make_for_musing(musing, -1)
    parts = urlsplit(link)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    forged = httpx.URL(link).copy_with(params={**given, "expires": str(int(given["expires"]) + 1)})
    cases = (
        (str(forged), 403, "This link is not one of ours, or it was changed."),
        (locked.api.address + expired, 403, "This link has expired. Ask for a new one."),
        (link.partition("?")[0], 401, "Log in on the page, or send a token"),
    )
    for url, status, words in cases:
        assert words in problem(httpx.get(url), status)["detail"]
        shown = httpx.get(url, headers=BROWSER)
        assert (shown.status_code, shown.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert words in shown.text
        assert "script" not in [name for name, _ in tags(shown.text)]
        assert httpx.head(url, headers=BROWSER).status_code == status
    assert locked.api.http.get(expired, headers=locked.token("read")).status_code == 200


def test_what_goes_to_the_trash_is_shared_no_more(locked: Locked) -> None:
    workroom = workroom_of(locked.api)
    musing = workroom.made(WHOLE, "regretted")
    url = share(locked, musing).json()["url"]
    [picture] = workroom.prompts(musing, "picture")
    locked.api.database.writing(trash.discard, picture.id)
    assert "img" not in [name for name, _ in tags(httpx.get(url).text)]
    for step in ("poem", "song", "voice"):
        [prompt] = workroom.prompts(musing, step)
        locked.api.database.writing(trash.discard, prompt.id)
    assert "is there no more" in problem(httpx.get(url), 403)["detail"]


def test_a_file_that_has_gone_is_said(locked: Locked) -> None:
    workroom = workroom_of(locked.api)
    musing = workroom.made(WHOLE, "lost")
    [picture] = workroom.prompts(musing, "picture")
    next(locked.api.media_root.folder.glob(f"image/{picture.id}_*/0001.png")).unlink()
    assert "Picture: the file is gone." in httpx.get(share(locked, musing).json()["url"]).text


def test_who_may_look_needs_no_link(locked: Locked, musing: int) -> None:
    answer = locked.api.http.get(f"/shared/musings/{musing}", headers=locked.token("read"))
    assert answer.status_code == 200
    assert all("signature" not in each for each in media_of(answer.text))
    problem(locked.api.http.get("/shared/musings/99", headers=locked.token("read")), 404)
