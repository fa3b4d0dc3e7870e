"""What stands before every route: names, origins, headers, metrics by route."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from musings.config.settings import load
from tests.musings.api.conftest import Api, problem, serving

EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


def get(api: Api, host: str) -> int:
    return api.raw("GET", "/healthz", {"Host": host})[0]


def post(api: Api, origin: str | None, host: str | None = None) -> int:
    headers = {"Host": host or f"127.0.0.1:{api.port}"} | ({} if origin is None else {"Origin": origin})
    return api.raw("POST", "/api/queue/resume", headers)[0]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:8000", "[::1]", "[::1]:8000", "127.1.2.3"]
)
def test_names_of_this_machine(lasting_api: Api, host: str) -> None:
    assert get(lasting_api, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]", "0.0.0.0",
        "192.168.1.7:8000", "", "[::1", "[]", "::1", "localhost@evil.example", "notlocalhost",
    ],
)  # fmt: skip
def test_another_name_is_refused(lasting_api: Api, host: str) -> None:
    """DNS rebinding: a page of ``evil.example``, whose name now leads to 127.0.0.1, reads nothing here."""
    for method, path in (("GET", "/api/prompts"), ("POST", "/api/prompts"), ("GET", "/"), ("GET", "/media/x.png")):
        status, headers, _ = lasting_api.raw(method, path, {"Host": host})
        assert (status, headers["Content-Type"]) == (421, "application/problem+json")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:1", "http://localhost.evil.example",
        "https://[", "http://[::1", "127.0.0.1", "file://", "http://", "chrome-extension://abc",
    ],
)  # fmt: skip
def test_a_page_of_another_site_changes_nothing(lasting_api: Api, origin: str) -> None:
    for method, path in (("POST", "/api/prompts"), ("PATCH", "/api/prompts/1"), ("POST", "/api/queue/pause")):
        answer = lasting_api.http.request(method, path, json={"prompt_text": "evil"}, headers={"Origin": origin})
        problem(answer, 403)
    assert lasting_api.http.get("/api/queue/stats").json()["paused"] is False


def test_our_own_page_and_programs_may(lasting_api: Api) -> None:
    port = lasting_api.port
    assert post(lasting_api, None) == 200
    assert post(lasting_api, f"http://127.0.0.1:{port}") == 200
    assert post(lasting_api, f"http://localhost:{port}", f"localhost:{port}") == 200
    assert post(lasting_api, f"http://localhost:{port}", f"LocalHost:{port}") == 200
    assert post(lasting_api, f"HTTP://LOCALHOST:{port}", f"localhost:{port}") == 200
    assert post(lasting_api, f"http://[::1]:{port}", f"[::1]:{port}") == 200
    assert post(lasting_api, f"http://localhost:{port}", f"127.0.0.1:{port}") == 403


def test_another_site_may_not_read_either(lasting_api: Api) -> None:
    """Without CORS headers the browser gives the answer to no other page."""
    answer = lasting_api.http.get("/api/prompts", headers={"Origin": "http://evil.example"})
    assert [name for name in answer.headers if name.startswith("access-control-")] == []
    preflight = lasting_api.http.options("/api/prompts", headers={"Origin": "http://evil.example"})
    assert preflight.status_code == 405


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("proxied")
    file = folder / "poets_cron_config.json"
    file.write_text(
        '{"server": {"port": 0}, "security": {"public_url": "https://Studio.example/musings", "require_auth": false}}'
    )
    with serving(load(file, {}, folder), fresh_database) as api:
        yield api


def test_the_public_name_is_one_of_ours(proxied: Api) -> None:
    assert get(proxied, "studio.example") == 200
    assert get(proxied, "evil.example") == 421
    assert post(proxied, "https://studio.example", "studio.example") == 200
    assert post(proxied, "https://studio.example") == 200, "a proxy may call us by our own address"
    assert post(proxied, "https://evil.example") == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
        ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/metrics", 200),
        ("GET", "/api/prompts", 200),
        ("GET", "/nothing", 404),
        ("PUT", "/api/prompts", 405),
        ("POST", "/api/prompts", 422),
        ("GET", "/media/nothing.png", 404),
    ],
)
def test_every_answer_has_the_headers(lasting_api: Api, method: str, path: str, status: int) -> None:
    answer = lasting_api.http.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "Server" not in answer.headers


def test_requests_are_counted_by_route_and_not_by_path(api: Api) -> None:
    api.submit()
    for path in ("/api/prompts/1", "/api/prompts/2", "/api/prompts/3", "/media/a", "/media/b/c", "/x", "/y"):
        api.http.get(path)
    for method in ("BREW", "WHEN"):
        api.http.request(method, "/api/prompts/1")

    families = text_string_to_metric_families(api.http.get("/metrics").text)
    counts = {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for family in families
        for sample in family.samples
        if sample.name == "musings_http_requests_total"
    }
    assert counts == {
        ("POST", "/api/prompts", "201"): 1,
        ("GET", "/api/prompts/{prompt_id}", "200"): 1,
        ("GET", "/api/prompts/{prompt_id}", "404"): 2,
        ("GET", "/media/{file_path:path}", "404"): 2,
        ("GET", "none", "404"): 2,
        ("other", "/api/prompts/{prompt_id}", "405"): 2,
    }
