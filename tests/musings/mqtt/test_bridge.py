"""The bridge between a real database and a real mosquitto, with a real paho as the home."""

import gc
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import UnreachableError
from musings.mqtt import standing
from musings.mqtt.bridge import Bridge, bridged
from musings.mqtt.client import Arrived, BrokerClient
from musings.mqtt.commands import Commands, GivenCommand
from musings.mqtt.probe import require_broker
from musings.requests.stored_makers import makers_of
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.queue import pause
from tests.fakes.broker import Broker, Home, broker_in, home_of, needs_broker
from tests.musings.command_line import running
from tests.musings.mqtt.conftest import BASE, bridge_of, with_broker
from tests.musings.store.adding import add, in_status, shell
from tests.waiting import until

pytestmark = needs_broker
STATE, AVAILABILITY = f"{BASE}/state", f"{BASE}/availability"
WAIT = 180.0


def prompts(database: Database) -> list[str]:
    """The words of all prompts, oldest first."""
    found = database.reading(lists.listing, lists.PromptFilter(), 200, None).items
    return [each.prompt_text for each in reversed(found)]


def online(home: Home) -> None:
    until(lambda: home.value(AVAILABILITY) == b"online", WAIT)


def test_the_house_is_published_and_follows_what_happens(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    with bridge_of(with_broker(settings, broker), database):
        online(home)
        assert home.json(STATE)["state"] == "idle"
        assert home.json("homeassistant/device/musings/config")["origin"]["name"] == "Musings"
        add(database, "a wren")
        in_status(database, "failed")
        until(lambda: home.json(STATE)["pending"] == 1, WAIT)
        shell(database, "UPDATE prompts SET completed_at = datetime('now') WHERE status = 'failed'")
        until(lambda: home.json(STATE)["failed_today"] == 1, WAIT)
        assert home.json(STATE)["state"] == "stopped"
    until(lambda: home.value(AVAILABILITY) == b"offline", WAIT)


def test_words_and_the_chosen_kind_make_a_prompt(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    with bridge_of(with_broker(settings, broker), database):
        online(home)
        assert home.value(f"{BASE}/kind") == b"image"
        home.say(f"{BASE}/kind/set", "text")
        until(lambda: home.value(f"{BASE}/kind") == b"text", WAIT)
        home.say(f"{BASE}/make/set", "a lamp at sea")
        until(lambda: prompts(database) == ["a lamp at sea"], WAIT)
        # The field is emptied once more, so that the same words can be sent again.
        until(lambda: home.heard[f"{BASE}/make"].count(b"") >= 2, WAIT)
        home.say(f"{BASE}/make/set", "a lamp at sea")
        until(lambda: len(prompts(database)) == 2, WAIT)
    [made, _] = database.reading(lists.listing, lists.PromptFilter(), 2, None).items
    assert (made.prompt_type, made.instructions.owner) == ("text", "mqtt")


def test_the_kind_is_the_same_after_a_restart(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    with bridge_of(with_broker(settings, broker), database):
        online(home)
        home.say(f"{BASE}/kind/set", "music")
        until(lambda: home.value(f"{BASE}/kind") == b"music", WAIT)
    with bridge_of(with_broker(settings, broker), database):
        until(lambda: home.heard[AVAILABILITY][-2:] == [b"offline", b"online"], WAIT)
        assert home.value(f"{BASE}/kind") == b"music"


def test_the_buttons(settings: Settings, database: Database, broker: Broker, home: Home) -> None:
    failed = in_status(database, "failed")
    with bridge_of(with_broker(settings, broker), database):
        online(home)
        home.say(f"{BASE}/pause/set")
        until(lambda: home.json(STATE)["paused"], WAIT)
        assert database.reading(pause.is_paused)
        home.say(f"{BASE}/resume/set")
        until(lambda: not home.json(STATE)["paused"], WAIT)
        home.say(f"{BASE}/retry/set")
        until(lambda: home.json(STATE)["pending"] == 1, WAIT)
    assert database.reading(lists.listing, lists.PromptFilter(statuses=["pending"]), 5, None).items[0].id == failed.id


def test_what_cannot_be_done_is_answered_in_words(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    said = {
        b"   ": "prompt_text: is empty",
        b"\xff\xfe": "is not UTF-8 text",
        b'{"prompt_text": "a", "prompt_typ": "text"}': "did you mean prompt_type?",
        b'{"prompt_text": ': "begins as JSON and is none",
    }
    with bridge_of(with_broker(settings, broker), database):
        online(home)
        for payload, words in said.items():
            home.say(f"{BASE}/make/set", payload)
            until(lambda words=words: words in home.json(f"{BASE}/error").get("error", ""), WAIT)  # type: ignore[misc]
        home.say(f"{BASE}/dance/set")
        until(lambda: "is no command" in home.json(f"{BASE}/error")["error"], WAIT)
        home.say(f"{BASE}/kind/set", "smell")
        until(lambda: "'smell' is no kind" in home.json(f"{BASE}/error")["error"], WAIT)
        home.say(f"{BASE}/make/set", "and it still works")
        until(lambda: prompts(database) == ["and it still works"], WAIT)
    with home_of(broker) as later:
        until(lambda: later.value(STATE), WAIT)
        assert later.value(f"{BASE}/error") == b""


def test_a_retained_command_is_refused_at_every_start(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    home.say(f"{BASE}/make/set", "again and again", retain=True)
    with bridge_of(with_broker(settings, broker), database):
        until(lambda: "retained" in home.json(f"{BASE}/error").get("error", ""), WAIT)
        online(home)
    assert prompts(database) == []


def test_a_broker_that_dies_is_found_again_and_told_everything(
    settings: Settings, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with broker_in(tmp_path_factory.mktemp("forgetful"), keeps=False) as broker:
        ours = with_broker(settings, broker)
        with bridge_of(ours, database), home_of(broker) as home:
            online(home)
            broker.kill()
            until(lambda: "the connection was lost" in (standing.in_words(ours, database) or ""), WAIT)
            add(database, "while it was away")
            broker.start()
            with home_of(broker) as fresh:
                until(lambda: fresh.value(AVAILABILITY) == b"online", WAIT)
                until(lambda: fresh.json(STATE)["pending"] == 1, WAIT)
                assert fresh.json("homeassistant/device/musings/config")["components"]
            until(lambda: "connected to" in (standing.in_words(ours, database) or ""), WAIT)


def test_a_broker_that_is_not_there_stops_nothing(settings: Settings, database: Database, tmp_path: Path) -> None:
    nobody = Broker(tmp_path)
    ours = with_broker(settings, nobody)
    with bridge_of(ours, database):
        until(lambda: "it does not answer" in (standing.in_words(ours, database) or ""), WAIT)
        add(database, "goes on")
    assert standing.in_words(ours, database) == standing.NOBODY


def test_a_wrong_password_is_said(
    settings: Settings, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with broker_in(tmp_path_factory.mktemp("locked"), user="musings", password="right") as broker:
        ours = with_broker(settings, broker, user="musings")
        wrong = ours.model_copy(update={"secrets": {"MUSINGS_SECRET_MQTT_PASSWORD": "wrong"}})
        with bridge_of(wrong, database):
            until(lambda: "password are wrong" in (standing.in_words(ours, database) or ""), WAIT)
        right = ours.model_copy(update={"secrets": {"MUSINGS_SECRET_MQTT_PASSWORD": "right"}})
        with bridge_of(right, database), home_of(broker) as home:
            online(home)


def test_a_command_for_who_is_away_waits_at_the_broker(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    with bridge_of(with_broker(settings, broker), database):
        online(home)
    until(lambda: home.value(AVAILABILITY) == b"offline", WAIT)
    home.say(f"{BASE}/make/set", "for later")
    assert prompts(database) == []
    with bridge_of(with_broker(settings, broker), database):
        until(lambda: prompts(database) == ["for later"], WAIT)


def test_a_command_waits_for_a_database_that_is_held(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    with bridge_of(with_broker(settings, broker), database):
        online(home)
        with closing(sqlite3.connect(str(database.path), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            home.say(f"{BASE}/make/set", "patient words")
            other.execute("ROLLBACK")
        until(lambda: prompts(database) == ["patient words"], WAIT)


def test_of_two_only_one_speaks_and_the_other_takes_over(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    ours = with_broker(settings, broker)
    with bridge_of(ours, database) as first:
        online(home)
        with bridge_of(ours, database):
            home.say(f"{BASE}/make/set", "once")
            until(lambda: prompts(database) == ["once"], WAIT)
            first.stop()
            until(lambda: home.heard[AVAILABILITY][-2:] == [b"offline", b"online"], WAIT)
            home.say(f"{BASE}/make/set", "once more")
            until(lambda: prompts(database) == ["once", "once more"], WAIT)


def test_home_assistants_birth_is_answered_with_everything(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    with bridge_of(with_broker(settings, broker), database):
        online(home)
        before = len(home.heard["homeassistant/device/musings/config"])
        home.say("homeassistant/status", "online", qos=0)
        until(lambda: len(home.heard["homeassistant/device/musings/config"]) > before, WAIT)
        until(lambda: len(home.heard[STATE]) > 1, WAIT)


# paho 2.2 leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_with_tls_a_broker_must_be_one_that_is_trusted(
    settings: Settings, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with broker_in(tmp_path_factory.mktemp("encrypted"), tls=True) as broker:
        strange = with_broker(settings, broker, tls=True)
        with bridge_of(strange, database):
            until(lambda: "certificate is not trusted" in (standing.in_words(strange, database) or ""), WAIT)
        with pytest.raises(UnreachableError, match="certificate verify failed"):
            require_broker(strange.mqtt, None)
        trusted = with_broker(settings, broker, tls=True, ca_file=broker.ca)
        require_broker(trusted.mqtt, None)
        with bridge_of(trusted, database):
            until(lambda: "connected to" in (standing.in_words(trusted, database) or ""), WAIT)
    gc.collect()  # within this test, which expects what it says


def test_certificates_that_are_not_there_are_said(settings: Settings, database: Database, broker: Broker) -> None:
    ours = with_broker(settings, broker, tls=True, ca_file=Path("/nowhere/ca.pem"))
    with bridge_of(ours, database):
        until(lambda: "/nowhere/ca.pem cannot be read" in (standing.in_words(ours, database) or ""), WAIT)


def test_without_a_broker_there_is_no_thread(settings: Settings, database: Database) -> None:
    with bridged(settings, database):
        assert standing.in_words(settings, database) is None
    bridge = Bridge(settings, database)
    bridge.stop()
    bridge.run()


def test_a_command_that_comes_twice_is_carried_out_once(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    """As a kill between the commit and the acknowledgement leaves it: the broker delivers the command again."""
    ours = with_broker(settings, broker)
    with bridge_of(ours, database):
        online(home)
    until(lambda: home.value(AVAILABILITY) == b"offline", WAIT)
    home.say(f"{BASE}/make/set", "only once")
    makers = makers_of(ours, database)
    commands, done = Commands(ours, database, makers), threading.Event()

    def carry_out_and_die(message: Arrived) -> None:
        commands.do(GivenCommand("make", message.payload, message.number, message.is_repeated, message.is_retained))
        done.set()

    doomed = BrokerClient(
        ours.mqtt,
        None,
        [f"{BASE}/+/set"],
        on_connected=lambda: None,
        on_trouble=lambda _: None,
        on_message=carry_out_and_die,
    )
    doomed.start()
    assert done.wait(WAIT)
    doomed.stop("offline")
    makers.close()
    home.say(f"{BASE}/make/set", "the next")
    with bridge_of(ours, database):
        until(lambda: "the next" in prompts(database), WAIT)
    assert prompts(database) == ["only once", "the next"]
    assert "d1, q1" in broker.log, "the broker has repeated nothing"


def test_a_key_of_ones_own_tells_what_the_broker_cannot(
    settings: Settings, database: Database, broker: Broker, home: Home
) -> None:
    asked = {"prompt_text": "a fox", "prompt_type": "text", "idempotency_key": "automation-7"}
    with bridge_of(with_broker(settings, broker), database):
        online(home)
        for _ in range(2):
            home.say(f"{BASE}/make/set", asked)
        home.say(f"{BASE}/make/set", {**asked, "prompt_text": "a wolf"})
        until(lambda: "was used before" in home.json(f"{BASE}/error").get("error", ""), WAIT)
    assert prompts(database) == ["a fox"]


def test_a_killed_server_is_offline_at_once_and_back_when_it_is(broker: Broker, home: Home, config: Path) -> None:
    """The whole program: `musings serve` with a broker in its environment."""
    more = {"MUSINGS_MQTT__HOST": "127.0.0.1", "MUSINGS_MQTT__PORT": str(broker.port)}
    with running(config, "serve", **more):
        online(home)
    until(lambda: home.value(AVAILABILITY) == b"offline", WAIT)
    with running(config, "serve", **more):
        online(home)
