"""Compressed answers of the API: which ones, for whom, and which ones never."""

import gzip
import json
import threading

import httpx
import pytest

from musings.api.encodings import LEAST_BYTES
from musings.store.access import owner
from tests.musings.api.conftest import Api
from tests.musings.api.entering import PASSWORD, PASSWORD_HASH
from tests.musings.api.streams import stream

LONG = "a fox in the snow " * 200


def raw(api: Api, path: str, takes: str = "gzip, deflate, br", **headers: str) -> httpx.Response:
    """An answer whose body is left as it was sent: ``extensions["content"]``."""
    with api.http.stream("GET", path, headers={"Accept-Encoding": takes, **headers}) as answer:
        answer.extensions["content"] = b"".join(answer.iter_raw())
        return answer


def test_long_json_is_sent_smaller_to_whoever_takes_it(api: Api) -> None:
    prompt = api.submit(LONG)
    answer = raw(api, "/api/prompts/1")
    content = answer.extensions["content"]
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert answer.headers["content-length"] == str(len(content))
    assert len(content) < LEAST_BYTES
    assert json.loads(gzip.decompress(content)) == prompt
    for takes in ("identity", "gzip;q=0", ""):
        plain = raw(api, "/api/prompts/1", takes)
        assert "content-encoding" not in plain.headers
        assert plain.headers["vary"] == "Accept-Encoding"
        assert json.loads(plain.extensions["content"]) == prompt


def test_so_are_lists_and_long_problems(api: Api) -> None:
    for _ in range(60):
        api.submit(LONG)
    answer = raw(api, "/api/prompts?limit=60")
    assert len(gzip.decompress(answer.extensions["content"])) > 64_000
    refused = api.http.post("/api/prompts", json={"prompt_text": "a", **{f"field_{n}": n for n in range(40)}})
    assert (refused.status_code, refused.headers["content-encoding"]) == (422, "gzip")
    assert refused.headers["content-type"] == "application/problem+json"
    assert len(refused.json()["errors"]) == 40


def test_what_is_short_goes_as_it_is(api: Api) -> None:
    assert "content-encoding" not in raw(api, "/health").headers
    assert "content-encoding" not in raw(api, "/api/prompts/77").headers


@pytest.mark.parametrize("name", ["image/1/a.json", "image/1/a.txt", "image/1/a.png"])
def test_files_and_parts_of_them_never(api: Api, name: str) -> None:
    content = json.dumps([LONG]).encode()
    artifact = api.keep(name, content)
    for path in (f"/media/{name}", f"/api/artifacts/{artifact}"):
        whole = raw(api, path)
        assert ("content-encoding" in whole.headers, whole.extensions["content"]) == (False, content)
        part = raw(api, path, Range="bytes=1-1500")
        assert (part.status_code, part.extensions["content"]) == (206, content[1:1501])
        assert "content-encoding" not in part.headers


def test_events_never(api: Api) -> None:
    with stream(api.address) as events:
        assert "content-encoding" not in events.response.headers
        submitting = threading.Thread(target=api.submit, args=(LONG,))
        submitting.start()
        assert events.prompt(1, "pending")["prompt_text"] == LONG
        submitting.join()  # the event may come before the answer


def test_nor_what_carries_a_secret(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is compressed beside what an attacker may have sent can be guessed by the length (BREACH)."""
    monkeypatch.setattr("musings.api.encodings.LEAST_BYTES", 1)
    assert raw(api, "/health").headers["content-encoding"] == "gzip"
    artifact = api.keep("image/1/a.png", b"\x89PNG")
    api.database.writing(owner.set_password, PASSWORD_HASH)
    shared = api.http.post(f"/api/artifacts/{artifact}/share", json={"hours": 1})
    login = api.http.post("/api/login", json={"password": PASSWORD})
    hook = api.http.post("/api/webhooks", json={"name": "n8n", "url": "https://example.org/"})
    renewed = api.http.post(f"/api/webhooks/{hook.json()['id']}/new-secret")
    for answer in (raw(api, "/api/session"), shared, login, hook, renewed):
        assert answer.status_code < 300, answer.text
        assert "content-encoding" not in answer.headers
    assert login.json()["csrf"]
