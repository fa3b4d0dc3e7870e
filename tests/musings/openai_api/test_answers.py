import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.images_response import ImagesResponse
from openai.types.responses import Response

from musings.openai_api import answers
from musings.openai_api.answers import MadePicture, MadeText

POEM = MadeText(12, "poets", 1_790_000_000, "# The Lamp\n\nSalt on the rail,\na gull that will not land.", tokens=40)


def test_pictures_are_what_the_client_knows() -> None:
    made = [
        MadePicture(b"\x89PNG\r\n", size="1024x1024", revised='a "red" fox\n'),
        MadePicture(url="http://127.0.0.1/media/a%20b.png?x=1&y=2"),
    ]
    found = ImagesResponse.model_validate(json.loads(answers.pictures(made, 7, "png")))
    assert (found.created, found.output_format) == (7, "png")
    first, second = found.data or []
    assert (first.b64_json, first.url, first.revised_prompt) == ("iVBORw0K", None, 'a "red" fox\n')
    assert (second.b64_json, second.url) == (None, made[1].url)
    bare = json.loads(answers.pictures([MadePicture(b"")], 7, "png"))
    assert bare == {"created": 7, "output_format": "png", "data": [{"b64_json": ""}]}


def test_a_completion_is_what_the_client_knows() -> None:
    found = ChatCompletion.model_validate(answers.completion(POEM), strict=True)
    assert found.id == "chatcmpl-12"
    assert found.choices[0].message.content == POEM.text
    assert found.usage is not None
    assert (found.usage.completion_tokens, found.usage.total_tokens) == (40, 40)


@pytest.mark.parametrize("usage", [True, False])
def test_chunks_are_the_whole_text_and_then_its_end(usage: bool) -> None:
    sent = [answers.first_chunk(POEM), *answers.completion_chunks(POEM, usage=usage)]
    chunks = [ChatCompletionChunk.model_validate(each, strict=True) for each in sent]
    spoken = [each for each in chunks if each.choices]
    assert spoken[0].choices[0].delta.role == "assistant"
    assert "".join(each.choices[0].delta.content or "" for each in spoken) == POEM.text
    assert [each.choices[0].finish_reason for each in spoken][-1] == "stop"
    assert [each.usage is not None for each in chunks] == [False] * len(spoken) + [True] * usage


def test_a_response_is_what_the_client_knows() -> None:
    found = Response.model_validate(answers.response(POEM, "completed", metadata={"a": "b"}), strict=True)
    assert (found.id, found.status, found.output_text, found.metadata) == (
        "resp_12",
        "completed",
        POEM.text,
        {"a": "b"},
    )
    begun = Response.model_validate(answers.response(POEM, "in_progress"), strict=True)
    assert (begun.output, begun.usage) == ([], None)


def test_the_events_of_a_response_are_numbered_and_told_twice() -> None:
    whole = answers.response(POEM, "completed")
    events = [*answers.opening_events(answers.response(POEM, "in_progress")), *answers.closing_events(POEM, whole)]
    assert [each["sequence_number"] for each in events] == list(range(len(events)))
    assert "".join(each["delta"] for each in events if each["type"].endswith("delta")) == POEM.text
    assert [each["type"] for each in events][-5:] == [
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]


def test_an_event_is_one_line_of_data() -> None:
    data = {"type": "x", "text": "two\nlines"}
    assert answers.event(data) == b'data: {"type": "x", "text": "two\\nlines"}\n\n'
    assert answers.event(data, named=True).startswith(b"event: x\ndata: {")


@given(st.text())
def test_pieces_are_the_whole_text(text: str) -> None:
    assert "".join(answers.pieces(text)) == text
    assert all(answers.pieces(text))
