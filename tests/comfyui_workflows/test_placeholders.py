"""Placeholders that stand where a chat program writes a value."""

from comfyui_workflows.form import fill
from comfyui_workflows.placeholders import taken
from comfyui_workflows.tracing import trace
from tests.musings.makers.comfyui.graphs import painting


def test_words_go_into_the_text_around_a_placeholder() -> None:
    graph, said = taken("a.json", painting(text="art of %prompt%, no %negative_prompt%, %prompt%!"))
    form = trace(graph, None, said)
    filled = fill(graph, form, {"prompt": "%negative_prompt% \\1", "negative_prompt": "cats"})
    assert filled["6"]["inputs"]["text"] == "art of %negative_prompt% \\1, no cats, %negative_prompt% \\1!"
    assert form.prompt_field is not None
