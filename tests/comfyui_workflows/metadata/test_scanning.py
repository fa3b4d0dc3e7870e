"""The texts that ``scanning`` finds, also in what is built wrongly."""

import pytest

from comfyui_workflows.metadata import scanning
from comfyui_workflows.metadata.collected import CollectedTexts
from comfyui_workflows.metadata.scanning import LOOKED_AT, MOST_STARTS


def read(content: bytes) -> dict[str, str]:
    found = CollectedTexts()
    scanning.read(content, found)
    return found.texts


@pytest.mark.parametrize("begins", [b"prompt:", b"PROMPT=", b'{"prompt": ', b"prompt\0", b"VP8Xprompt:"])
def test_an_object_behind_its_name_is_found(begins: bytes) -> None:
    assert read(b"\0\xff" + begins + b'{"1": {"a": "}"}} and more }') == {"prompt": '{"1": {"a": "}"}}'}


def test_also_at_the_end_of_a_large_file_and_not_in_its_middle() -> None:
    large = bytes(LOOKED_AT)
    assert read(large + b"prompt:{}") == {"prompt": "{}"}
    assert read(large + b"prompt:{}" + large) == {}


def test_a_file_of_beginnings_is_left_soon() -> None:
    assert read(b"prompt:{" * 100_000) == {}
    assert read(b"prompt:{" * MOST_STARTS + b"prompt:{}") == {}
    assert read(b"prompt:" + b'{"a":' * 50_000) == {}
