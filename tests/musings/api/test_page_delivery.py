"""The built page as a browser gets it: over real HTTP, in the coding that it asks for."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import hatch_build
import httpx
import pytest

from musings.api import page
from tests.musings.api.conftest import Api, serving_in

ROOT = Path(__file__).resolve().parents[3]
BROWSER = "gzip, deflate, br, zstd"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Api]:
    """The real page, from the real server."""
    hatch_build.build_page(ROOT)
    with serving_in(tmp_path_factory.mktemp("page"), fresh_database) as api:
        yield api


def ask(api: Api, path: str, takes: str, method: str = "GET", **headers: str) -> tuple[int, httpx.Headers, bytes]:
    """The status, the headers, and the body as it was sent."""
    named = {"Accept-Encoding": takes, **{name.replace("_", "-"): value for name, value in headers.items()}}
    with api.http.stream(method, path, headers=named) as answer:
        return answer.status_code, answer.headers, b"".join(answer.iter_raw())


def first_load() -> list[str]:
    """The addresses that the studio needs before it shows anything."""
    document = (page.STATIC / "index.html").read_text()
    return ["/", *re.findall(r"\"(/assets/[^\"]+)\"", document)]


def test_the_first_load_is_sent_in_the_smallest_coding(built: Api) -> None:
    assert len(first_load()) > 2
    sent = {takes: [ask(built, path, takes) for path in first_load()] for takes in (BROWSER, "gzip", "identity")}
    assert [headers.get("Content-Encoding") for _, headers, _ in sent[BROWSER]] == ["br"] * len(first_load())
    assert [headers.get("Content-Encoding") for _, headers, _ in sent["gzip"]] == ["gzip"] * len(first_load())
    for (_, _, zipped), (_, plain_headers, plain) in zip(sent["gzip"], sent["identity"], strict=True):
        assert (gzip.decompress(zipped), plain_headers.get("Content-Encoding")) == (plain, None)
    bytes_of = {takes: sum(len(body) for _, _, body in answers) for takes, answers in sent.items()}
    assert bytes_of[BROWSER] < bytes_of["gzip"] < bytes_of["identity"] / 2.5


@pytest.mark.parametrize(
    ("takes", "coding"),
    [("br;q=0.1, gzip;q=0.9", "gzip"), ("gzip;q=0, *;q=0.5", "br"), ("br;q=0, gzip;q=0", None), ("identity", None)],
)
def test_a_client_is_given_what_it_ranks_highest(built: Api, takes: str, coding: str | None) -> None:
    for path in first_load():
        status, headers, _ = ask(built, path, takes)
        assert (status, headers.get("Content-Encoding"), headers["Vary"]) == (200, coding, "Accept-Encoding")


def test_each_coding_has_its_tag_and_head_says_the_same(built: Api) -> None:
    for path in first_load():
        tags = set()
        for takes in ("br", "gzip", "identity"):
            _, headers, body = ask(built, path, takes)
            tags.add(headers["ETag"])
            status, head, nothing = ask(built, path, takes, "HEAD")
            assert (status, nothing, head["Content-Length"]) == (200, b"", str(len(body)))
            assert (head["ETag"], head.get("Content-Encoding")) == (headers["ETag"], headers.get("Content-Encoding"))
            assert ask(built, path, takes, if_none_match=headers["ETag"])[0] == 304
        assert len(tags) == 3


def test_hashed_files_are_kept_for_ever_and_the_document_is_asked_for(built: Api) -> None:
    document, *assets = first_load()
    assert ask(built, document, BROWSER)[1]["Cache-Control"] == "no-cache"
    for path in assets:
        assert ask(built, path, BROWSER)[1]["Cache-Control"] == "public, max-age=31536000, immutable"
