"""The node classes of the fake: descriptions that a form can be made of, and that agree with themselves."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_comfyui.dialect import DIALECTS
from fake_comfyui.nodes import MAX_SEED, NodeClass, classes

MODELS = ("m.safetensors",)
KNOWN = [
    (name, node) for name, dialect in DIALECTS.items() for node in classes(MODELS, ["a.png"], [], dialect).values()
]


def inputs() -> Iterator[Any]:
    for version, node in KNOWN:
        for name, spec in {**node.required, **node.optional}.items():
            if len(spec) > 1:
                yield pytest.param(spec[0], spec[1], id=f"{version}-{node.name}-{name}")


@pytest.mark.parametrize(("kind", "limits"), list(inputs()))
def test_a_default_is_one_that_the_input_takes(kind: Any, limits: dict[str, Any]) -> None:
    default = limits.get("default")
    if kind in ("INT", "FLOAT"):
        assert limits["min"] <= default <= limits["max"]
        assert limits["step"] > 0
    elif default is not None and kind != "STRING":
        assert default in (kind if isinstance(kind, list) else limits["options"])


@pytest.mark.parametrize(("version", "node"), KNOWN)
def test_a_description_names_each_input_once_in_its_order(version: str, node: NodeClass) -> None:
    info = node.info()
    assert {group: list(names) for group, names in info["input"].items()} == info["input_order"]
    assert not set(node.required) & set(node.optional)
    assert len(info["output"]) == len(info["output_is_list"]) == len(info["output_name"])
    assert info["display_name"]
    assert ("api_node" in info) is node.modern


def test_a_description_may_be_changed_by_whoever_has_it() -> None:
    node = classes(MODELS, [], [])["SaveImage"]
    node.info()["input"]["required"].clear()
    assert list(node.info()["input"]["required"]) == ["images", "filename_prefix"]


def test_what_is_installed_and_uploaded_is_in_the_choices() -> None:
    known = classes(("a", "b"), ["x.png"], ["y.mp3"])
    assert known["CheckpointLoaderSimple"].required["ckpt_name"][0] == ["a", "b"]
    assert known["LoadImage"].required["image"][0] == ["x.png"]
    assert known["LoadAudio"].required["audio"][1]["options"] == ["y.mp3"]


def test_every_link_can_be_made_by_some_class() -> None:
    """A graph that passes here can be built: nothing asks for a type that no class gives."""
    plain = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "*", "COMFY_DYNAMICCOMBO_V3"}
    for dialect in DIALECTS.values():
        known = classes(MODELS, [], [], dialect).values()
        given = {kind for node in known for kind in node.outputs}
        asked = {spec[0] for node in known for spec in node.required.values() if isinstance(spec[0], str)}
        assert asked - plain - given == set()


def test_a_seed_has_64_bits() -> None:
    seed = classes(MODELS, [], [])["KSampler"].required["seed"][1]
    assert (seed["max"], MAX_SEED) == (2**64 - 1, 2**64 - 1)
