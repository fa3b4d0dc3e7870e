"""``/v1/audio``, asked by the official client, spoken and played by the sketch engine."""

import base64
import io
import json
from typing import Any

import av
import httpx
import pytest

from musings.files.marking.xmp import SourceType
from tests.musings.api.openai_calls import OpenDoor, refused
from tests.musings.files.marking.samples import told_type

TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}


def seconds_of(content: bytes) -> float:
    with av.open(io.BytesIO(content), "r") as found:
        stream = found.streams.audio[0]
        return sum(int(frame.samples) for frame in found.decode(stream)) / int(stream.rate)


@pytest.mark.parametrize("name", TYPES)
def test_a_text_is_spoken_in_the_format_that_was_asked_for(door: OpenDoor, name: Any) -> None:
    made = door.client.audio.speech.create(
        input="Good evening, fox.", model="tts-1", voice="alloy", response_format=name, extra_body={"seed": 1}
    )
    assert made.response.headers["content-type"] == TYPES[name]
    content = made.read()
    seconds = len(content) / 48_000 if name == "pcm" else seconds_of(content)
    assert 0.5 < seconds < 5
    assert name == "pcm" or told_type(content, name) == SourceType.ALGORITHMIC.address
    row = door.rows[-1]
    assert made.response.headers["x-musings-prompt"] == str(row["id"])
    assert (row["prompt_text"], row["prompt_type"], row["status"]) == ("Good evening, fox.", "voice", "completed")


def test_it_is_streamed_and_mp3_unless_said_otherwise(door: OpenDoor) -> None:
    speech = door.client.audio.speech.with_streaming_response
    with speech.create(input="Good evening. " * 40, model="gpt-4o-mini-tts", voice="nova") as answer:
        assert "content-length" not in answer.headers
        pieces = list(answer.iter_bytes(4096))
    assert len(pieces) > 5
    assert seconds_of(b"".join(pieces)) > 20


def test_a_speed_is_heard_and_a_voice_is_chosen(door: OpenDoor) -> None:
    slow, quick = (
        seconds_of(
            door.client.audio.speech.create(
                input="Good evening, dear fox.", model="tts-1", voice="de+f3", speed=speed, response_format="wav"
            ).read()
        )
        for speed in (0.5, 2)
    )
    assert slow > 2 * quick
    assert json.loads(door.rows[-1]["parameters"])["voice"] == "de+f3"


def test_music_is_asked_for_in_the_same_way(door: OpenDoor) -> None:
    body = {"model": "music", "prompt": "a slow waltz", "duration": 20, "seed": 7, "response_format": "opus"}
    answer = httpx.post(f"{door.api.address}/v1/audio/music", json=body, timeout=120)
    assert answer.headers["content-type"] == "audio/ogg"
    assert seconds_of(answer.content) == pytest.approx(20, abs=6)
    assert door.rows[-1]["prompt_type"] == "music"
    wrong = httpx.post(f"{door.api.address}/v1/audio/music", json={"prompt": "a waltz", "duration": 3000})
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "duration")
    voice = httpx.post(f"{door.api.address}/v1/audio/music", json={"prompt": "a waltz", "model": "tts-1"})
    assert "/v1/audio/speech" in voice.json()["error"]["message"]


def test_events_carry_the_same_sound(door: OpenDoor) -> None:
    body = {"input": "Good evening.", "model": "gpt-4o-mini-tts", "voice": "alloy", "stream_format": "sse"}
    answer = httpx.post(f"{door.api.address}/v1/audio/speech", json=body, timeout=60)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line]
    sound = b"".join(base64.b64decode(each["audio"]) for each in events if each["type"] == "speech.audio.delta")
    assert seconds_of(sound) > 0.3
    assert events[-1]["type"] == "speech.audio.done"


@pytest.mark.parametrize(
    ("said", "status", "param"),
    [
        ({"model": "no-such"}, 404, "model"),
        ({"model": "gpt-image-1"}, 400, "model"),
        ({"input": ""}, 400, "input"),
        ({"input": "  "}, 400, "input"),
        ({"voice": "nobody-at-all"}, 400, "voice"),
        ({"speed": 9}, 400, "speed"),
        ({"response_format": "midi"}, 400, "response_format"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named(door: OpenDoor, said: dict[str, Any], status: int, param: str) -> None:
    asked = {"input": "Hello.", "model": "tts-1", "voice": "alloy", **said}
    error = refused(lambda: door.client.audio.speech.create(**asked))
    assert (error.status_code, error.param) == (status, param)


def test_what_cannot_be_spoken_is_the_callers_fault_and_tried_once(door: OpenDoor) -> None:
    patient = door.calling(max_retries=2)
    before = len(door.rows)
    error = refused(lambda: patient.audio.speech.create(input="🦊", model="tts-1", voice="alloy"))
    assert (error.status_code, error.code) == (400, "failed")
    assert "nothing to speak" in error.message
    assert [row["status"] for row in door.rows[before:]] == ["failed"]
