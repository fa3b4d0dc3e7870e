"""The texts that ``models`` finds, also in what is built wrongly."""

import json
import struct

import pytest

from comfyui_workflows.metadata.reading import texts_in
from tests.comfyui_workflows.carriers import TEXTS


def glb(extras: object) -> bytes:
    said = json.dumps({"asset": {"version": "2.0", "extras": extras}}).encode()
    return b"glTF" + struct.pack("<II", 2, 20 + len(said)) + struct.pack("<I", len(said)) + b"JSON" + said


@pytest.mark.parametrize("written", [TEXTS, {name: json.loads(text) for name, text in TEXTS.items()}])
def test_a_3d_file_carries_its_workflow_as_texts_or_objects(written: object) -> None:
    found = texts_in(glb(written))
    assert found is not None
    assert found.kind == "a 3D file (glTF)"
    assert {name: json.loads(found.texts[name]) for name in TEXTS} == {n: json.loads(t) for n, t in TEXTS.items()}


def test_a_latent_carries_its_workflow() -> None:
    head = json.dumps({"__metadata__": TEXTS, "latent": {"dtype": "F32"}}).encode()
    found = texts_in(struct.pack("<Q", len(head)) + head + bytes(64))
    assert found is not None
    assert found.texts == TEXTS


@pytest.mark.parametrize("extras", [None, 3, [], "x", {}])
def test_odd_extras_are_none(extras: object) -> None:
    found = texts_in(glb(extras))
    assert found is not None
    assert found.texts == {}
