"""``/v1/models``, asked by the official client."""

import httpx

from tests.musings.api.openai_calls import OpenDoor, refused


def test_every_listed_model_can_be_asked_for(door: OpenDoor) -> None:
    listed = list(door.client.models.list())
    ids = [each.id for each in listed]
    assert {"sketch-image", "sketch-text", "sketch-voice", "sketch-music", "poets", "gpt-image-1", "tts-1"} <= set(ids)
    for each in listed:
        assert door.client.models.retrieve(each.id) == each


def test_a_model_that_is_none(door: OpenDoor) -> None:
    error = refused(lambda: door.client.models.retrieve("no-such-model"))
    assert (error.status_code, error.code, error.param) == (404, "model_not_found", "model")


def test_open_webui_finds_the_models_and_voices_of_a_speech_server(door: OpenDoor) -> None:
    with httpx.Client(base_url=f"{door.api.address}/v1") as client:
        models = client.get("/audio/models").json()["models"]
        voices = client.get("/audio/voices").json()["voices"]
    assert {"tts-1", "tts-1-hd", "sketch-voice"} <= {each["id"] for each in models}
    assert "gpt-image-1" not in {each["id"] for each in models}
    assert {"alloy", "en", "de"} <= {each["id"] for each in voices}
    assert all(each["name"] for each in voices)
