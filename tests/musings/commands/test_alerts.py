"""`musings alerts`: what is wrong, and whether the channels work."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.store.alerts import notices
from musings.store.alerts.notices import Notice
from musings.store.database import Database
from tests.musings.alerts.webhook import Webhook
from tests.musings.command_line import Run


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as made:
        yield made


def set_urls(config: Path, *urls: str) -> None:
    config.write_text(json.dumps({"alerts": {"urls": urls}}))


def test_a_trial_reaches_every_channel(run: Run, config: Path, webhook: Webhook) -> None:
    set_urls(config, webhook.url)
    said = run("alerts", "test")
    assert (said.code, said.out, said.err) == (0, "1:json: took the notice\n", "")
    assert webhook.titles == ["Musings: a trial"]


def test_a_channel_that_fails_is_named_without_its_address(run: Run, config: Path, webhook: Webhook) -> None:
    webhook.status = 500
    set_urls(config, webhook.url, "no-such-thing://s3cret")
    said = run("alerts", "test")
    assert said.code == 1
    assert said.out == "1:json: did not take it\n2:no-such-thing: is no address that Apprise knows\n"
    assert "s3cret" not in said.out + said.err
    assert run("alerts", "test", "--json").json == {"1:json": False, "2:no-such-thing": False}


def test_without_a_channel_it_says_what_to_set(run: Run, database: Database) -> None:
    said = run("alerts", "test")
    assert said.code == 2
    assert "MUSINGS_ALERTS__URLS" in said.err
    assert "No channel is set" in run("alerts").out


def test_what_is_open_and_what_waits(run: Run, config: Path, database: Database, webhook: Webhook) -> None:
    set_urls(config, webhook.url)
    assert run("alerts").out == "Nothing is wrong.\n"
    database.writing(notices.begin, "disk", Notice("The disk is nearly full", "0.1 GB left.", "failure"), ["1:json"])
    said = run("alerts", "list").out.splitlines()
    assert "UTC: The disk is nearly full. 0.1 GB left." in said[0]
    assert said[1] == "Not delivered yet to 1:json (0 tries): The disk is nearly full"
    found = run("alerts", "--json").json
    assert [each["key"] for each in found["open"]] == ["disk"]
    assert found["waiting"] == [{"title": "The disk is nearly full", "left": ["1:json"], "tries": 0}]
