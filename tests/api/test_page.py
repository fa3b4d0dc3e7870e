"""The page: one document for its addresses, files beside it, and no harm to the API's own answers."""

import asyncio
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from musings.api import app
from musings.config import Settings
from musings.store.database import Database


@pytest.fixture
def built(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html><title>The studio</title>")
    (static / "assets" / "index-abc.js").write_text("let x = 1")
    (static / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (static / "manifest.webmanifest").write_text("{}")
    (static / ".stamp").write_text("secret")
    return static


@pytest.fixture
def made(settings: Settings, database: Database, built: Path) -> FastAPI:
    return app.make(app.services_for(settings, database), built)


def ask(made: FastAPI, method: str, path: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(made)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    "path",
    ["/", "/gallery", "/workflows", "/trash", "/writings", "/writings/3", "/prompts/12", "/prompts/anything?x=1"],
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
