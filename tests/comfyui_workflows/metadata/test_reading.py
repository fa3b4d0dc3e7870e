"""Whatever kind of file it is, its texts are found; whatever it claims, that takes little time."""

import json
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comfyui_workflows.metadata.collected import MOST_PARTS, MOST_TEXT
from comfyui_workflows.metadata.containers import PNG_SIGNATURE
from comfyui_workflows.metadata.reading import texts_in
from tests.comfyui_workflows.carriers import CARRIERS, TEXTS, png
from tests.comfyui_workflows.metadata.chunks import chunk


@pytest.mark.parametrize("name", CARRIERS)
def test_the_texts_of_each_kind_of_file_are_found(name: str) -> None:
    found = texts_in(CARRIERS[name])
    assert found is not None
    texts = dict(found.texts)
    if "comment" in texts:
        texts = json.loads(texts["comment"])
    assert {key: json.loads(texts[key]) for key in TEXTS} == {key: json.loads(text) for key, text in TEXTS.items()}


@pytest.mark.parametrize("content", [b"", b"{", b'{"prompt": {}}', b"\xff\xfe{\0}\0", b"\0\0\0\0\0\0\0\0{}", b"<html>"])
def test_what_is_no_such_file_is_left_to_others(content: bytes) -> None:
    assert texts_in(content) is None


@pytest.mark.parametrize("name", CARRIERS)
def test_a_file_that_is_cut_off_or_damaged_ends_in_texts_or_none(name: str) -> None:
    whole = CARRIERS[name]
    for end in range(0, len(whole), max(1, len(whole) // 40)):
        texts_in(whole[:end])
    for end in range(min(len(whole), 400)):  # in the middle of every head
        texts_in(whole[:end])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(CARRIERS)), st.lists(st.tuples(st.integers(0, 10**9), st.binary(max_size=9)), max_size=8))
def test_no_change_of_bytes_is_more_than_can_be_read(name: str, changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(CARRIERS[name])
    for place, replacement in changes:
        place %= len(content)
        content[place : place + len(replacement)] = replacement
    found = texts_in(bytes(content))
    assert found is None or all(len(text) <= MOST_TEXT for text in found.texts.values())


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_a_packed_text_is_unpacked_to_a_bound(kind: bytes) -> None:
    bomb = zlib.compress(bytes(10 * MOST_TEXT))
    data = b"workflow\0" + (b"\0" if kind == b"zTXt" else b"\1\0\0\0") + bomb
    found = texts_in(PNG_SIGNATURE + chunk(kind, data))
    assert found is not None
    assert sum(map(len, found.texts.values())) <= MOST_TEXT


def test_lengths_that_no_file_has_are_not_believed() -> None:
    found = texts_in(PNG_SIGNATURE + chunk(b"tEXt", b"prompt\0{}", 2**32 - 1))
    assert found is not None
    assert found.texts == {"prompt": "{}"}


def test_parts_without_end_are_counted() -> None:
    crowd = chunk(b"tIME", b"") * (MOST_PARTS + 1)
    found = texts_in(PNG_SIGNATURE + crowd + chunk(b"tEXt", b"prompt\0late"))
    assert found is not None
    assert found.texts == {}


def test_a_picture_without_texts_has_none() -> None:
    found = texts_in(png({}))
    assert found is not None
    assert (found.kind, dict(found.texts)) == ("a picture (PNG)", {})
