from typing import Any

import pytest

from musings.openai_api.bodies import ChatMessage
from musings.openai_api.conversation import words_of
from musings.openai_api.refusals import ApiRefusal


def said(role: str, content: Any) -> ChatMessage:
    return ChatMessage.model_validate({"role": role, "content": content})


def test_a_single_message_is_the_task_as_it_is() -> None:
    assert words_of([said("user", " a haiku about rain\n")]) == " a haiku about rain\n"


def test_what_was_said_before_is_told_after_the_task() -> None:
    words = words_of(
        [
            said("system", "Be brief."),
            said("user", "a haiku about rain"),
            said("assistant", "Rain on the tin roof"),
            said("user", "And now about snow."),
        ],
        "In German.",
    )
    assert words == (
        "And now about snow.\n\nKeep to this:\n\nIn German.\n\nBe brief.\n\n"
        "What was said before:\n\nUser: a haiku about rain\n\nAssistant: Rain on the tin roof"
    )


def test_words_may_come_in_parts() -> None:
    parts = [{"type": "text", "text": "a haiku"}, {"type": "input_text", "text": "about rain"}]
    assert words_of([said("user", parts)]) == "a haiku\nabout rain"


def test_calls_of_tools_are_nothing_that_was_said() -> None:
    words = words_of([said("user", "rain"), said("assistant", None), said("tool", "42"), said("user", "snow")])
    assert words == "snow\n\nWhat was said before:\n\nUser: rain"


@pytest.mark.parametrize(
    "messages",
    [
        [said("system", "Be brief.")],
        [said("user", "  ")],
        [said("user", None)],
        [said("user", "rain"), said("assistant", "Rain on the tin roof")],
        [said("poet", "rain")],
    ],
)
def test_without_a_task_there_is_nothing_to_write(messages: list[ChatMessage]) -> None:
    with pytest.raises(ApiRefusal) as refused:
        words_of(messages, where="input")
    assert (refused.value.status, refused.value.body["error"]["param"]) == (400, "input")


def test_pictures_are_nothing_that_poets_can_read() -> None:
    picture = [{"type": "text", "text": "what is this?"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    with pytest.raises(ApiRefusal, match="image_url") as refused:
        words_of([said("system", "x"), said("user", picture)])
    assert refused.value.body["error"]["param"] == "messages.1.content"
