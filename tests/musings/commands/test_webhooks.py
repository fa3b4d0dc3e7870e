"""webhooks: as an owner types it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.store.database import Database
from musings.store.queue import cancellation
from tests.musings.alerts.webhook import Webhook as Channel
from tests.musings.commands.conftest import Run
from tests.musings.store.adding import add
from tests.musings.webhooks.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "poets_cron_config.json"
    file.write_text(json.dumps({"server": {"port": 0}, "webhooks": {"allowed_hosts": ["127.0.0.1"]}}))
    return file


def test_its_secret_is_shown_and_verifies_what_comes(run: Run, receiver: Receiver, config: Path) -> None:
    said = run("webhooks", "add", "n8n", receiver.url)
    assert said.code == 0, said.err
    secret = said.out.splitlines()[0]
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]{44}", secret)
    assert run("webhooks", "secret", "n8n").out.strip() == secret
    assert run("webhooks", "test", "n8n").out == "n8n took the message\n"
    assert receiver.received[0].verified(secret)["type"] == "webhook.test"
    assert secret.encode() not in (config.parent / "musings.db").read_bytes()
    assert run("webhooks", "secret", "n8n", "--new").out.strip() != secret


def test_a_channel_is_told_and_has_no_secret(run: Run, config: Path) -> None:
    with Channel() as channel:
        config.write_text(json.dumps({"server": {"port": 0}, "alerts": {"urls": [channel.url]}}))
        said = run("webhooks", "add", "phone", "channel:1", "--event", "completed")
        assert (said.code, said.out) == (0, "'phone' is told from now on, by the channel 1:json.\n")
        assert run("webhooks", "list").out == "phone  channel:1:json  completed\n"
        assert run("webhooks", "test", "phone").out == "phone took the message\n"
        assert channel.posts[0]["title"] == "Musings reaches you here"


def test_a_test_that_is_not_taken_ends_with_one(run: Run, receiver: Receiver) -> None:
    run("webhooks", "add", "n8n", receiver.url)
    receiver.status = 500
    said = run("webhooks", "test", "n8n")
    assert (said.code, said.out) == (1, "n8n did not take it: it answered 500\n")
    assert json.loads(run("webhooks", "test", "n8n", "--json").out)["state"] == "waiting"


def test_they_are_listed_switched_off_and_removed(run: Run, receiver: Receiver) -> None:
    assert run("webhooks", "list").out == "No webhooks.\n"
    run("webhooks", "add", "n8n", receiver.url, "--event", "failed", "--kind", "image", "--kind", "video")
    assert run("webhooks", "list").out == f"n8n  {receiver.url}  failed of image+video\n"
    assert run("webhooks", "disable", "n8n").code == 0
    assert run("webhooks", "list").out.endswith("OFF: Switched off by hand.\n")
    assert run("webhooks", "enable", "n8n").code == 0
    [listed] = run("webhooks", "--json", "list").json["items"]
    assert (listed["enabled"], listed["kinds"]) == (True, ["image", "video"])
    assert "secret" not in listed
    assert run("webhooks", "remove", "n8n").code == 0
    assert run("webhooks", "remove", "n8n").code == 1


def test_the_log_says_what_was_told_and_one_is_sent_again(run: Run, receiver: Receiver, database: Database) -> None:
    assert run("webhooks", "deliveries").out == "Nothing was told yet.\n"
    run("webhooks", "add", "n8n", receiver.url)
    made = add(database)
    database.writing(cancellation.cancel, made.id)
    listed = run("webhooks", "deliveries").out
    assert f"waiting    n8n  prompt.cancelled of prompt {made.id}  (0 tries" in listed
    found = run("webhooks", "deliveries", "n8n", "--state", "waiting", "--json").json["items"]
    assert [each["prompt_id"] for each in found] == [made.id]
    assert run("webhooks", "redeliver", str(found[0]["id"])).code == 0
    assert run("webhooks", "redeliver", "99").code == 1
    database.writing(cancellation.cancel, add(database).id)
    page = run("webhooks", "deliveries", "--limit", "1").out
    assert re.search(r"More: --cursor \d+\n$", page)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "n8n", "http://192.168.1.5/"), 2, "MUSINGS_WEBHOOKS__ALLOWED_HOSTS"),
        (("add", "", "https://example.org/"), 2, "printable"),
        (("secret", "nobody"), 1, "There is no webhook 'nobody'"),
        (("deliveries", "nobody"), 1, "There is no webhook 'nobody'"),
    ],
)
def test_wrong_words_are_said(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    found = run("webhooks", *words)
    assert found.code == code
    assert said in found.err
