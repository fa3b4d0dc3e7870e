"""The names under which an artifact tells how it was made, and their order: a contract."""

import dataclasses

import pytest

from musings.makers.recipe import OF_ENGINES, OF_FILES, OF_SPEECH, Recipe
from musings.version import VERSION


def recipe(**more: object) -> Recipe:
    return Recipe(prompt="a fox", parameters={"seed": 7}, backend="here", engine="me", workflow="mine", **more)  # type: ignore[arg-type]


def test_what_is_absent_has_no_name_and_nothing_is_null() -> None:
    written = recipe(seed=7, music={"key": "C"}).as_metadata()
    assert list(written) == ["prompt", "seed", "parameters", "backend", "engine", "version", "workflow", "music"]
    assert written["version"] == VERSION
    assert recipe(order=OF_FILES, negative_prompt=None).as_metadata()["negative_prompt"] is None


@pytest.mark.parametrize("order", [OF_ENGINES, OF_FILES, OF_SPEECH])
def test_every_order_has_what_each_recipe_says_and_nothing_else(order: tuple[str, ...]) -> None:
    needed = {"prompt", "parameters", "backend", "engine", "workflow", "version"}
    fields = {field.name for field in dataclasses.fields(Recipe)}
    assert needed <= set(order) <= fields
    assert len(set(order)) == len(order)


def test_every_field_has_its_place_in_an_order() -> None:
    fields = {field.name for field in dataclasses.fields(Recipe)} - {"order"}
    assert fields == {*OF_ENGINES, *OF_FILES, *OF_SPEECH}


def test_as_a_workflow_file_tells_it() -> None:
    written = recipe(
        order=OF_FILES, negative_prompt=None, seed=7, workflow_hash="ab", comfyui_version="0.3", node="9", cached=False
    ).as_metadata()
    assert list(written) == [
        "prompt", "negative_prompt", "seed", "parameters", "workflow", "workflow_hash", "backend", "engine",
        "comfyui_version", "cached", "version", "node",
    ]  # fmt: skip
