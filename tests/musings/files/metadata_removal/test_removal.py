"""Any file: what carries texts, what does not, and what is broken."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyui_workflows.metadata.reading import texts_in
from musings.files.marking.marking import revision
from musings.files.metadata_removal import removal
from musings.files.metadata_removal.spans import patched
from tests.comfyui_workflows.carriers import CARRIERS


@pytest.mark.parametrize("name", [name for name in CARRIERS if not name.endswith((".glb", ".safetensors", ".latent"))])
def test_no_workflow_is_found_afterwards(name: str) -> None:
    content = CARRIERS[name]
    before = texts_in(content)
    assert before is not None
    assert before.texts
    after = texts_in(patched(content, 0, removal.spans_without_texts(content)))
    assert after is not None
    assert not {"prompt", "workflow"} & after.texts.keys()


@given(st.data())
def test_a_broken_file_keeps_its_length(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(sorted(CARRIERS.values()))))
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, min(len(content), 4000) - 1))] = data.draw(st.integers(0, 255))
    broken = bytes(content[: data.draw(st.integers(0, len(content)))])
    assert len(patched(broken, 0, removal.spans_without_texts(broken))) == len(broken)


@pytest.mark.parametrize("content", [b"", b"x", b"\xff", b"# words", b"<svg/>", b'{"1": 2}'])
def test_what_is_no_such_file_stays_as_it_is(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    assert list(revision(tmp_path / "file", without_texts=True).spans) == []
