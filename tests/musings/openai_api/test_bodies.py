from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from musings.openai_api.bodies import ChatBody, ImageBody, ResponsesBody, SpeechBody, VoiceId


def test_what_we_have_no_use_for_is_passed_over() -> None:
    body = ImageBody.model_validate({"prompt": "a fox", "quality": "hd", "style": "vivid", "moderation": "low"})
    assert body.prompt == "a fox"


def test_null_is_as_good_as_nothing() -> None:
    sent = {"prompt": "a fox", "n": None, "size": None, "response_format": None, "model": None, "user": None}
    assert ImageBody.model_validate(sent) == ImageBody(prompt="a fox")


def test_a_form_may_write_numbers_as_texts() -> None:
    body = ImageBody.model_validate({"prompt": "a fox", "n": "2", "seed": "7", "cancel_on_disconnect": "true"})
    assert (body.n, body.seed, body.cancel_on_disconnect) == (2, 7, True)


@pytest.mark.parametrize(
    ("kind", "sent", "where"),
    [
        (ImageBody, {"prompt": ""}, "prompt"),
        (ImageBody, {}, "prompt"),
        (ImageBody, {"prompt": "x", "n": 0}, "n"),
        (ImageBody, {"prompt": "x", "n": 11}, "n"),
        (ImageBody, {"prompt": "x", "response_format": "png"}, "response_format"),
        (ImageBody, {"prompt": "x", "output_compression": 101}, "output_compression"),
        (ImageBody, {"prompt": "x", "seed": "seven"}, "seed"),
        (SpeechBody, {"input": "x", "speed": 4.1}, "speed"),
        (SpeechBody, {"input": "x", "speed": 0.2}, "speed"),
        (SpeechBody, {"input": "x", "response_format": "ogg"}, "response_format"),
        (ChatBody, {"messages": []}, "messages"),
        (ChatBody, {"messages": [{"role": "user", "content": "x"}], "temperature": 3}, "temperature"),
        (ResponsesBody, {"input": None}, "input"),
    ],
)
def test_a_value_out_of_bounds_is_named(kind: type[BaseModel], sent: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(sent)
    assert refused.value.errors()[0]["loc"][0] == where


def test_a_voice_is_a_name_or_an_id() -> None:
    assert SpeechBody.model_validate({"input": "x", "voice": "nova"}).voice == "nova"
    assert SpeechBody.model_validate({"input": "x", "voice": {"id": "v1"}}).voice == VoiceId(id="v1")
