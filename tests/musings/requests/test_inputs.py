"""Artifacts as the inputs of a workflow: what a field takes, what is refused, and which file it becomes."""

from pathlib import Path
from typing import Any

import pytest

from musings.errors import InvalidInputError, NotFoundError, PathError
from musings.forms.checking import check_parameters
from musings.models import Artifact, FormField
from musings.requests import inputs

FORM = (FormField("image", "image", "Image"), FormField("audio", "audio", "Sound"), FormField("words", "text", "Words"))
KNOWN = {1: "image", 2: "audio", 3: "video"}


def find(number: int) -> Artifact:
    if number not in KNOWN:
        raise NotFoundError(f"There is no artifact {number}.")
    return Artifact(number, 7, KNOWN[number], f"image/7_20261122T101500/{number}.png", None, {}, None)


def refusals(**values: Any) -> dict[str, str]:
    return {fault.where: fault.message for fault in inputs.faults(FORM, values, find)}


@pytest.mark.parametrize("value", ["artifact:1", "fox.png", "t/x.png [output]", "a b (1).png", "..png", "é.png"])
def test_what_a_picture_field_takes(value: str) -> None:
    assert check_parameters(FORM, {"image": value})["image"] == value


@pytest.mark.parametrize(
    "value",
    ["artifact:", "artifact:x", "artifact:-1", "artifact:1 ", "artifact:١", "../x.png", "a/../../x.png", "/etc/passwd",
     "a//b", "a\\..\\b", "C:/x.png", "x\0.png", ".", "a" * 301, 7],
)  # fmt: skip
def test_what_it_refuses(value: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"parameters\.image"):
        check_parameters(FORM, {"image": value})


def test_an_artifact_must_be_there_and_of_the_right_kind() -> None:
    assert refusals(image="artifact:1", audio="artifact:2") == {}
    found = refusals(image="artifact:2", audio="artifact:9")
    assert found["parameters.image"] == "must name image, and artifact 2 is audio"
    assert "There is no artifact 9" in found["parameters.audio"]


def test_only_fields_for_files_name_artifacts() -> None:
    assert refusals(words="artifact:9", image="fox.png", audio=None) == {}
    assert inputs.files(FORM, {"words": "artifact:1"}, find, Path) == {}


def test_each_field_gets_its_file() -> None:
    found = inputs.files(FORM, {"image": "artifact:1", "audio": "fox.flac"}, find, Path)
    assert found == {"image": Path("image/7_20261122T101500/1.png")}


def test_a_file_that_is_gone_is_named() -> None:
    def gone(path: str) -> Path:
        raise PathError(f"There is no media file {path}.")

    with pytest.raises(InvalidInputError, match=r"parameters.image: the file of artifact 1 is gone"):
        inputs.files(FORM, {"image": "artifact:1"}, find, gone)
    with pytest.raises(InvalidInputError, match=r"parameters.image: names no artifact"):
        inputs.files(FORM, {"image": "artifact:9"}, find, gone)
