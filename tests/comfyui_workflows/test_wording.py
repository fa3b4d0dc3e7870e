"""How likely a text is what a person writes."""

import pytest

from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.wording import likeliness
from tests.musings.makers.comfyui.graphs import node


def score(title: str, text: str, way: str = "", *, negative: bool = False) -> int:
    graph = {"1": node("PrimitiveStringMultiline", title, value=text)}
    return likeliness(graph, Spot("1", "value"), way, negative=negative)


@pytest.mark.parametrize(
    ("title", "text", "way"),
    [
        ("System Prompt", "Answer in one line.", ""),
        ("Text", "You are an expert prompt engineer.", ""),
        ("Prompt Template", "Paint {user_input}", "template"),
        ("LoRA trigger word", "pixelart", ""),
        ("Text", "in the style of ink,", "affix"),
        ("JSON settings", '{"steps": 4}', ""),
    ],
)
def test_machinery_is_less_likely_than_a_persons_words(title: str, text: str, way: str) -> None:
    for mine in ("User Prompt", "Prompt", "Describe the product"):
        assert score(mine, "a lamp") > score(title, text, way)


def test_what_is_put_into_a_template_is_likelier_than_the_template() -> None:
    assert score("Text", "a lamp", "filler") > score("Text", "Paint {it}", "template")


def test_a_negative_title_speaks_for_a_negative_text_only() -> None:
    assert score("Negative prompt", "blurry", negative=True) > score("Negative prompt", "blurry")
