"""What a workflow makes, as a word that any program can write down."""

import json

import pytest

from comfyui_workflows.kinds import WorkflowKind
from musings.models import Kind


def test_a_kind_is_written_as_its_word() -> None:
    assert json.dumps({"kind": WorkflowKind.VOICE}) == '{"kind": "voice"}'
    assert f"{WorkflowKind.MUSIC}" == "music"


# Models in 3D are asked for as pictures are.
@pytest.mark.parametrize("kind", [kind for kind in WorkflowKind if kind is not WorkflowKind.MODEL_3D])
def test_each_is_a_kind_of_prompt_too(kind: WorkflowKind) -> None:
    """A workflow of a kind that no prompt has could never be chosen."""
    assert Kind(kind.value).value == kind


@pytest.mark.parametrize("word", ["film", "Image", "", " image"])
def test_another_word_is_no_kind(word: str) -> None:
    with pytest.raises(ValueError, match="not a valid WorkflowKind"):
        WorkflowKind(word)
