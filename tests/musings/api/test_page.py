"""The page: one document for its addresses, files beside it, and no harm to the API's own answers."""

import asyncio
import gzip
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from musings.api import app
from musings.config.settings import Settings
from musings.store.database import Database
from tests.conftest import MakeSettings


@pytest.fixture
def built(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html><title>The studio</title>")
    (static / "assets" / "index-abc.js").write_text("let x = 1")
    (static / "assets" / "index-abc.js.br").write_bytes(b"in brotli")  # what it says is of no account here
    (static / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(b"let x = 1", mtime=0))
    (static / "assets" / "index-abc.css").write_text("a { b: c }")
    (static / "index.html.gz").write_bytes(gzip.compress(b"<!doctype html><title>The studio</title>"))
    (static / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (static / "manifest.webmanifest").write_text("{}")
    (static / ".stamp").write_text("secret")
    return static


@pytest.fixture
def made(settings: Settings, database: Database, built: Path) -> FastAPI:
    return app.make(app.services_for(settings, database), built)


def ask(made: FastAPI, method: str, path: str, **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(made)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, headers={"Accept-Encoding": "identity", **named})

    return asyncio.run(asked())


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/gallery",
        "/workflows",
        "/trash",
        "/writings",
        "/writings/3",
        "/prompts/12",
        "/prompts/anything?x=1",
        "/musings/3",
    ],
)
def test_the_addresses_of_the_page(made: FastAPI, path: str) -> None:
    answer = ask(made, "GET", path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "The studio" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert ask(made, "HEAD", path).status_code == 200


def test_built_files_are_kept_for_ever(made: FastAPI) -> None:
    answer = ask(made, "GET", "/assets/index-abc.js")
    assert answer.text == "let x = 1"
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]


@pytest.mark.parametrize("path", ["/favicon.svg", "/manifest.webmanifest"])
def test_files_beside_the_page(made: FastAPI, path: str) -> None:
    assert ask(made, "GET", path).status_code == 200
    assert ask(made, "HEAD", path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/.stamp", 404),
        ("GET", "/index.html", 404),
        ("GET", "/assets/../.stamp", 404),
        ("GET", "/assets/%2e%2e/.stamp", 404),
        ("GET", "/assets/", 404),
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/prompts", 405),
        ("GET", "/api/prompts/1/cancel", 405),
        ("POST", "/assets/index-abc.js", 405),
        ("POST", "/favicon.svg", 405),
    ],
)
def test_the_page_takes_no_other_address(made: FastAPI, method: str, path: str, status: int) -> None:
    answer = ask(made, method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_without_a_build_it_says_what_to_do(settings: Settings, database: Database, tmp_path: Path) -> None:
    answer = ask(app.make(app.services_for(settings, database), tmp_path / "none"), "GET", "/")
    assert answer.status_code == 503
    assert "musings up" in answer.text


class TestCopies:
    """The smaller copies that the build brings along."""

    SCRIPT = "/assets/index-abc.js"

    @pytest.mark.parametrize(
        ("takes", "coding"),
        [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip", "gzip"),
            ("br;q=0.5, gzip;q=0.9", "gzip"),
            ("BR", "br"),
            ("*", "br"),
            ("*, br;q=0", "gzip"),
            ("br;q=0, gzip;q=0", None),
            ("identity", None),
            ("identity, gzip;q=0.5", None),
            ("gzip;q=nonsense", None),
            ("deflate", None),
            ("", None),
        ],
    )
    def test_whoever_takes_one_gets_it(self, made: FastAPI, takes: str, coding: str | None) -> None:
        answer = ask_raw(made, self.SCRIPT, takes)
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert "immutable" in answer.headers["cache-control"]
        content = answer.extensions["content"]
        assert content == {"br": b"in brotli", "gzip": gzip.compress(b"let x = 1", mtime=0)}.get(
            coding or "", b"let x = 1"
        )
        assert answer.headers["content-length"] == str(len(content))

    def test_each_has_a_tag_of_its_own(self, made: FastAPI) -> None:
        tags = {}
        for takes in ("br", "gzip", "identity"):
            answer = ask_raw(made, self.SCRIPT, takes)
            tags[takes] = answer.headers["etag"]
            again = ask_raw(made, self.SCRIPT, takes, if_none_match=f'W/"x", {tags[takes]}')
            assert (again.status_code, again.extensions["content"]) == (304, b"")
            assert (again.headers["etag"], again.headers["vary"]) == (tags[takes], "Accept-Encoding")
            assert "content-encoding" not in again.headers
        assert len(set(tags.values())) == 3
        assert ask_raw(made, self.SCRIPT, "br", if_none_match=tags["gzip"]).status_code == 200

    def test_head_says_what_get_would(self, made: FastAPI) -> None:
        head, get = ask_raw(made, self.SCRIPT, "br", "HEAD"), ask_raw(made, self.SCRIPT, "br")
        assert head.extensions["content"] == b""
        assert dict(head.headers) == dict(get.headers)

    def test_no_part_of_one_is_given(self, made: FastAPI) -> None:
        for takes in ("br", "identity"):
            answer = ask_raw(made, self.SCRIPT, takes, range="bytes=0-3")
            assert answer.status_code == 200
            assert "accept-ranges" not in answer.headers
            assert "content-range" not in answer.headers

    def test_a_file_without_copies_is_sent_as_it_is(self, made: FastAPI) -> None:
        answer = ask_raw(made, "/assets/index-abc.css", "br, gzip")
        assert (answer.extensions["content"], answer.headers.get("vary")) == (b"a { b: c }", None)

    def test_the_page_itself_comes_smaller_too_and_is_asked_for_again(self, made: FastAPI) -> None:
        for path in ("/", "/prompts/3"):
            answer = ask_raw(made, path, "br, gzip")
            assert answer.headers["content-encoding"] == "gzip"
            assert answer.headers["cache-control"] == "no-cache"
            assert ask_raw(made, path, "br, gzip", if_none_match=answer.headers["etag"]).status_code == 304

    @pytest.mark.parametrize("path", ["/assets/index-abc.js.br", "/assets/index-abc.js.gz", "/index.html.gz"])
    def test_they_have_no_address_of_their_own(self, made: FastAPI, path: str) -> None:
        assert ask(made, "GET", path).status_code == 404


def ask_raw(made: FastAPI, path: str, takes: str, method: str = "GET", **headers: str) -> httpx.Response:
    """An answer whose body is left as it was sent: ``extensions["content"]``."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(made)
        named = {"Accept-Encoding": takes, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
            client.stream(method, path, headers=named) as answer,
        ):
            answer.extensions["content"] = b"".join([part async for part in answer.aiter_raw()])
            return answer

    return asyncio.run(asked())


@pytest.mark.parametrize("path", ["/nowhere", "/prompts/1/2", "/gallerie", "/index.html"])
def test_a_person_at_a_wrong_address_is_led_home(made: FastAPI, path: str) -> None:
    answer = ask(made, "GET", path, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing here" in answer.text
    assert re.findall('href="([^"]+)"', answer.text) == ["/"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api", "/media/gone.png", "/assets/gone.js", "/api/prompts/77"])
def test_programs_are_told_in_json_whatever_they_accept(made: FastAPI, path: str) -> None:
    answer = ask(made, "GET", path, accept="text/html")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert ask(made, "POST", "/nowhere", accept="text/html").headers["content-type"] == "application/problem+json"


def test_a_wrong_address_asks_nobody_to_log_in(make_settings: MakeSettings, database: Database, built: Path) -> None:
    locked = app.make(app.services_for(make_settings(security={"require_auth": True}), database), built)
    answer = ask(locked, "GET", "/nowhere", accept="text/html")
    assert (answer.status_code, "There is nothing here" in answer.text) == (404, True)
    assert ask(locked, "GET", "/nowhere").status_code == 401
    assert ask(locked, "GET", "/docs", accept="text/html").status_code == 401
    assert ask(locked, "GET", "/api/nothing", accept="text/html").status_code == 401
