"""``/api/push``: a browser asks to be told, is told, and asks no more; over real HTTP, with a push service."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.store.webhooks import endpoints
from musings.webhooks.duty import post_of
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.api.entering import locked_api
from tests.musings.webhooks.browser import PretendBrowser
from tests.musings.webhooks.push_service import PushService

HERE = {"webhooks": {"allowed_hosts": ["127.0.0.1"]}}


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as made:
        yield made


@pytest.fixture
def api(make_settings: MakeSettings, fresh_database: Path) -> Iterator[Api]:
    with serving(make_settings(server={"port": 0}, **HERE), fresh_database) as served:
        yield served


def test_from_the_asking_to_the_end(api: Api, service: PushService) -> None:
    browser = PretendBrowser()
    state = api.http.get("/api/push").json()
    assert state["enabled"]
    assert len(state["public_key"]) == 87
    answer = api.http.post("/api/push/subscriptions", json=browser.subscription(service.url))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["events"] == ["prompt.completed", "prompt.failed"]
    assert api.http.get("/api/webhooks").json()["items"] == [], "it is no program"

    tested = api.http.post(f"/api/push/subscriptions/{made['id']}/test").json()
    assert tested == {"delivered": True, "error": None}
    assert json.loads(browser.read(service.received[0][1]))["title"] == "Musings reaches you here"

    prompt = api.submit("a fox in the snow")
    api.sqlite("UPDATE prompts SET status = 'failed' WHERE id = ?", prompt["id"])
    assert post_of(api.settings, api.database).deliver() == {"taken": 1, "left": 0}
    said = json.loads(browser.read(service.received[1][1]))
    assert (said["body"], said["url"]) == ("a fox in the snow", f"/prompts/{prompt['id']}")

    assert api.http.delete(f"/api/push/subscriptions/{made['id']}").status_code == 204
    problem(api.http.delete(f"/api/push/subscriptions/{made['id']}"), 404)
    assert api.database.reading(endpoints.listing) == []


def test_one_that_has_gone_is_said_so_and_forgotten(api: Api, service: PushService) -> None:
    made = api.http.post("/api/push/subscriptions", json=PretendBrowser().subscription(service.url)).json()
    service.status = 410
    tested = api.http.post(f"/api/push/subscriptions/{made['id']}/test").json()
    assert not tested["delivered"]
    assert "told no more" in tested["error"]
    problem(api.http.post(f"/api/push/subscriptions/{made['id']}/test"), 404)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"endpoint": "http://10.0.0.1/x"}, "url"),
        ({"endpoint": "ftp://push.example.org/"}, "url"),
        ({"keys": {"p256dh": "x", "auth": "y"}}, "keys.p256dh"),
    ],
)
def test_what_cannot_be_told_is_refused(api: Api, change: dict[str, object], where: str) -> None:
    body = {**PretendBrowser().subscription("https://push.example.org/1"), **change}
    told = problem(api.http.post("/api/push/subscriptions", json=body), 422)
    assert where in json.dumps(told)


def test_without_an_exception_it_must_be_https(make_settings: MakeSettings, fresh_database: Path) -> None:
    with serving(make_settings(server={"port": 0}), fresh_database) as api:
        body = PretendBrowser().subscription("http://push.example.org/1")
        assert "https://" in json.dumps(problem(api.http.post("/api/push/subscriptions", json=body), 422))
        body = PretendBrowser().subscription("https://push.example.org/1")
        assert api.http.post("/api/push/subscriptions", json=body).status_code == 201


def test_it_can_be_switched_off(make_settings: MakeSettings, fresh_database: Path) -> None:
    with serving(make_settings(server={"port": 0}, push={"enabled": False}), fresh_database) as api:
        assert api.http.get("/api/push").json() == {"enabled": False, "public_key": None}
        body = PretendBrowser().subscription("https://push.example.org/1")
        problem(api.http.post("/api/push/subscriptions", json=body), 409)


def test_that_of_another_token_is_none_of_yours(tmp_path: Path, fresh_database: Path) -> None:
    with locked_api(tmp_path, fresh_database, more=HERE) as house:
        mine, other = house.token("read"), house.token("read", "write")
        body = PretendBrowser().subscription("https://push.example.org/1")
        made = house.api.http.post("/api/push/subscriptions", json=body, headers=mine).json()
        problem(house.api.http.delete(f"/api/push/subscriptions/{made['id']}", headers=other), 404)
        problem(house.api.http.post(f"/api/push/subscriptions/{made['id']}/test", headers=other), 404)
        assert house.api.http.delete(f"/api/push/subscriptions/{made['id']}", headers=mine).status_code == 204
