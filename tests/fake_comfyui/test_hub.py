"""The sockets of the fake: who hears what, and in which form."""

import json
import struct
import uuid
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from fake_comfyui.dialect import DIALECTS, USUAL
from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.protocol import FEATURE_FLAGS, Preview, read_frame
from tests.contract import watch
from tests.musings.makers.comfyui.graphs import painting, picture


def heard(socket: ClientConnection) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(socket.recv(timeout=60))
    return told


def test_a_socket_without_an_id_is_given_one(fake: FakeComfy) -> None:
    with connect(f"ws{fake.url.removeprefix('http')}/ws", proxy=None) as opened:
        told = heard(opened)
    assert told["type"] == "status"
    assert uuid.UUID(hex=told["data"]["sid"])
    assert told["data"]["status"]["exec_info"]["queue_remaining"] == 0


def test_a_new_socket_is_told_how_many_wait(fake: FakeComfy) -> None:
    fake.faults.on("wedged-worker")
    for color in (1, 2):
        watch.post(fake.url, picture(color=color))
    with watch.socket(fake.url, "late") as opened:
        told = heard(opened)["data"]
    assert (told["sid"], told["status"]["exec_info"]["queue_remaining"]) == ("late", 2)


def test_everybody_hears_the_status_and_only_the_owner_the_job(fake: FakeComfy) -> None:
    fake.pace.node = 0.01
    with watch.socket(fake.url, "other") as other, watch.socket(fake.url, "third") as third:
        assert heard(other)["data"]["sid"] == "other"
        watch.run(fake.url, picture())
        httpx.post(f"{fake.url}/queue", json={"clear": True}, trust_env=False)
        kinds = {heard(each)["type"] for each in (other, other, other, third, third)}
    assert kinds == {"status"}


def test_features_are_told_to_the_first_words_alone(fake: FakeComfy) -> None:
    with watch.socket(fake.url, "c") as opened:
        heard(opened)
        opened.send(FEATURE_FLAGS)
        assert heard(opened) == {"type": "feature_flags", "data": dict(DIALECTS[USUAL].features)}
        opened.send(FEATURE_FLAGS)
        with pytest.raises(TimeoutError):
            opened.recv(timeout=0.1)


@pytest.mark.parametrize("said", ["no json", "[]", "null", '"feature_flags"', '{"type": 5}'])
def test_words_that_make_no_sense_close_nothing(fake: FakeComfy, said: str) -> None:
    watched = watch.run(fake.url, picture(), say=said)
    assert watched.entry["status"]["completed"]


def test_binary_words_are_ignored(fake: FakeComfy) -> None:
    with watch.socket(fake.url, "c") as opened:
        heard(opened)
        opened.send(b"\x00\xff")
        opened.send(FEATURE_FLAGS)
        assert heard(opened)["type"] == "feature_flags"


def test_a_new_connection_must_ask_for_metadata_again(fake: FakeComfy) -> None:
    with watch.socket(fake.url, "same") as older, watch.socket(fake.url, "other") as other:
        heard(older)
        older.send(FEATURE_FLAGS)
        assert heard(older)["type"] == "feature_flags"
        assert heard(other)["type"] == "status"
        with watch.socket(fake.url, "same") as newer:
            extra = {"preview_method": "latent2rgb"}
            watch.post(fake.url, painting(steps=1), client_id="same", extra_data=extra)
            messages: list[str | bytes] = []
            while not (messages and '"node": null' in str(messages[-1])):
                messages.append(newer.recv(timeout=60))
    (frame,) = [each for each in messages if isinstance(each, bytes)]
    assert struct.unpack(">II", frame[:8]) == (1, 1)
    event = read_frame(frame)
    assert isinstance(event, Preview)
    assert event.picture.startswith(b"\xff\xd8")


def test_numbers_that_are_none_are_sent_as_they_are(fake: FakeComfy) -> None:
    """Python writes NaN into its JSON, and a client has to bear it."""
    fake.faults.on("nan")
    told = watch.run(fake.url, painting(steps=1)).told
    (progress,) = [data for kind, data in told if kind == "progress"]
    assert progress["value"] != progress["value"]
