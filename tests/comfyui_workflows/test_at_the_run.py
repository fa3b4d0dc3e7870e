"""What the page does when it queues is done at each run, and can be done again the same."""

import random
from datetime import datetime
from typing import Any

from comfyui_workflows.at_the_run import resolve

NOW = datetime(2026, 3, 7, 5, 4, 9)  # noqa: DTZ001 (a local time, as people write it into names)
INFO = {"CLIPTextEncode": {"input": {"required": {"text": ["STRING", {"dynamicPrompts": True}], "clip": ["CLIP"]}}}}


def words(text: object) -> dict[str, Any]:
    return {"class_type": "CLIPTextEncode", "inputs": {"text": text, "clip": ["9", 0]}}


def saver(prefix: str) -> dict[str, Any]:
    return {"class_type": "SaveImage", "inputs": {"filename_prefix": prefix, "images": ["9", 0]}}


def test_what_was_chosen_comes_back_and_makes_the_same_graph_again() -> None:
    graph = {"1": words("a {red|green|blue|black} cat // note"), "2": saver("%date:yyyy%/x"), "3": words("plain")}
    found = {}
    for number in range(20):
        made, chosen = resolve(graph, INFO, random.Random(number).randrange, NOW)
        assert set(chosen) == {"1", "2"}
        assert chosen["2"]["filename_prefix"] == "2026/x"
        later = datetime(2031, 1, 1)  # noqa: DTZ001
        assert resolve(graph, INFO, random.Random(99).randrange, later, chosen)[0] == made
        found[made["1"]["inputs"]["text"]] = made
    assert set(found) == {"a red cat ", "a green cat ", "a blue cat ", "a black cat "}
    assert graph["1"]["inputs"]["text"].startswith("a {red")


def test_only_texts_whose_class_says_so_are_resolved() -> None:
    graph = {"1": {"class_type": "Other", "inputs": {"text": "{a|b}"}}, "2": words('{"style": ["a", "b"]}')}
    assert resolve(graph, INFO, lambda _: 0, NOW) == (graph, {})
    assert resolve({"1": words("{a|b}")}, None, lambda _: 0, NOW)[1] == {}


def test_patterns_name_a_node_by_its_alias_its_class_or_its_title() -> None:
    graph = {
        "1": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": ["4", 0]}, "_meta": {"title": "Painter"}},
        "2": {"class_type": "KSampler", "inputs": {"seed": 8}, "_meta": {"alias": "second"}},
        "4": {"class_type": "PrimitiveInt", "inputs": {"value": 20}},
        "5": saver("%KSampler.seed%_%second.seed%_%Painter.steps%_%Painter.cfg%_%batch_num%"),
    }
    made, _ = resolve(graph, INFO, lambda _: 0, NOW)
    assert made["5"]["inputs"]["filename_prefix"] == "7_8_20_%Painter.cfg%_%batch_num%"


def test_a_seed_node_that_asks_for_dice_gets_a_number() -> None:
    graph = {"1": {"class_type": "Seed (rgthree)", "inputs": {"seed": -1}}}
    made, chosen = resolve(graph, None, lambda count: count - 1, NOW)
    assert made["1"]["inputs"]["seed"] == chosen["1"]["seed"] == 2**50 - 1
