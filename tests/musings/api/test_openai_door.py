"""What holds for every call at OpenAI's door: who may, errors in its shape, the switch."""

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from starlette.routing import Route

from musings.api import authorization
from musings.api.authorization import REQUIREMENTS, is_openai
from musings.api.routes import openai_images, openai_models, openai_speech, openai_texts, openai_videos
from musings.config.settings import load
from musings.security.rate_limits import WRITES_AT_ONCE, TokenBuckets
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, serving
from tests.musings.api.entering import Locked, locked_api
from tests.musings.api.openai_calls import SMALL, client_of, read, refused, working
from tests.paths import ROOT

DOOR = [(method, path) for method, path, _ in REQUIREMENTS if is_openai(path)]
FOX = {"prompt": "a fox", **SMALL}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Locked]:
    with locked_api(tmp_path_factory.mktemp("locked"), fresh_database) as found, working(found.api):
        yield found


def key_of(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


def test_every_route_of_the_door_is_in_the_list_and_no_other(api: Api) -> None:
    routers = [each.routes for each in (openai_models, openai_images, openai_speech, openai_texts, openai_videos)]
    routes = [route for router in routers for route in router.routes if isinstance(route, Route)]
    assert sorted((method, route.path) for route in routes for method in route.methods or ()) == sorted(DOOR)
    assert not any(is_openai(path) for path in api.http.get("/openapi.json").json()["paths"])


def test_every_route_of_the_door_is_documented() -> None:
    page = (ROOT / "docs" / "openai.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([A-Z]+) (/v1/[^`]+)` \|", page, flags=re.MULTILINE)
    assert sorted(told) == sorted((method, path.replace(":path", "")) for method, path in DOOR)


def test_a_token_that_may_write_is_all_that_a_client_needs(locked: Locked) -> None:
    client = client_of(locked.api, key_of(locked.token("write")), max_retries=0)
    assert [each.id for each in client.models.list()]
    made = client.images.with_raw_response.generate(**FOX)
    assert httpx.get((made.parse().data or [])[0].url or "").status_code == 200
    assert client.chat.completions.create(model="text", messages=[{"role": "user", "content": "rain"}]).choices
    error = refused(lambda: client.responses.retrieve(f"resp_{made.headers['x-musings-prompt']}"))
    assert (error.status_code, error.type) == (403, "permission_error")


@pytest.mark.parametrize(
    ("scopes", "status", "code"),
    [
        (None, 401, "invalid_api_key"),
        ((), 403, "insufficient_permissions"),
        (("read",), 403, "insufficient_permissions"),
        (("admin",), 403, "insufficient_permissions"),
    ],
)
def test_who_may_not_is_told_so_in_the_shape_of_the_protocol(
    locked: Locked, scopes: tuple[str, ...] | None, status: int, code: str
) -> None:
    key = "sk-wrong" if scopes is None else key_of(locked.token(*(scopes or ("none",))))
    client = client_of(locked.api, key, max_retries=0)
    before = read(locked.api, "SELECT count(*) AS n FROM prompts")
    for call in (
        lambda: client.images.generate(**FOX),
        lambda: client.images.edit(image=b"x", prompt="x"),
        lambda: client.audio.speech.create(input="x", model="tts-1", voice="alloy"),
        lambda: client.chat.completions.create(model="text", messages=[{"role": "user", "content": "x"}]),
        lambda: client.responses.create(model="text", input="x"),
    ):
        error = refused(call)
        assert (error.status_code, error.code) == (status, code)
        assert (error.response.headers.get("www-authenticate") is not None) is (status == 401)
    assert read(locked.api, "SELECT count(*) AS n FROM prompts") == before


def test_the_owner_of_a_prompt_is_the_token_it_was_asked_with(locked: Locked) -> None:
    headers = locked.token("write")
    name = key_of(headers)[-12:]
    client = client_of(locked.api, key_of(headers), max_retries=0)
    made = client.images.with_raw_response.generate(**FOX)
    shown = locked.api.http.get(f"/api/prompts/{made.headers['x-musings-prompt']}", headers=locked.token("read"))
    said = shown.json()["metadata"]["openai"]
    assert re.fullmatch(rf"{re.escape(name)} \(token \d+\)", said["owner"])
    [row] = read(locked.api, f"SELECT instructions FROM prompts WHERE id = {shown.json()['id']}")
    assert json.loads(row["instructions"])["owner"] == said["owner"]
    assert key_of(headers) not in shown.text


def test_fifty_at_once_at_the_limit_of_a_token_lose_nothing(locked: Locked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is refused is told when to come again, and made nothing; who tries again, as the client does, is served."""
    key = key_of(locked.token("write"))
    began, take = time.monotonic(), TokenBuckets.take
    # On a slow machine the bucket would fill up again meanwhile.
    monkeypatch.setattr(TokenBuckets, "take", lambda bucket, client, _now: take(bucket, client, began))
    with httpx.Client(base_url=f"{locked.api.address}/v1", headers={"Authorization": f"Bearer {key}"}) as plain:
        for _ in range(int(WRITES_AT_ONCE) - 20):
            assert plain.post("/images/generations", json={}).status_code == 400
    client = client_of(locked.api, key, max_retries=0)

    def ask(number: int) -> openai.APIStatusError | str:
        try:
            made = client.images.with_raw_response.generate(prompt=f"limit fox {number}", **SMALL)
        except openai.APIStatusError as error:
            return error
        return str(made.headers["x-musings-prompt"])

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    limited = [each for each in answers if not isinstance(each, str)]
    assert len(limited) == 30
    for error in limited:
        assert (error.status_code, error.code) == (429, "rate_limit_exceeded")
        assert int(error.response.headers["retry-after"]) >= 1
    made = read(locked.api, "SELECT id FROM prompts WHERE prompt_text LIKE 'limit fox %' AND status = 'completed'")
    assert sorted(str(row["id"]) for row in made) == sorted(each for each in answers if isinstance(each, str))
    monkeypatch.setattr(TokenBuckets, "take", take)
    patient = client_of(locked.api, key, max_retries=5)
    assert patient.images.generate(prompt="limit fox again", **SMALL).data


def test_other_methods_addresses_and_bodies_are_refused_in_the_same_shape(api: Api) -> None:
    for method, path, body, status in (
        ("DELETE", "/v1/models", None, 405),
        ("GET", "/v1/nothing", None, 404),
        ("POST", "/v1/images/generations", b"x" * 2_100_000, 413),
        ("POST", "/v1/images/generations", b"\xff", 400),
        ("POST", "/v1/chat/completions", b"[1]", 400),
    ):
        headers = {"content-type": "application/json"}
        answer = api.http.request(method, path, content=body, headers=headers)
        error = answer.json()["error"]
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
        assert set(error) == {"message", "type", "param", "code"}
    assert api.http.post("/v1/responses", content=b"a=b").status_code == 415
    assert (
        api.http.get("/v1/models", headers={"Host": "evil.example"}).json()["error"]["type"] == "invalid_request_error"
    )
    head = api.http.head("/v1/nothing")
    assert (head.status_code, head.content) == (404, b"")
    assert api.http.get("/api/nothing").headers["content-type"] == "application/problem+json"


def test_a_bug_of_ours_has_the_same_shape(api: Api) -> None:
    api.sqlite("ALTER TABLE prompts RENAME TO hidden")
    answer = api.http.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "x"}]})
    assert answer.status_code >= 500
    assert answer.json()["error"]["type"] == "server_error"
    api.sqlite("ALTER TABLE hidden RENAME TO prompts")


def test_one_setting_closes_the_door(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, doors={"openai": False})
    with serving(settings, fresh_database) as api:
        client = client_of(api, "sk-any", max_retries=0)
        for call in (
            client.models.list,
            lambda: client.models.retrieve("image"),
            lambda: client.images.generate(**FOX),
            lambda: client.responses.create(model="text", input="x"),
        ):
            error = refused(call)
            assert (error.status_code, error.code) == (404, "door_closed")
            assert "doors.openai" in error.message
        assert read(api, "SELECT * FROM prompts") == []
        assert api.http.get("/api/prompts").status_code == 200


def test_no_door_opens_without_a_token_when_other_machines_may_call(tmp_path: Path, fresh_database: Path) -> None:
    """Not even where the owner asks nobody who they are: that is said for the page."""
    file = tmp_path / "poets_cron_config.json"
    file.write_text(json.dumps({"server": {"host": "0.0.0.0", "port": 0}, "security": {"require_auth": False}}))
    with serving(load(file, {}, tmp_path), fresh_database) as api:
        for method, path in DOOR:
            answer = api.http.request(method, re.sub(r"{[^}]+}", "resp_1", path), json={})
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key"), path
        assert api.http.get("/api/prompts").status_code == 200


def test_every_door_asks_for_a_token(api: Api) -> None:
    assert all(path.startswith("/v1/") for _, path in DOOR)
    assert authorization.requirement_of("GET", "/v1/forgotten").requirement is authorization.Requirement.ADMIN


def test_a_picture_in_base64_is_not_compressed_once_more(api: Api) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=10)
    connection.request("GET", "/v1/models", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.headers["Content-Encoding"] is None
    assert len(answer.read()) > 1000
    connection.close()


def test_a_client_that_sends_half_a_request_harms_nobody(api: Api) -> None:
    with socket.create_connection(("127.0.0.1", api.port)) as client:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{api.port}\r\nContent-Length: 100\r\n"
        client.sendall(f"{head}Content-Type: application/json\r\n\r\n{{".encode())
    assert api.http.get("/v1/models").status_code == 200
    found: list[dict[str, Any]] = read(api, "SELECT * FROM prompts")
    assert found == []
