"""``musings feeds``."""

import json
from pathlib import Path

from musings.security import credentials
from musings.store.access import feeds
from musings.store.database import Database
from tests.musings.command_line import Run


def test_create_list_and_revoke(run: Run, database: Database) -> None:
    made = run("feeds", "create", "evening songs", "--kind", "music", "--json").json
    secret = made["atom"].rpartition("/")[2].removesuffix(".atom")
    found = database.reading(feeds.find, credentials.digest(secret))
    assert found is not None
    assert (found.name, found.kind, found.tag) == ("evening songs", "music", None)
    listed = run("feeds", "list").out
    assert "usable    music             evening songs  (never read)" in listed
    assert secret not in listed
    assert run("feeds", "revoke", str(made["id"])).out == "The feed 'evening songs' works no more.\n"
    assert database.reading(feeds.find, credentials.digest(secret)) is None
    assert run("feeds", "revoke", "99").code == 1


def test_the_addresses_are_shown_once(run: Run, database: Database) -> None:
    said = run("feeds", "create", "all")
    assert said.code == 0
    assert said.out.count("/feeds/mus_") == 3
    assert "they are not shown again" in said.out
    assert run("feeds", "create", "all").code == 1
    assert run("feeds", "create", " ").code == 2
    assert run("feeds", "create", "x", "--tag", "").code == 2
    assert run("feeds", "create", "x", "--kind", "musing", "--json").json["kind"] == "musing"


def test_the_addresses_are_those_of_the_server(run: Run, config: Path) -> None:
    document = json.loads(config.read_text())
    config.write_text(json.dumps({**document, "server": {"host": "::1", "port": 8123}}))
    assert "http://[::1]:8123/feeds/mus_" in run("feeds", "create", "all").out
