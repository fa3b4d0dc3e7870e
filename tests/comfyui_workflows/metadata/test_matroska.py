"""The texts that ``matroska`` finds, also in what is built wrongly."""

from comfyui_workflows.metadata import matroska
from comfyui_workflows.metadata.collected import CollectedTexts
from tests.comfyui_workflows.metadata.chunks import element

TAGS = element(
    matroska.TAGS,
    element(
        matroska.TAG,
        element(matroska.SIMPLE_TAG, element(matroska.NAME, b"PROMPT") + element(matroska.TEXT, b"{}")),
    ),
)
UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"


def read(content: bytes) -> dict[str, str]:
    found = CollectedTexts()
    matroska.read(b"\x1aE\xdf\xa3\x80" + content, found)
    return found.texts


def test_tags_behind_clusters_of_unknown_size_as_a_live_stream_has() -> None:
    cluster = b"\x1f\x43\xb6\x75" + UNKNOWN + element(0xA3, b"block")
    assert read(b"\x18\x53\x80\x67" + UNKNOWN + cluster * 3 + TAGS) == {"prompt": "{}"}


def test_a_size_beyond_the_file_ends_with_it() -> None:
    assert read(b"\x18\x53\x80\x67" + b"\x01\x00\xff\xff\xff\xff\xff\xff" + TAGS) == {"prompt": "{}"}


def test_what_is_no_element_ends_the_search() -> None:
    assert read(b"\0\0\0\0" + TAGS) == {}
