"""Labels of jobs: what is taken, and what a list may be asked for."""

from typing import Any

import pytest

from musings.comfyui_api.v2_labels import checked_labels, label_filter
from musings.comfyui_api.v2_refusals import V2Refusal


def test_labels_are_taken_as_they_are() -> None:
    given = {"client": "Käthe & Söhne", "a.b-c_D": "", "n" * 40: "x" * 256}
    assert checked_labels(given) == given
    assert checked_labels(None) == checked_labels({}) == {}


@pytest.mark.parametrize(
    "given",
    [
        "char=2807", [], {"": "x"}, {"n" * 41: "x"}, {"a b": "x"}, {"ä": "x"}, {"a": 7}, {"a": None},
        {"a": "ä" * 129}, {"a": "\n"}, {"a": "\x85"}, {"a": "\u202e"}, {"a": "\u2069"}, {"a": "\ud800"},
        {str(number): "x" for number in range(17)},
    ],
)  # fmt: skip
def test_what_is_no_label_is_refused(given: Any) -> None:
    with pytest.raises(V2Refusal) as caught:
        checked_labels(given)
    assert (caught.value.status, caught.value.body["error"]["code"]) == (422, "metadata_invalid")


def test_a_list_is_asked_for_by_labels() -> None:
    query = [("metadata[a]", "1"), ("limit", "2"), ("metadata[b]", ""), ("xmetadata[c]", "1"), ("metadata", "1")]
    assert label_filter(query) == {"a": "1", "b": ""}


@pytest.mark.parametrize(
    "query",
    [
        [("metadata[a]", "1"), ("metadata[a]", "1")],
        [("metadata[]", "1")],
        [("metadata[a b]", "1")],
        [("metadata[a]", "\t")],
        [(f"metadata[{number}]", "1") for number in range(4)],
    ],
)
def test_an_odd_filter_is_refused(query: list[tuple[str, str]]) -> None:
    with pytest.raises(V2Refusal) as caught:
        label_filter(query)
    assert (caught.value.status, caught.value.body["error"]["code"]) == (400, "invalid_metadata_filter")
