"""Whatever comes in, the answer is a problem document that says what was wrong, and nothing is stored."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from musings.api import problems
from musings.api.allowed_hosts import AllowedHosts
from musings.api.metrics import RequestMetrics, registry_for
from musings.api.request_checks import RequestChecks
from musings.errors import BusyError, DiskFullError, MusingsError, PassingFault, UnreachableError
from musings.makers.choice import Makers
from musings.sqlite.database import open_database
from tests.musings.api.conftest import Api, problem

JSON = {"Content-Type": "application/json"}


def post(api: Api, content: bytes | Iterator[bytes], **headers: str) -> httpx.Response:
    return api.http.post("/api/prompts", content=content, headers={**JSON, **headers})


def count(api: Api) -> int:
    return sum(api.http.get("/api/queue/stats").json()["by_status"].values())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"prompt_text":', 400),
        (b"fox", 400),
        ('{"prompt_text": "é"}'.encode("latin-1"), 400),
        (b'{"prompt_text": "a", "priority": ' + b"1" * 5000 + b"}", 400),
        (b'{"prompt_text": "a", "metadata": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}", 400),
        (b"", 422),
        (b"null", 422),
        (b"[1]", 422),
        (b'"fox"', 422),
        (b"{}", 422),
    ],
)
def test_what_is_no_request(lasting_api: Api, body: bytes, status: int) -> None:
    before = count(lasting_api)
    found = problem(post(lasting_api, body), status)
    assert "body" in found["detail"] or "prompt_text" in found["detail"]
    assert count(lasting_api) == before


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/html", ""])
def test_another_content_type(lasting_api: Api, content_type: str) -> None:
    found = problem(post(lasting_api, b'{"prompt_text": "a"}', **{"Content-Type": content_type}), 415)
    assert "application/json" in found["detail"]


FAULTS: list[tuple[str, list[str]]] = [
    (r'"prompt_text": ""', ["prompt_text"]),
    (r'"prompt_text": " \n\t "', ["prompt_text"]),
    (r'"prompt_text": 7', ["prompt_text"]),
    (r'"prompt_text": "\u0000"', ["prompt_text"]),
    (r'"prompt_text": "a\udc80"', ["prompt_text"]),
    (f'"prompt_text": "{"a" * 1_000_000}"', ["prompt_text"]),
    (r'"prompt_type": "poster"', ["prompt_type"]),
    (r'"prompt_type": "\udc80"', ["prompt_type"]),
    (r'"promt_type": "image"', ["promt_type"]),
    (r'"status": "completed", "id": 7', ["status", "id"]),
    (r'"\udc80": 1', ["body"]),
    (r'"priority": -1', ["priority"]),
    (r'"priority": 0, "count": 17', ["priority", "count"]),
    (r'"priority": 5.5', ["priority"]),
    (r'"priority": "5"', ["priority"]),
    (r'"priority": true', ["priority"]),
    (f'"priority": {"1" * 400}', ["priority"]),
    (r'"count": 2', ["count"]),
    (r'"count": 0', ["count"]),
    (r'"metadata": [1]', ["metadata"]),
    (r'"metadata": {"a": NaN}', ["metadata.a"]),
    (r'"metadata": {"a": [1, -Infinity]}', ["metadata.a.1"]),
    (r'"metadata": {"a": 1e999}', ["metadata.a"]),
    (r'"metadata": {"a": "\udc80"}', ["metadata.a"]),
    (r'"metadata": {"a": "\u0000"}', ["metadata.a"]),
    (r'"metadata": {"\udc80": 1}', ["metadata.\udc80"]),
    (f'"metadata": {{"a": "{"é" * 60_000}"}}', ["metadata.a"]),
    (f'"metadata": {{"a": ["{"é" * 30_000}", "{"é" * 30_000}"]}}', ["metadata"]),
    ('"metadata": ' + '{"a":' * 200 + "1" + "}" * 200, ["metadata" + ".a" * 32]),
    (
        r'"metadata": {"a": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}',
        ["metadata.a" + ".0" * 31],
    ),
    (r'"workflow": "sketch-imag", "prompt_type": "image"', ["workflow"]),
    (r'"workflow": "sketch-voice", "prompt_type": "image"', ["workflow"]),
    (r'"config_name": "\u0000"', ["config_name"]),
    (r'"parameters": [1]', ["parameters"]),
]


@pytest.mark.parametrize(("fields", "where"), FAULTS, ids=[fields[:40] for fields, _ in FAULTS])
def test_each_fault_is_named_with_its_place(lasting_api: Api, fields: str, where: list[str]) -> None:
    before = count(lasting_api)
    text = "" if fields.startswith('"prompt_text"') else '"prompt_text": "a fox", '
    found = problem(post(lasting_api, f"{{{text}{fields}}}".encode()), 422)
    assert [error["where"] for error in found["errors"]] == where
    assert all(error["message"] in found["detail"] for error in found["errors"])
    assert count(lasting_api) == before


@pytest.mark.parametrize(
    ("prompt_type", "parameters", "expected"),
    [
        ("image", {"widht": 512}, {"parameters.widht": "did you mean width"}),
        ("image", {"sampler": "x"}, {"parameters.sampler": "known here: width, height"}),
        ("image", {"width": "wide"}, {"parameters.width": "from 64 to 2048"}),
        ("image", {"width": 100_000, "height": -8}, {"parameters.width": "2048", "parameters.height": "64"}),
        ("image", {"width": 512.5}, {"parameters.width": "whole number"}),
        ("image", {"width": "512.5"}, {"parameters.width": "whole number"}),
        ("image", {"width": True}, {"parameters.width": "number"}),
        ("image", {"width": [512]}, {"parameters.width": "number"}),
        ("image", {"count": 0}, {"parameters.count": "from 1 to 16"}),
        ("image", {"seed": -1}, {"parameters.seed": "from 0"}),
        ("image", {"seed": 2**53}, {"parameters.seed": "to 9007199254740991"}),
        ("image", {"seed": 10**400}, {"parameters.seed": "to 9007199254740991"}),
        ("image", {"seed": 1e300}, {"parameters.seed": "to 9007199254740991"}),
        ("image", {"seed": "1" * 5000}, {"parameters.seed": "number"}),
        ("music", {"duration": 10**6}, {"parameters.duration": "from 20 to 60"}),
        ("voice", {"voice": 7}, {"parameters.voice": "string"}),
        ("voice", {"voice": "a\0"}, {"parameters.voice": "NUL"}),
        ("voice", {"voice": "a" * 200_001}, {"parameters.voice": "200,000"}),
        ("text", {"form": "sonet"}, {"parameters.form": "did you mean sonnet"}),
        ("text", {"width": 512}, {"parameters.width": "not a parameter"}),
    ],
)
def test_bad_parameters(lasting_api: Api, prompt_type: str, parameters: Any, expected: dict[str, str]) -> None:
    body = {"prompt_text": "a fox", "prompt_type": prompt_type, "parameters": parameters}
    found = problem(lasting_api.http.post("/api/prompts", json=body), 422)
    assert {error["where"] for error in found["errors"]} == set(expected)
    for error in found["errors"]:
        assert expected[error["where"]] in error["message"]
        assert len(error["message"]) < 300


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    body=st.fixed_dictionaries(
        {"prompt_text": st.just("a fox") | JSON_VALUES},
        optional={
            "prompt_type": st.sampled_from(["text", "image", "voice", "music"]) | JSON_VALUES,
            "priority": st.integers(1, 10) | JSON_VALUES,
            "metadata": JSON_VALUES,
            "parameters": st.dictionaries(st.sampled_from(["seed", "width", "voice"]), JSON_VALUES) | JSON_VALUES,
            "count": JSON_VALUES,
            "workflow": JSON_VALUES,
        },
    )
)
def test_any_json_is_taken_whole_or_refused(lasting_api: Api, body: Any) -> None:
    answer = post(lasting_api, json.dumps(body).encode())
    if answer.status_code == 201:
        taken = lasting_api.http.get(answer.headers["Location"]).json()
        assert taken["prompt_text"] == body["prompt_text"]
        assert taken["metadata"] == (body.get("metadata") or {})
    else:
        problem(answer, 422)


def test_a_body_over_the_limit_announced(lasting_api: Api) -> None:
    found = problem(post(lasting_api, b"x" * 2_000_001), 413)
    assert "2,000,001" in found["detail"]
    assert lasting_api.http.get("/healthz").status_code == 200


def test_a_body_over_the_limit_in_pieces(lasting_api: Api) -> None:
    problem(post(lasting_api, (b"x" * 100_000 for _ in range(25))), 413)
    assert lasting_api.http.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/api/prompts?limit=0", "limit"),
        ("/api/prompts?limit=201", "limit"),
        ("/api/prompts?limit=many", "limit"),
        ("/api/prompts?cursor=newest", "cursor"),
        ("/api/prompts?cursor=-1", "cursor"),
        ("/api/prompts?cursor=9999999999999999999", "cursor"),
        ("/api/prompts?status=done", "status"),
        ("/api/prompts?prompt_type=imag", "prompt_type"),
        ("/api/prompts?artifact_status=done", "artifact_status"),
        ("/api/prompts?since=yesterday", "since"),
        ("/api/prompts?since=0.5", "since"),
        ("/api/prompts?since=1700000000", "since"),
        ("/api/prompts?since=0001-01-01T00:00:00%2B23:59", "since"),
        ("/api/prompts?starred=perhaps", "starred"),
        (f"/api/prompts?q={'a' * 1001}", "q"),
        ("/api/artifacts?artifact_type=poem", "artifact_type"),
        ("/api/artifacts?limit=1000", "limit"),
        ("/api/artifacts?cursor=x", "cursor"),
        ("/api/prompts/0", "prompt_id"),
        ("/api/prompts/fox", "prompt_id"),
        ("/api/prompts/99999999999999999999", "prompt_id"),
        ("/api/artifacts/-1", "artifact_id"),
        (f"/api/workflows/{'a' * 201}", "name"),
    ],
)
def test_bad_parameters_of_a_list(lasting_api: Api, path: str, where: str) -> None:
    found = problem(lasting_api.http.get(path), 422)
    assert [error["where"] for error in found["errors"]] == [where]


@pytest.mark.parametrize("query", ["%00", "*", '"', "-", "a OR b)(", "NEAR(", "^", "prompt_text:x", "%ED%B2%80", "  "])
def test_no_search_breaks(lasting_api: Api, query: str) -> None:
    for path in ("/api/prompts", "/api/artifacts"):
        assert lasting_api.http.get(f"{path}?q={query}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/prompts/4711"),
        ("PATCH", "/api/prompts/4711"),
        ("POST", "/api/prompts/4711/cancel"),
        ("POST", "/api/prompts/4711/retry"),
        ("GET", "/api/prompts/4711/artifacts"),
        ("GET", "/api/prompts/4711/log"),
        ("GET", "/api/artifacts/4711"),
        ("GET", "/api/workflows/sketch-poster"),
        ("GET", "/media/image/none.png"),
        ("GET", "/api/media/image/none.png"),
        ("GET", "/api"),
        ("GET", "/api/"),
        ("GET", "/api/nothing"),
        ("POST", "/nothing"),
        ("GET", "/assets/none.js"),
        ("GET", "/%F0%9F%A6%8A"),
    ],
)
def test_nothing_there(lasting_api: Api, method: str, path: str) -> None:
    problem(lasting_api.http.request(method, path, json={} if method == "PATCH" else None), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/prompts", "GET, POST"),
        ("PUT", "/api/prompts/1", "GET, PATCH, DELETE"),
        ("GET", "/api/prompts/1/cancel", "POST"),
        ("POST", "/api/artifacts/1", "GET, HEAD"),
        ("POST", "/media/a.png", "GET, HEAD"),
        ("GET", "/api/queue/pause", "POST"),
        ("POST", "/", "GET, HEAD"),
        ("POST", "/docs", "GET, HEAD"),
        ("BREW", "/healthz", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(lasting_api: Api, method: str, path: str, allowed: str) -> None:
    answer = lasting_api.http.request(method, path)
    assert allowed in problem(answer, 405)["detail"]
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BusyError("The database is held.", hint="Try again."), 503),
        (UnreachableError("ComfyUI does not answer."), 503),
        (DiskFullError("The disk is full."), 507),
        (MusingsError("Something else."), 500),
        (RuntimeError("a secret"), 500),
        (UnicodeEncodeError("utf-8", "\udc80", 0, 1, "no"), 500),
    ],
)
def test_errors_inside_keep_the_headers_and_are_counted(error: Exception, status: int) -> None:
    app = FastAPI()
    database = open_database(":memory:")
    registry = registry_for(database, Makers())
    problems.install(app)
    app.add_middleware(RequestChecks, hosts=AllowedHosts(None, faces_network=False), metrics=RequestMetrics(registry))

    @app.get("/fail")
    def fail() -> None:
        raise error

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.get("/fail")

    answer = asyncio.run(ask())

    found = problem(answer, status)
    assert "secret" not in found["detail"]
    assert "Content-Security-Policy" in answer.headers
    assert (answer.headers.get("Retry-After") is not None) == (status == 503)
    labels = {"method": "GET", "route": "/fail", "status": str(status)}
    assert registry.get_sample_value("musings_http_requests_total", labels) == 1  # asks the database, too
    database.close()


def test_a_client_that_hangs_up_in_its_body_is_no_bug(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is answered, and nothing is in the log."""
    registry = CollectorRegistry()
    sent: list[Message] = []

    async def gone(_scope: Scope, receive: Receive, _send: Send) -> None:
        await Request({"type": "http", "method": "POST", "headers": []}, receive).body()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    hosts, metrics = AllowedHosts(None, faces_network=False), RequestMetrics(registry)
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", b"localhost")], "state": {}}
    asyncio.run(RequestChecks(gone, hosts=hosts, metrics=metrics)(scope, receive, send))
    assert sent == []
    assert "bug" not in caplog.text


def test_what_passes_is_no_fault_of_a_request() -> None:
    answer = problems.of(PassingFault("The decoder was ended three times."))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
