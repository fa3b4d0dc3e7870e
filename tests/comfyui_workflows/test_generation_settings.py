"""With what other programs made something, in the ways in which they write it down."""

import json

import pytest

from comfyui_workflows.envelopes import open_file
from comfyui_workflows.errors import OtherProgramError
from comfyui_workflows.generation_settings import GenerationSettings, of_infotext, of_json, of_texts
from tests.comfyui_workflows.carriers import commented, png

INFOTEXT = """a fox, in the snow
at night
Negative prompt: blurry, low
quality
Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 12345, Size: 512x768, \
Model hash: abc, Model: dream, Lora hashes: "one: 1, two: 2", Version: v1.10.0"""
READ = GenerationSettings(
    "AUTOMATIC1111",
    prompt="a fox, in the snow\nat night",
    negative_prompt="blurry, low\nquality",
    seed=12345,
    width=512,
    height=768,
    steps=20,
    cfg=7.5,
    sampler="DPM++ 2M",
    model="dream",
)
INVOKE = {
    "app_version": "5.4.2",
    "positive_prompt": "a fox",
    "negative_prompt": "",
    "seed": 7,
    "width": 64,
    "height": 48,
    "steps": 30,
    "cfg_scale": 5,
    "scheduler": "euler",
    "model": {"name": "dream", "base": "sdxl"},
}
NODES = [
    {"id": "a", "type": "invocation", "data": {"type": "string", "inputs": {"prompt": {"value": "a fox"}}}},
    {"id": "b", "type": "invocation", "data": {"inputs": {"seed": {"value": 7}, "width": {"value": 64}}}},
]


def test_the_infotext_of_the_web_ui() -> None:
    assert of_infotext(INFOTEXT) == READ
    assert of_infotext(INFOTEXT.replace("v1.10.0", "f2.0.1v1.10.1")).program == "Forge"  # type: ignore[union-attr]
    assert of_infotext("Steps: 20, Seed: 5, Size: 64x64").values == {  # type: ignore[union-attr]
        "seed": 5,
        "width": 64,
        "height": 64,
        "steps": 20,
    }
    assert of_infotext("Negative prompt: dull\nSteps: 1, Seed: 2").negative_prompt == "dull"  # type: ignore[union-attr]
    assert of_infotext("Steps to success: 20, and more") is None


@pytest.mark.parametrize(
    ("data", "program", "values"),
    [
        ({"prompt": "a cat", "steps": 20, "width": 64}, "AUTOMATIC1111", {"prompt": "a cat", "width": 64, "steps": 20}),
        (
            {"prompt": "a cat", "negative_prompt": "", "seed": -1, "cfg_scale": 7},
            "AUTOMATIC1111",
            {"prompt": "a cat", "cfg": 7.0},
        ),
        (
            {"sui_image_params": {"prompt": "a", "negativeprompt": "b", "seed": 3, "cfgscale": 7.0}},
            "SwarmUI",
            {"prompt": "a", "negative_prompt": "b", "seed": 3, "cfg": 7.0},
        ),
        ({"edges": [], "nodes": NODES}, "InvokeAI", {"prompt": "a fox", "seed": 7, "width": 64}),
        (
            {"prompt": "a", "resolution": "(896, 1152)", "seed": "5", "fooocus_scheme": "fooocus"},
            "Fooocus",
            {"prompt": "a", "seed": 5, "width": 896, "height": 1152},
        ),
        ({"c": "a", "uc": "b", "size": "512x640"}, "Draw Things", {"prompt": "a", "width": 512, "height": 640}),
        ({"model": "m", "prompt": "a", "size": "1024x1024"}, "OpenAI's API", {"width": 1024, "height": 1024}),
    ],
)
def test_bodies_and_files_of_other_programs(data: object, program: str, values: dict[str, object]) -> None:
    found = of_json(data)
    assert found is not None
    assert found.program == program
    assert values.items() <= found.values.items()


@pytest.mark.parametrize(
    "data",
    [None, 3, "x", [], {}, {"prompt": "only words"}, {"prompt": 3, "steps": 4}, {"seed": 4, "width": 3}, {"a": {}}],
)
def test_what_has_no_words_and_numbers_is_none(data: object) -> None:
    assert of_json(data) is None


@pytest.mark.parametrize("value", [None, True, [], {}, "x", float("nan"), float("inf"), 10**30, "9" * 5000, -1, [[]]])
def test_odd_values_are_not_known(value: object) -> None:
    found = of_json({"prompt": "a", "steps": 1, "seed": value, "cfg": value, "sampler": value})
    assert found is not None
    assert found.seed is None
    json.dumps(found.values, allow_nan=False)


def test_each_program_by_the_name_under_which_it_keeps_them() -> None:
    assert of_texts({"parameters": INFOTEXT}, {}) == READ
    text = json.dumps(INVOKE)
    invoke = of_texts({"invokeai_metadata": text}, {"invokeai_metadata": INVOKE})
    assert invoke is not None
    assert (invoke.program, invoke.model, invoke.sampler, invoke.steps) == ("InvokeAI", "dream", "euler", 30)
    novel = of_texts({"software": "NovelAI", "description": "a fox", "comment": "{}"}, {"comment": {"uc": "b"}})
    assert novel == GenerationSettings("NovelAI", prompt="a fox")
    assert of_texts({"title": "A fox"}, {}) is None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", png({"parameters": INFOTEXT}), "a picture (PNG) made by AUTOMATIC1111"),
        ("a.jpg", commented(INFOTEXT), "a picture (JPEG) made by AUTOMATIC1111"),
        ("i.png", png({"invokeai_metadata": json.dumps(INVOKE)}), "a picture (PNG) made by InvokeAI"),
        ("params.txt", INFOTEXT.encode(), "settings of AUTOMATIC1111"),
        ("a.json", b'{"prompt": "a cat", "steps": 20}', "settings of AUTOMATIC1111"),
        ("w.json", json.dumps({"edges": [], "nodes": NODES}).encode(), "a workflow of InvokeAI"),
    ],
)
def test_a_file_of_another_program_is_said_to_be_one_with_what_can_be_read(
    name: str, content: bytes, words: str
) -> None:
    with pytest.raises(OtherProgramError, match=name) as caught:
        open_file(name, content)
    assert words in str(caught.value)
    assert caught.value.settings is not None
    assert caught.value.settings.prompt
    assert caught.value.settings.prompt.split(",")[0] in str(caught.value.hint)
