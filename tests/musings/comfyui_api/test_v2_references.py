"""How Comfy API v2 names files."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.comfyui_api.v2_references import HIGHEST, MOST_PARTS, OutputId, digest_in, output_id, references
from musings.comfyui_api.v2_refusals import V2Refusal


@given(st.integers(0, HIGHEST), st.integers(0, MOST_PARTS))
def test_the_id_of_an_output_is_a_uuid_that_names_its_artifact(artifact: int, part: int) -> None:
    text = str(OutputId(artifact, part))
    assert (uuid.UUID(text).version, uuid.UUID(text).variant) == (8, uuid.RFC_4122)
    assert output_id(text) == OutputId(artifact, part)


@given(st.uuids(version=4))
def test_other_uuids_name_none(other: uuid.UUID) -> None:
    assert output_id(str(other)) is None


@pytest.mark.parametrize("text", ["", "7", "a" * 36, "\0"])
def test_what_is_no_uuid_names_none(text: str) -> None:
    assert output_id(text) is None


def test_a_hash_is_written_in_one_way() -> None:
    assert digest_in("blake3:" + "Ab" * 32) == "ab" * 32
    for odd in (None, 7, "ab" * 32, "blake3:ab", "sha256:" + "ab" * 32, "blake3:" + "g" * 64):
        assert digest_in(odd) is None


def asset(**info: Any) -> dict[str, Any]:
    return {"__type": "core/ASSET", "info": info}


def test_references_are_found_where_a_file_would_be_named() -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": asset(id="x")}}, "2": {"inputs": []}, "3": 7}
    [found] = references(graph)
    assert (found.node, found.input, found.asset_id) == ("1", "image", "x")


@pytest.mark.parametrize(
    "value",
    [{"__type": "core/ASSET"}, asset(), asset(id=7), asset(id=""), [asset(id="x")], {"a": {"b": [asset(id="x")]}}],
)
def test_a_malformed_reference_is_refused(value: Any) -> None:
    with pytest.raises(V2Refusal) as caught:
        references({"1": {"inputs": {"image": value}}})
    assert (caught.value.status, caught.value.body["error"]["code"]) == (422, "missing_asset")
    assert "Node 1, input image" in str(caught.value)


def test_a_deep_value_is_looked_through() -> None:
    value: Any = {}
    for _ in range(5_000):
        value = [value]
    assert references({"1": {"inputs": {"image": value}}}) == []
