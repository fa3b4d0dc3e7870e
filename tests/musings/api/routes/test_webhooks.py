"""``/api/webhooks``: made with its secret shown once, tested, switched off, and its log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.store.queue import cancellation
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.webhooks.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def api(make_settings: MakeSettings, fresh_database: Path) -> Iterator[Api]:
    settings = make_settings(server={"port": 0}, webhooks={"allowed_hosts": ["127.0.0.1"]})
    with serving(settings, fresh_database) as served:
        yield served


def test_one_is_made_tested_changed_and_removed(api: Api, receiver: Receiver) -> None:
    answer = api.http.post("/api/webhooks", json={"name": "n8n", "url": receiver.url, "kinds": ["image"]})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["events"] == ["prompt.completed", "prompt.failed", "prompt.cancelled"]
    assert (made["kinds"], made["enabled"]) == (["image"], True)
    [listed] = api.http.get("/api/webhooks").json()["items"]
    assert listed == {key: value for key, value in made.items() if key != "secret"}

    tested = api.http.post(f"/api/webhooks/{made['id']}/test").json()
    assert (tested["state"], tested["event"]) == ("delivered", "webhook.test")
    assert [each["status_code"] for each in tested["tries"]] == [200]
    assert receiver.received[0].verified(made["secret"])["type"] == "webhook.test"

    changed = api.http.post(f"/api/webhooks/{made['id']}/new-secret").json()
    assert changed["secret"] != made["secret"]
    off = api.http.patch(f"/api/webhooks/{made['id']}", json={"enabled": False}).json()
    assert (off["enabled"], off["disabled_reason"]) == (False, "Switched off by hand.")
    assert api.http.patch(f"/api/webhooks/{made['id']}", json={"enabled": True}).json()["enabled"]
    assert api.http.delete(f"/api/webhooks/{made['id']}").status_code == 204
    assert api.http.get("/api/webhooks").json()["items"] == []
    problem(api.http.delete(f"/api/webhooks/{made['id']}"), 404)


def test_a_test_that_is_not_taken_says_why(api: Api, receiver: Receiver) -> None:
    made = api.http.post("/api/webhooks", json={"name": "n8n", "url": receiver.url}).json()
    receiver.status = 418
    tested = api.http.post(f"/api/webhooks/{made['id']}/test").json()
    assert (tested["state"], tested["tries"][0]["error"]) == ("waiting", "it answered 418")
    problem(api.http.post("/api/webhooks/99/test"), 404)


def test_the_log_is_listed_and_one_is_sent_again(api: Api, receiver: Receiver) -> None:
    made = api.http.post("/api/webhooks", json={"name": "n8n", "url": receiver.url}).json()
    ended = [api.submit()["id"] for _ in range(3)]
    for each in ended:
        api.database.writing(cancellation.cancel, each)
    page = api.http.get("/api/webhook-deliveries?limit=2").json()
    assert [each["prompt_id"] for each in page["items"]] == ended[:0:-1]
    rest = api.http.get(f"/api/webhook-deliveries?limit=2&cursor={page['next_cursor']}").json()
    assert ([each["prompt_id"] for each in rest["items"]], rest["next_cursor"]) == (ended[:1], None)
    assert len(api.http.get(f"/api/webhook-deliveries?webhook={made['id']}&state=waiting").json()["items"]) == 3
    assert api.http.get("/api/webhook-deliveries?state=failed").json()["items"] == []
    again = api.http.post(f"/api/webhook-deliveries/{rest['items'][0]['id']}/redeliver").json()
    assert (again["state"], again["message_id"]) == ("waiting", rest["items"][0]["message_id"])
    problem(api.http.post("/api/webhook-deliveries/99/redeliver"), 404)
    problem(api.http.get("/api/webhook-deliveries?state=odd"), 422)
    problem(api.http.get("/api/webhook-deliveries?cursor=x"), 422)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"name": "a", "url": "http://192.168.1.5/"}, "url"),
        ({"name": "a", "url": "ftp://example.org/"}, "url"),
        ({"name": "", "url": "https://example.org/"}, "name"),
        ({"name": " a", "url": "https://example.org/"}, "name"),
        ({"name": "a", "url": "https://example.org/", "events": ["prompt.begun"]}, "events.0"),
        ({"name": "a", "url": "https://example.org/", "kinds": ["smell"]}, "kinds.0"),
        ({"name": "a", "url": "https://example.org/", "secret": "x"}, "secret"),
        ({"name": "a"}, "url"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_place(api: Api, body: dict[str, object], where: str) -> None:
    found = problem(api.http.post("/api/webhooks", json=body), 422)
    assert [each["where"].removeprefix("body.") for each in found["errors"]] == [where]


def test_a_name_is_taken_once(api: Api) -> None:
    body = {"name": "n8n", "url": "https://example.org/"}
    assert api.http.post("/api/webhooks", json=body).status_code == 201
    problem(api.http.post("/api/webhooks", json=body), 409)


def test_switched_off_nothing_is_sent_again(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, webhooks={"enabled": False})
    with serving(settings, fresh_database) as api:
        assert "switched off" in problem(api.http.post("/api/webhook-deliveries/1/redeliver"), 409)["detail"]
