"""WebM: tags and titles become void; the film stays."""

import pytest

from comfyui_workflows.metadata.containers import ebml_elements
from musings.files.metadata_removal import matroska
from musings.files.metadata_removal.spans import patched
from tests.comfyui_workflows import carriers
from tests.comfyui_workflows.metadata.chunks import element
from tests.musings.files.metadata_removal.without import SECRET, TEXTS, plays_without_texts


def test_tags_and_the_title_go() -> None:
    content = carriers.film("webm", "libvpx-vp9", {**TEXTS, "title": SECRET})
    plays_without_texts(content)


@pytest.mark.parametrize("size", [2, 3, 8, 9, 10, 300, 70_000])
def test_a_void_has_its_size(size: int) -> None:
    content = matroska.void(size) + element(0x1549A966, b"")
    assert len(matroska.void(size)) == size
    found, following = ebml_elements(content, 0, len(content), ())
    assert (found.kind, found.start, found.last, following.kind) == (matroska.VOID, 0, size, 0x1549A966)


def test_a_segment_without_a_size_goes_to_the_end() -> None:
    tag = element(matroska.TAGS, b"text")
    content = element(0x1A45DFA3, b"") + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + tag
    left = patched(content, 0, list(matroska.blanked(content)))
    assert left == content.replace(tag, matroska.void(len(tag)))


def test_tags_behind_pictures_of_unknown_size_go() -> None:
    """A live stream says of neither how long it is."""
    unknown, tag = b"\x01\xff\xff\xff\xff\xff\xff\xff", element(matroska.TAGS, b"text")
    block = element(0xA3, b"pictures")
    content = element(0x1A45DFA3, b"") + b"\x18\x53\x80\x67" + unknown + b"\x1f\x43\xb6\x75" + unknown + block + tag
    left = patched(content, 0, list(matroska.blanked(content)))
    assert left == content.replace(tag, matroska.void(len(tag)))


def test_containers_in_each_other_without_end_are_read_so_far() -> None:
    content = b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * 5000
    assert list(matroska.blanked(content)) == []
