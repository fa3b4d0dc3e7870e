"""The owner at the page: login, session, logout, and what a hostile page or network can do about it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from musings.api.access_control import AccessControl
from musings.security import rate_limits
from musings.security.rate_limits import TokenBuckets
from musings.store import times
from musings.store.tables import sessions as table
from tests.musings.api.conftest import problem
from tests.musings.api.entering import PASSWORD, Locked, locked_api

PUBLIC = "https://studio.example"


@pytest.fixture
def locked(tmp_path: Path, fresh_database: Path) -> Iterator[Locked]:
    with locked_api(tmp_path, fresh_database, public_url=PUBLIC) as found:
        yield found


def browser(locked: Locked) -> httpx.Client:
    return httpx.Client(base_url=locked.api.address, timeout=10)


def login(page: httpx.Client, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return page.post("/api/login", json={"password": password}, headers=headers)


def cookie_of(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """The id in the ``Set-Cookie`` of an answer, and its attributes."""
    first, *rest = answer.headers["Set-Cookie"].split("; ")
    return first, {name.lower(): value for name, _, value in (part.partition("=") for part in rest)}


def test_login_look_change_logout(locked: Locked) -> None:
    with browser(locked) as page:
        before = page.get("/api/session").json()
        assert (before["auth_required"], before["authenticated"], before["scopes"]) == (True, False, [])
        assert before["password_set"]
        entered = login(page)
        assert entered.status_code == 200
        state = entered.json()
        assert state["authenticated"]
        assert state["scopes"] == ["admin", "read", "write"]
        assert page.get("/api/session").json() == state
        assert page.get("/api/prompts").status_code == 200
        with page.stream("GET", "/api/events") as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
        csrf = {"X-CSRF-Token": state["csrf"]}
        made = page.post("/api/prompts", json={"prompt_text": "mine"}, headers=csrf)
        assert made.status_code == 201
        [held] = [f"{name}={value}" for name, value in page.cookies.items()]
        left = page.post("/api/logout", headers=csrf)
        assert left.status_code == 204
        assert left.headers["Clear-Site-Data"] == '"cache"'
        assert not page.cookies
        problem(page.get("/api/prompts", headers={"Cookie": held}), 401)
        assert page.post("/api/logout").status_code == 204


def test_the_cookie_is_for_our_page_alone(locked: Locked) -> None:
    with browser(locked) as page:
        _, plain = cookie_of(login(page))
    assert plain.keys() == {"max-age", "path", "httponly", "samesite"}
    assert (plain["path"], plain["samesite"]) == ("/", "Strict")
    assert int(plain["max-age"]) == pytest.approx(30 * 24 * 3600, abs=60)
    with browser(locked) as page:
        name, secure = cookie_of(login(page, Host="studio.example", Origin=PUBLIC))
    assert name.startswith("__Host-musings_session=")
    assert "secure" in secure
    assert "domain" not in secure


def test_over_https_only_the_cookie_of_https_counts(locked: Locked) -> None:
    """Whoever sits between us could write the plain one into the browser over http."""
    secret = locked.session()["Cookie"].partition("=")[2]
    public = {"Host": "studio.example"}
    held = {"Cookie": f"__Host-musings_session={secret}"}
    status = [
        locked.api.raw("GET", "/api/prompts", headers)[0]
        for headers in (
            {**public, "Cookie": f"musings_session={secret}"},
            {**public, **held},
            {**held},
            {"Cookie": f"musings_session={secret}; musings_session={'A' * 43}"},
        )
    ]
    assert status == [401, 200, 401, 401]


def test_the_session_before_the_login_is_not_the_session_after(locked: Locked) -> None:
    """Session fixation: an id that somebody planted in the browser is never taken over, and an old one ends."""
    planted = "musings_session=" + "A" * 43
    with browser(locked) as page:
        first = login(page, Cookie=planted)
        assert cookie_of(first)[0] != planted
        problem(page.get("/api/prompts", headers={"Cookie": planted}), 401)
        second = login(page)
        assert cookie_of(second)[0] != cookie_of(first)[0]
        assert first.json()["csrf"] != second.json()["csrf"]
        problem(page.get("/api/prompts", headers={"Cookie": cookie_of(first)[0]}), 401)
        assert page.get("/api/prompts", headers={"Cookie": cookie_of(second)[0]}).status_code == 200


def test_the_id_changes_while_it_is_used(locked: Locked) -> None:
    headers = locked.session()
    with locked.api.database.write() as connection:
        connection.execute(table.update().values(rotated_at=times.now() - timedelta(hours=2)))
    with browser(locked) as page:
        changed = page.get("/api/prompts", headers=headers)
        fresh, attributes = cookie_of(changed)
        assert fresh != headers["Cookie"]
        assert attributes["samesite"] == "Strict"
        beside = page.get("/api/artifacts", headers=headers)
        assert "Set-Cookie" not in beside.headers, "the old id is good for what is under way"
        again = page.post("/api/prompts", json={"prompt_text": "x"}, headers={**headers, "Cookie": fresh})
        assert again.status_code == 201


def test_a_form_of_another_site_changes_nothing(locked: Locked) -> None:
    """With the cookie and everything that a form can send; each of the three walls holds by itself."""
    full = locked.session()
    cookie = {"Cookie": full["Cookie"]}
    form = {"Content-Type": "text/plain", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    body = json.dumps({"prompt_text": "evil"}).encode()
    for headers in (
        {**cookie, **form},
        {**full, "Origin": "https://evil.example"},
        {**full, "Sec-Fetch-Site": "cross-site"},
        {**full, "Sec-Fetch-Site": "same-site"},
        {**full, "Origin": "null"},
        {**cookie, "Content-Type": "application/json"},
        {**full, "X-CSRF-Token": "A" * 43, "Content-Type": "application/json"},
        {**full, "X-CSRF-Token": "", "Content-Type": "application/json"},
        {**full, "X-CSRF-Token": "é".encode().decode("latin-1")},
    ):
        assert locked.api.raw("POST", "/api/prompts", headers, body)[0] == 403, headers
        assert locked.api.raw("POST", "/api/logout", headers)[0] == 403, headers
    json_body = {**full, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    assert locked.api.raw("POST", "/api/prompts", json_body, body)[0] == 201


def test_another_page_cannot_log_us_in(locked: Locked) -> None:
    body = json.dumps({"password": PASSWORD}).encode()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert locked.api.raw("POST", "/api/login", {**headers, "Content-Type": "application/json"}, body)[0] == 403
    assert locked.api.raw("POST", "/api/login", {"Content-Type": "text/plain"}, body)[0] == 415


def test_whoever_guesses_waits_longer_and_longer(tmp_path: Path, fresh_database: Path) -> None:
    seconds = [1000.0]
    with locked_api(tmp_path, fresh_database, lambda: seconds[0]) as locked, browser(locked) as page:
        for _ in range(rate_limits.FREE_TRIES - 1):
            assert problem(login(page, "not the password"), 401)["detail"] == "That is not the password."
        assert login(page).status_code == 200
        for _ in range(rate_limits.FREE_TRIES):
            problem(login(page, "not the password"), 401)
        for wait in (1, 2, 4):
            seconds[0] += 0.25
            held_up = login(page)
            assert "Too many passwords" in problem(held_up, 429)["detail"]
            assert int(held_up.headers["Retry-After"]) == wait
            assert page.get("/api/prompts").status_code == 200, "who is in stays in"
            seconds[0] += wait
            problem(login(page, "not the password"), 401)
        seconds[0] += 8
        assert login(page).status_code == 200


@pytest.mark.parametrize("body", [{}, {"password": ""}, {"password": "x" * 1001}, {"password": 7}, {"password": ["x"]}])
def test_what_is_no_password_is_refused_unread(locked: Locked, body: dict[str, object]) -> None:
    with browser(locked) as page:
        assert "x" * 50 not in problem(page.post("/api/login", json=body), 422)["detail"]


def test_without_a_password_nobody_logs_in(locked: Locked) -> None:
    locked.api.sqlite("DELETE FROM musings_owner")
    with browser(locked) as page:
        assert page.get("/api/session").json()["password_set"] is False
        assert "musings token password" in problem(login(page), 401)["detail"]


def test_a_database_that_is_gone_lets_nobody_in(locked: Locked) -> None:
    headers = locked.token("read")
    locked.api.sqlite("DROP TABLE musings_tokens")
    problem(locked.api.http.get("/api/prompts", headers=headers), 503)
    problem(locked.api.http.get("/api/prompts"), 401)


def test_answers_are_kept_by_nobody(locked: Locked) -> None:
    locked.artifact("image/1_x/a.png")
    read = locked.token("read")
    for path in ("/api/prompts", "/api/session", "/metrics", "/api/nothing"):
        assert locked.api.http.get(path, headers=read).headers["Cache-Control"] == "no-store"
    assert locked.api.http.get("/media/image/1_x/a.png", headers=read).headers["Cache-Control"].startswith("private")


def test_every_answer_protects_its_reader(locked: Locked) -> None:
    for host in ("studio.example", f"127.0.0.1:{locked.api.port}"):
        _, headers, _ = locked.api.raw("GET", "/", {"Host": host})
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert ("max-age" in (headers["Strict-Transport-Security"] or "")) is (host == "studio.example")


def test_writes_have_a_pace_of_their_own_for_each_client(locked: Locked) -> None:
    layer = locked.api.server.config.app.middleware_stack  # type: ignore[union-attr]
    while not isinstance(layer, AccessControl):
        layer = layer.app if hasattr(layer, "app") else layer._app
    layer._writes = TokenBuckets(at_once=3, per_second=0.01)
    one, other = locked.token("write"), locked.token("write")
    answers = [locked.api.http.post("/api/prompts", json={"prompt_text": "x"}, headers=one) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert "Too many changes" in problem(answers[3], 429)["detail"]
    assert int(answers[3].headers["Retry-After"]) > 1
    assert locked.api.http.post("/api/prompts", json={"prompt_text": "x"}, headers=other).status_code == 201
    assert locked.api.http.get("/api/session", headers=one).status_code == 200


def test_a_body_is_not_read_for_strangers(locked: Locked) -> None:
    answer = locked.api.raw("POST", "/api/prompts", {"Content-Type": "application/json"}, b"[" * 1_000_000)
    assert answer[0] == 401
    assert locked.api.raw("POST", "/api/prompts", locked.token("write"), b" " * 2_000_001)[0] == 413
