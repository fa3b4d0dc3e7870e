"""The authorisation matrix: every operation of the OpenAPI document, asked by every kind of caller."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route

from musings.api import app as application
from musings.api import authorization
from musings.api.authorization import Requirement, is_door
from musings.api.page import ADDRESSES
from musings.security.scopes import Scope
from musings.sqlite.database import open_database
from tests.conftest import MakeSettings
from tests.musings.api.entering import Locked, locked_api

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
VALUES = {
    "prompt_id": "1",
    "artifact_id": "1",
    "writing_id": "1",
    "name": "sketch-image",
    "preset": "wide",
    "file_path": "image/1_x/a.png",
    "ref": "upload:" + "0" * 64,
    "model": "image",
    "folder": "checkpoints",
    "job_id": "1",
    "asset_id": "1",
    "digest": "blake3:" + "0" * 64,
    "response_id": "resp_1",
    "video_id": "video_1",
    "webhook_id": "1",
    "subscription_id": "1",
    "delivery_id": "1",
    "musing_id": "1",
    "step": "poem",
    "feed_id": "1",
    "token_id": "999999",
    "schedule_id": "1",
    "secret": "mus_x",
    "address": "mus_x.atom",
    "file": "1.png",
}
BODIES = {"/api/workflows": {"name": "x"}, "/api/login": {}}  # refused for what they say, once they are let in


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Locked]:
    with locked_api(tmp_path_factory.mktemp("locked"), fresh_database) as found:
        found.artifact("image/1_x/a.png")
        yield found


@pytest.fixture
def app(make_settings: MakeSettings) -> Iterator[FastAPI]:
    database = open_database(":memory:")
    yield application.make(application.services_for(make_settings(), database))
    database.close()


def operations(locked: Locked) -> list[tuple[str, str]]:
    document = locked.api.http.get("/openapi.json", headers=locked.token("read")).json()
    listed = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    # The doors of other protocols are described by those.
    listed += [(method, path.replace(":path", "")) for method, path, _ in authorization.REQUIREMENTS if is_door(path)]
    return listed + [("HEAD", path) for method, path in listed if method == "GET"]


def status(locked: Locked, method: str, path: str, headers: dict[str, str]) -> int:
    """The status alone: an event stream has no end."""
    body: Any = {"json": BODIES.get(path, {"no": "such field"})} if method not in ("GET", "HEAD") else {}
    url = path.format(**VALUES)
    with locked.api.http.stream(method, url, headers=headers, **body) as answer:
        return answer.status_code


CALLERS: dict[str, tuple[Callable[[Locked], dict[str, str]], frozenset[Scope]]] = {
    "nobody": (lambda door: {}, frozenset()),
    "a made-up token": (lambda door: {"Authorization": "Bearer mus_" + "A" * 43}, frozenset()),
    "an empty token": (lambda door: {"Authorization": "Bearer"}, frozenset()),
    "another scheme": (lambda door: {"Authorization": "Basic b3duZXI6cGFzc3dvcmQ="}, frozenset()),
    "an expired token": (lambda door: door.token("read", "write", "admin", days=-1), frozenset()),
    "a revoked token": (lambda door: door.token("read", "write", "admin", revoked=True), frozenset()),
    "an unknown scope": (lambda door: door.token("root", "READ", ""), frozenset()),
    "a made-up session": (lambda door: {"Cookie": "musings_session=" + "A" * 43}, frozenset()),
    "read": (lambda door: door.token("read"), frozenset({Scope.READ})),
    "write": (lambda door: door.token("write"), frozenset({Scope.WRITE})),
    "admin": (lambda door: door.token("admin"), frozenset({Scope.ADMIN})),
    "read and write": (lambda door: door.token("read", "write", days=1), frozenset({Scope.READ, Scope.WRITE})),
    "the owner": (lambda door: door.session(), frozenset(Scope)),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_the_matrix(locked: Locked, caller: str) -> None:
    make, scopes = CALLERS[caller]
    known = make(locked).keys() & {"Authorization", "Cookie"} and bool(scopes)
    wrong = []
    for method, path in operations(locked):
        requirement = authorization.requirement_of_operation(method, path)
        assert requirement is not None
        found = status(locked, method, path, make(locked))
        if requirement.admits(scopes):
            good = found not in (401, 403, 429) and (found < 500 or path == "/readyz")
        else:
            good = found == (403 if known or caller == "an unknown scope" else 401)
        if not good:
            wrong.append((method, path, requirement.name, found))
    assert wrong == []


def test_a_page_of_another_site_has_the_cookie_and_may_look_but_not_touch(locked: Locked) -> None:
    """The cookie is ``SameSite=Strict``; were it sent all the same, the token of the page is missing."""
    wrong = []
    for method, path in operations(locked):
        if path in ("/api/login", "/api/events"):
            continue
        found = status(locked, method, path, locked.session(csrf=False))
        if (found == 403) is not (method in ("POST", "PUT", "PATCH", "DELETE")):
            wrong.append((method, path, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "is_stream"),
    [
        ("/api/events", True), ("/comfyui/api/v2/jobs/x/events", True), ("/api/eventsx", False),
        ("/comfyui/api/v2/jobs/x/y/events", False), ("/comfyui/api/v2/jobs/x", False),
    ],
)  # fmt: skip
def test_who_may_no_longer_listen_is_asked_about_on_each_stream(path: str, is_stream: bool) -> None:
    assert authorization.is_stream(path) is is_stream


def test_every_operation_is_in_the_list(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    missing = [
        (m, path) for path in paths for m in paths[path] if authorization.requirement_of_operation(m, path) is None
    ]
    assert missing == [], "say in api/authorization.py what these need"


def test_an_operation_that_was_forgotten_is_found_and_closed(app: FastAPI) -> None:
    @app.get("/api/forgotten")
    def forgotten() -> None:
        """A route that nobody listed."""

    app.openapi_schema = None
    paths = app.openapi()["paths"]
    missing = [path for path in paths for m in paths[path] if authorization.requirement_of_operation(m, path) is None]
    assert missing == ["/api/forgotten"]
    assert authorization.requirement_of("GET", "/api/forgotten").requirement is Requirement.ADMIN
    assert paths["/api/forgotten"]["get"]["security"][0] == {"token": ["admin"]}


def test_what_is_not_in_the_document_is_the_page_or_closed(app: FastAPI, locked: Locked) -> None:
    """Routes without a place in the OpenAPI document: the page, its files, and the reference."""
    plain = [route.path for route in app.routes if isinstance(route, Route | Mount)]
    required = {path: authorization.requirement_of("GET", path.format(**VALUES)).requirement for path in plain}
    opened = {path for path in plain if required[path] is Requirement.OPEN}
    assert opened <= {*ADDRESSES, "/assets", *(path for path in plain if "." in path)}
    assert set(ADDRESSES) <= opened
    assert set(plain) - opened >= {"/openapi.json", "/docs"}
    for path in ("/docs", "/openapi.json", "/nothing", "/api/nothing", "/api", "/media", "/redoc", "/.env"):
        assert status(locked, "GET", path, {}) == 401, path
    for path in ("/", "/gallery", "/prompts/1", "/healthz"):
        assert status(locked, "GET", path, {}) in (200, 503), path


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "CONNECT", "PROPFIND", "OPTIONS", "get"])
def test_another_method_is_no_way_around(locked: Locked, method: str) -> None:
    for path in ("/api/prompts", "/media/image/1_x/a.png", "/api/queue/pause", "/api/artifacts/1", "/openapi.json"):
        assert locked.api.raw(method, path)[0] in (400, 401)


@pytest.mark.parametrize(
    "target",
    [
        "/api/prompts/", "//api/prompts", "/./api/prompts", "/healthz/../api/prompts", "/api/%70rompts",
        "/API/PROMPTS",
        "/api/prompts%2f1", "/api/prompts;a=b", "/assets/../api/prompts", "/assets/%2e%2e/api/prompts",
        "/api/prompts%00",
        "/prompts/../api/prompts", "/api/prompts?x=/healthz", "/api/prompts#/healthz", "/api//prompts",
        "/%2fapi/prompts",
        "/gallery/../api/prompts", "/api/session/../prompts", "/api/prompts\\", "/favicon.ico/../api/prompts",
    ],
)  # fmt: skip
def test_no_spelling_of_a_path_leads_around_the_gate(locked: Locked, target: str) -> None:
    code, _, body = locked.api.raw("GET", target)
    assert code in (400, 401, 404)
    assert b'"items"' not in body


@pytest.mark.parametrize(
    "path",
    [
        "../musings.db", "..%2fmusings.db", "%2e%2e/musings.db", "image/../../musings.db",
        "image/1_x/../../../musings.db",
        "image%5c..%5c..%5cmusings.db", "/etc/passwd", "%2fetc%2fpasswd", "a.png%00", "%00", ".attempts/x",
        "image/link.png",
        "linked/musings.db", "..%c0%af..%c0%afetc/passwd", "%252e%252e/musings.db", "....//musings.db", "image/1_x/",
        "",
        "../musings.db.key", "poets/../../musings.db", "x" * 2000,
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_media_root(locked: Locked, path: str) -> None:
    """Not for those who are let in either, and not with a signature."""
    folder = locked.api.media_root.folder
    for link, target in (("image/link.png", locked.api.settings.database.path), ("linked", folder.parent)):
        if not (folder / link).is_symlink():
            (folder / link).symlink_to(target)
    for prefix in ("/media/", "/api/media/"):
        assert locked.api.raw("GET", prefix + path)[0] in (400, 401)
        assert locked.api.raw("GET", f"{prefix}{path}?expires=9999999999&signature=x")[0] in (400, 401, 403)
        code, _, body = locked.api.raw("GET", prefix + path, locked.token("read", "admin"))
        assert code in (400, 404)
        assert b"SQLite" not in body


def test_the_document_says_who_may(locked: Locked) -> None:
    document = locked.api.http.get("/openapi.json", headers=locked.token("read")).json()
    assert document["paths"]["/api/queue/pause"]["post"]["security"] == [{"token": ["admin"]}, {"session": []}]
    assert "security" not in document["paths"]["/healthz"]["get"]
    assert {"401", "403", "429"} <= set(document["paths"]["/api/prompts"]["get"]["responses"])


def test_strangers_learn_whether_it_is_ready_and_not_why(locked: Locked) -> None:
    def details(headers: dict[str, str]) -> set[str]:
        return {check["detail"] for check in locked.api.http.get("/readyz", headers=headers).json()["checks"].values()}

    assert details({}) == details(locked.token("write")) == {""}
    assert "" not in details(locked.token("read"))


def test_a_refusal_is_a_problem_that_says_what_to_do(locked: Locked) -> None:
    def refused(headers: dict[str, str], method: str = "GET", path: str = "/api/prompts") -> httpx.Response:
        return locked.api.http.request(method, path, headers=headers)

    nobody, wrong = refused({}), refused({"Authorization": "bearer mus_x"})
    assert nobody.headers["WWW-Authenticate"] == wrong.headers["WWW-Authenticate"] == 'Bearer realm="musings"'
    assert "Log in on the page, or send a token" in nobody.json()["detail"]
    assert "wrong, revoked or expired" in wrong.json()["detail"]
    assert "needs the scope admin" in refused(locked.token("read"), "POST", "/api/queue/pause").json()["detail"]
    assert nobody.headers["Cache-Control"] == "no-store"
