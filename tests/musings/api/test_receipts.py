"""What the answers hold for who may not read: each change of the OpenAPI document, done and looked through."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from musings.makers.base import Context
from musings.models import ArtifactType, Job, Kind, MadeFile, Outcome, Writing
from musings.store.access import tokens
from musings.store.gallery import presets, trash
from musings.store.queue import claims
from musings.store.webhooks import deliveries, endpoints, subscriptions
from musings.store.writings import search
from musings.worker.attempt import process
from musings.worker.context import AttemptContext
from musings.worker.workshop import Workshop
from tests.doubles import Double, pipelines_of
from tests.musings.api.entering import Locked, locked_api
from tests.musings.webhooks.browser import PretendBrowser

SECRET = "zq1secret"
"""In every text that a row holds; no request of these tests has it."""
OWN = "these are my own words"
FILE = {"files": {"file": ("own.txt", b"no picture", "text/plain")}}
GRAPH = {
    "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "x"}},
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
}


def told(job: Job, context: Context) -> Outcome:
    path = job.directory / f"{SECRET}.md"
    path.write_text(SECRET)
    context.log(SECRET)
    writing = Writing(f"{SECRET} title", f"{SECRET} words", SECRET, mood=SECRET)
    return Outcome((MadeFile(path, ArtifactType.TEXT, {"prompt": SECRET}),), "double", writing)


@dataclass
class House:
    """A locked server whose rows all hold the secret."""

    locked: Locked

    def made(self, status: str = "completed") -> int:
        """A prompt that was made, with a writing, an artifact, an attempt and a log, and then was given a status."""
        api = self.locked.api
        sent = api.http.post("/api/prompts", json=self.words(), headers=self.locked.token("read", "write")).json()
        api.sqlite("UPDATE prompts SET status = 'cancelled' WHERE status = 'pending' AND id <> ?", sent["id"])
        prompt = api.database.writing(claims.claim, [Kind.TEXT])
        assert prompt is not None
        workshop = Workshop(api.database, api.media_root, pipelines_of(Double(told)), 3, 0.01, threading.Event())
        process(workshop, prompt, AttemptContext(api.database, prompt, 30))
        api.sqlite("UPDATE prompts SET status = ?, error_message = ? WHERE id = ?", status, SECRET, prompt.id)
        return prompt.id

    def words(self) -> dict[str, Any]:
        return {"prompt_text": SECRET, "prompt_type": "poem", "metadata": {"of": SECRET}, "config_name": SECRET}

    def discarded(self) -> int:
        prompt_id = self.made()
        self.locked.api.database.writing(trash.discard, prompt_id)
        return prompt_id

    def writing(self) -> int:
        prompt_id = self.made()
        with self.locked.api.database.read() as connection:
            found: int = connection.exec_driver_sql(
                "SELECT output_reference FROM prompts WHERE id = ?", (prompt_id,)
            ).scalar_one()
        self.locked.api.database.writing(search.set_tags, found, [SECRET])
        return found

    def webhook(self) -> int:
        """One that leads nowhere: an address of this machine is refused before anything is sent."""
        database = self.locked.api.database
        return database.writing(endpoints.add, uuid.uuid4().hex, "http://127.0.0.1:9/", endpoints.ENDINGS, []).id

    def subscription(self) -> int:
        keys, nobody = PretendBrowser().keys, subscriptions.Subscriber()
        keep = subscriptions.keep
        return self.locked.api.database.writing(keep, "https://127.0.0.1:9/", keys, nobody, endpoints.ENDINGS, []).id

    def delivery(self) -> int:
        self.webhook()
        self.locked.api.sqlite("UPDATE prompts SET status = 'failed' WHERE id = ?", self.made())
        return self.locked.api.database.reading(deliveries.listing, 1).items[0].id

    def musing(self, *acts: str) -> int:
        """A run of a chain to which these things were done."""
        http, headers = self.locked.api.http, self.locked.token("read", "write")
        found: int = http.post("/api/musings", json={"chain": "musing", "idea": SECRET}, headers=headers).json()["id"]
        for act in acts:
            assert http.post(f"/api/musings/{found}/{act}", headers=headers).status_code == 200
        return found

    def made_musing(self) -> int:
        """One of which something is done."""
        api, found = self.locked.api, self.musing()
        headers = self.locked.token("read")
        [poem] = api.http.get(f"/api/musings/{found}", headers=headers).json()["steps"][0]["prompt_ids"]
        api.sqlite("UPDATE prompts SET status = 'completed' WHERE id = ?", poem)
        return found

    def chain(self) -> str:
        headers = self.locked.token("read", "admin")
        assert self.locked.api.http.post("/api/chains", json=CHAIN, headers=headers).status_code < 300
        return "own"

    def feed(self) -> int:
        headers = self.locked.token("read", "admin")
        body = {"name": uuid.uuid4().hex}
        found: int = self.locked.api.http.post("/api/feeds", json=body, headers=headers).json()["id"]
        return found

    def no_token(self, name: str) -> str:
        """Room for a token of that name."""
        self.locked.api.sqlite("DELETE FROM musings_tokens WHERE name = ?", name)
        return ""

    def token(self) -> int:
        return self.locked.api.database.writing(
            tokens.add, f"{SECRET} {uuid.uuid4()}", uuid.uuid4().hex, ["read"], None
        ).id

    def schedule(self) -> int:
        headers = self.locked.token("read", "admin")
        body = schedule(uuid.uuid4().hex, SECRET)
        found: int = self.locked.api.http.post("/api/schedules", json=body, headers=headers).json()["id"]
        return found

    def preset(self) -> str:
        """The workflow that has the preset which the path names."""
        keep = partial(presets.keep, workflow="sketch-image", name="{preset}", values={"of": SECRET}, version=None)
        self.locked.api.database.writing(keep)
        return "sketch-image"

    def artifact(self) -> int:
        prompt_id = self.made()
        with self.locked.api.database.read() as connection:
            found: int = connection.exec_driver_sql(
                "SELECT id FROM prompt_artifacts WHERE prompt_id = ?", (prompt_id,)
            ).scalar_one()
        return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[House]:
    with locked_api(tmp_path_factory.mktemp("locked"), fresh_database) as found:
        yield House(found)


def schedule(name: str, words: str) -> dict[str, Any]:
    return {"name": name, "rule": "FREQ=DAILY", "prompt": {"prompt_text": words}}


CHAIN = {"chain": {"format": 1, "name": "own", "steps": [{"name": "poem", "kind": "text", "prompt": "{{idea}}"}]}}
Made = Callable[[House], str]
Sent = dict[str, Any]
CHANGES: dict[tuple[str, str], tuple[Made, Sent]] = {
    ("POST", "/api/prompts"): (lambda _: "", {"json": {"prompt_text": OWN}}),
    ("PATCH", "/api/prompts/{prompt_id}"): (lambda h: str(h.made()), {"json": {}}),
    ("DELETE", "/api/prompts/{prompt_id}"): (lambda h: str(h.made()), {}),
    ("POST", "/api/prompts/{prompt_id}/cancel"): (lambda h: str(h.made("pending")), {}),
    ("POST", "/api/prompts/{prompt_id}/retry"): (lambda h: str(h.made("failed")), {}),
    ("POST", "/api/prompts/{prompt_id}/reproduce"): (lambda h: str(h.made()), {}),
    ("POST", "/api/prompts/{prompt_id}/restore"): (lambda h: str(h.discarded()), {}),
    ("POST", "/api/uploads"): (lambda _: "", FILE),
    ("POST", "/api/artifacts/{artifact_id}/share"): (lambda h: str(h.artifact()), {"json": {}}),
    ("POST", "/api/queue/pause"): (lambda h: str(h.made("processing")), {}),
    ("POST", "/api/queue/resume"): (lambda h: str(h.made("processing")), {}),
    ("POST", "/api/workflows"): (lambda _: "", {"json": {"name": "own.json", "workflow": GRAPH}}),
    ("POST", "/api/workflow-files/inspect"): (lambda _: "", {"json": {"name": "own.json", "workflow": GRAPH}}),
    ("POST", "/api/workflow-files/try"): (lambda _: "", {"files": {"file": ("own.json", json.dumps(GRAPH))}}),
    ("DELETE", "/api/workflows/{name}"): (lambda _: "own", {}),
    ("PUT", "/api/workflows/{name}/default"): (lambda _: "sketch-image", {}),
    ("PUT", "/api/workflows/{name}/presets/{preset}"): (lambda h: h.preset(), {"json": {"values": {"width": 64}}}),
    ("DELETE", "/api/workflows/{name}/presets/{preset}"): (lambda h: h.preset(), {}),
    ("PUT", "/api/writings/{writing_id}/tags"): (lambda h: str(h.writing()), {"json": {"tags": ["mine"]}}),
    ("POST", "/api/webhooks"): (lambda _: "", {"json": {"name": "n8n", "url": "https://example.org/"}}),
    ("PATCH", "/api/webhooks/{webhook_id}"): (lambda h: str(h.webhook()), {"json": {"enabled": False}}),
    ("DELETE", "/api/webhooks/{webhook_id}"): (lambda h: str(h.webhook()), {}),
    ("POST", "/api/webhooks/{webhook_id}/test"): (lambda h: str(h.webhook()), {}),
    ("POST", "/api/webhooks/{webhook_id}/new-secret"): (lambda h: str(h.webhook()), {}),
    ("POST", "/api/webhook-deliveries/{delivery_id}/redeliver"): (lambda h: str(h.delivery()), {}),
    ("POST", "/api/push/subscriptions"): (
        lambda _: "",
        {"json": PretendBrowser().subscription("https://push.example.org/1")},
    ),
    ("DELETE", "/api/push/subscriptions/{subscription_id}"): (lambda h: str(h.subscription()), {}),
    ("POST", "/api/push/subscriptions/{subscription_id}/test"): (lambda h: str(h.subscription()), {}),
    ("POST", "/api/chains"): (lambda _: "", {"json": CHAIN}),
    ("POST", "/api/chain-files/check"): (lambda _: "", {"json": CHAIN}),
    ("DELETE", "/api/chains/{name}"): (lambda h: h.chain(), {}),
    ("POST", "/api/musings"): (lambda _: "", {"json": {"chain": "musing", "idea": OWN}}),
    ("PATCH", "/api/musings/{musing_id}"): (lambda h: str(h.musing()), {"json": {"priority": 3}}),
    ("POST", "/api/musings/{musing_id}/cancel"): (lambda h: str(h.musing()), {}),
    ("POST", "/api/musings/{musing_id}/pause"): (lambda h: str(h.musing()), {}),
    ("POST", "/api/musings/{musing_id}/resume"): (lambda h: str(h.musing("pause")), {}),
    ("POST", "/api/musings/{musing_id}/retry"): (lambda h: str(h.musing("cancel")), {}),
    ("POST", "/api/musings/{musing_id}/gates/{step}"): (
        lambda h: str(h.musing()),
        {"json": {"action": "approve"}},
    ),
    ("POST", "/api/musings/{musing_id}/share"): (lambda h: str(h.made_musing()), {"json": {}}),
    ("POST", "/api/schedules"): (lambda _: "", {"json": schedule("own", OWN)}),
    ("PATCH", "/api/schedules/{schedule_id}"): (lambda h: str(h.schedule()), {"json": {"enabled": False}}),
    ("DELETE", "/api/schedules/{schedule_id}"): (lambda h: str(h.schedule()), {}),
    ("POST", "/api/schedules/{schedule_id}/run"): (lambda h: str(h.schedule()), {}),
    ("POST", "/api/feeds"): (lambda _: "", {"json": {"name": "everything"}}),
    ("DELETE", "/api/feeds/{feed_id}"): (lambda h: str(h.feed()), {}),
    ("POST", "/api/tokens"): (lambda h: h.no_token("own"), {"json": {"name": "own", "scopes": ["admin"]}}),
    ("DELETE", "/api/tokens/{token_id}"): (lambda h: str(h.token()), {}),
    ("POST", "/api/login"): (lambda _: "", {"json": {"password": "not the password"}}),
    ("POST", "/api/logout"): (lambda _: "", {}),
}
REFUSED = {"/api/uploads": 422, "/api/login": 401, "/api/musings/{musing_id}/gates/{step}": 404}
"""Those that no token makes succeed here, by what they say then."""


def operations(house: House) -> list[tuple[str, str]]:
    document = house.locked.api.http.get("/openapi.json", headers=house.locked.token("read")).json()
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


def asks_for_read(path: str) -> bool:
    """Who shows files to others, has others told of prompts or a clock ask for them, must be one who may see them."""
    others = ("/api/webhook", "/api/feed", "/api/token", "/api/push", "/api/schedules")
    return path.endswith("/share") or path.startswith(others)


def ask(house: House, method: str, path: str, scopes: tuple[str, ...], query: str = "") -> httpx.Response:
    make, sent = CHANGES[method, path]
    before, brace, rest = path.partition("{")
    url = before + (make(house) + rest.partition("}")[2] if brace else "")
    if not brace:
        make(house)
    return house.locked.api.http.request(method, url + query, headers=house.locked.token(*scopes), **sent)


def test_every_change_is_looked_at(house: House) -> None:
    assert {each for each in operations(house) if each[0] not in ("GET", "HEAD")} == set(CHANGES)


@pytest.mark.parametrize(("method", "path"), CHANGES)
@pytest.mark.parametrize("scopes", [("write",), ("admin",), ("write", "admin"), ()], ids=" and ".join)
def test_who_may_not_read_is_told_no_word_of_what_is_kept(
    house: House, method: str, path: str, scopes: tuple[str, ...]
) -> None:
    answer = ask(house, method, path, scopes)
    assert SECRET not in answer.text + str(answer.headers)
    assert answer.status_code < 300 or answer.status_code in (401, 403, REFUSED.get(path)), answer.text
    if set(scopes) >= {"write", "admin"} and not asks_for_read(path) and path not in REFUSED:
        assert answer.status_code < 300, answer.text


def test_what_is_kept_by_a_reader_is_found_in_these_answers(house: House) -> None:
    """Or the test above would look for what is never there."""
    shown = {path for method, path in CHANGES if SECRET in ask(house, method, path, ("read", "write", "admin")).text}
    assert shown == {
        "/api/prompts/{prompt_id}", "/api/prompts/{prompt_id}/cancel", "/api/prompts/{prompt_id}/retry",
        "/api/prompts/{prompt_id}/reproduce", "/api/prompts/{prompt_id}/restore", "/api/queue/pause",
        "/api/artifacts/{artifact_id}/share", "/api/queue/resume", "/api/musings/{musing_id}",
        "/api/musings/{musing_id}/cancel", "/api/musings/{musing_id}/pause", "/api/musings/{musing_id}/resume",
        "/api/musings/{musing_id}/retry", "/api/schedules/{schedule_id}",
    }  # fmt: skip


def test_every_look_needs_to_be_let_in(house: House) -> None:
    """Or holds nothing of what is kept."""
    house.made("failed")
    for method, path in operations(house):
        if method != "GET" or path == "/api/events":
            continue
        url = path.format(
            prompt_id=house.made(), artifact_id=house.artifact(), writing_id=house.writing(), name="sketch-image",
            file_path="text/1_x/a.md", ref="upload:" + "0" * 64, musing_id=house.musing(), address="x.atom",
            secret="x", file="1.png", schedule_id=house.schedule(),
        )  # fmt: skip
        for scopes in (("write", "admin"), ()):
            answer = house.locked.api.http.get(url, headers=house.locked.token(*scopes))
            assert SECRET not in answer.text + str(answer.headers), path
            is_open = path in ("/api/session", "/health", "/healthz", "/readyz") or path.startswith("/feeds/")
            assert answer.status_code == 403 or is_open, path


def test_the_same_key_again_tells_no_more_than_the_first_time(house: House) -> None:
    headers = house.locked.token("write") | {"Idempotency-Key": "once"}
    for status in (201, 200):
        answer = house.locked.api.http.post("/api/prompts", json={"prompt_text": OWN}, headers=headers)
        assert answer.status_code == status
        assert set(answer.json()) == {"id", "status", "created_at"}


def test_who_may_not_read_may_wait_for_the_end_and_learns_how_it_ended(house: House) -> None:
    answer = ask(house, "POST", "/api/prompts", ("write",), "?wait=1")
    assert answer.status_code == 201
    assert answer.json()["status"] == "pending"
    assert set(answer.json()) == {"id", "status", "created_at"}


def test_a_dry_run_tells_who_may_not_read_whether_it_would_be_taken(house: House) -> None:
    assert set(ask(house, "POST", "/api/prompts", ("write",), "?validate=true").json()) == {"ok", "problems"}
    full = ask(house, "POST", "/api/prompts", ("read", "write"), "?validate=true").json()
    assert set(full) == {"ok", "problems", "would_run_on", "estimate"}


def test_who_shares_a_file_must_be_one_who_may_see_it(house: House) -> None:
    path = "/api/artifacts/{artifact_id}/share"
    refused = ask(house, "POST", path, ("write",))
    assert refused.status_code == 403
    assert "needs the scope read and write" in refused.json()["detail"]
    assert ask(house, "POST", path, ("read",)).status_code == 403
    assert ask(house, "POST", path, ("read", "write")).status_code == 200
