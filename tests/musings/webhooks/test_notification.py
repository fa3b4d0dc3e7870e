"""What a person is told: a few words, and where to read on."""

import pytest

from musings.models import Kind
from musings.webhooks.notification import MOST_WORDS, notification
from tests.musings.webhooks.telling import delivery


@pytest.mark.parametrize(
    ("event", "kind", "title"),
    [
        ("prompt.completed", Kind.IMAGE, "Your picture is done"),
        ("prompt.failed", Kind.MUSIC, "Your piece of music has failed"),
        ("prompt.cancelled", Kind.VOICE, "Your recording was cancelled"),
    ],
)
def test_it_says_what_became_of_what(event: str, kind: Kind, title: str) -> None:
    said = notification(delivery(event), {"kind": kind, "text": "a  fox\nin snow"})
    assert (said.title, said.body, said.path) == (title, "a fox in snow", "/prompts/12")


def test_a_long_prompt_is_cut_and_one_that_has_gone_is_no_error() -> None:
    said = notification(delivery(), {"kind": Kind.IMAGE, "text": "fox " * 900})
    assert len(said.body) == MOST_WORDS
    assert said.body.endswith("…")
    assert notification(delivery(), {}).body == ""
    assert notification(delivery("webhook.test", None), {}).path == "/connect"
