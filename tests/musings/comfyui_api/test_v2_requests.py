"""What is asked of Comfy API v2, checked; the refusals over HTTP are in ``api/routes/test_comfyui_v2_jobs``."""

from datetime import timedelta
from typing import Any

import pytest

from musings.comfyui_api.v2_refusals import V2Refusal
from musings.comfyui_api.v2_requests import expected_digest, wanted_job, wanted_record
from tests.musings.makers.comfyui.graphs import picture


def test_two_bodies_ask_for_the_same_in_any_order_and_with_any_account() -> None:
    one = wanted_job({"workflow": picture(), "metadata": {"a": "1", "b": "2"}})
    two = wanted_job(
        {
            "metadata": {"b": "2", "a": "1"},
            "workflow": dict(reversed(picture().items())),
            "extra_data": {"api_key_comfy_org": "x"},
        }
    )
    assert (one.same, one.labels, one.priority) == (two.same, {"a": "1", "b": "2"}, 0)
    others = ({"metadata": {"a": "2"}}, {"priority": 1}, {"workflow": picture(color=1)})
    assert one.same not in {wanted_job({"workflow": picture(), **other}).same for other in others}


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(V2Refusal, match=r"client_id is no field of this request; known: workflow"):
        wanted_job({"workflow": picture(), "client_id": "x"})
    with pytest.raises(V2Refusal, match=r"inputs is reserved"):
        wanted_job({"workflow": picture(), "inputs": {}})


@pytest.mark.parametrize(("seconds", "wanted"), [(None, None), (60, 60), ("604800", 604_800)])
def test_a_record_lasts_as_long_as_asked_for(seconds: Any, wanted: int | None) -> None:
    found = wanted_record({"file_path": "a.png", "expires_in": seconds}, ["x"])
    assert found.kept_for == (None if wanted is None else timedelta(seconds=wanted))
    assert (found.file_path, found.tags) == ("a.png", ["x"])


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ({"expires_in": 59}, None), ({"expires_in": 604_801}, None), ({"expires_in": True}, None),
        ({"expires_in": 1.5}, None), ({"expires_in": "9" * 5_000}, None), ({"file_path": ""}, None),
        ({"file_path": "x" * 301}, None), ({"file_path": 7}, None), ({}, "x"), ({}, [""]), ({}, [7]),
        ({}, ["x"] * 33),
    ],
)  # fmt: skip
def test_an_odd_record_is_refused(given: dict[str, Any], tags: Any) -> None:
    with pytest.raises(V2Refusal) as caught:
        wanted_record(given, tags)
    assert caught.value.body["error"]["code"] == "invalid_request"


def test_an_expected_hash_is_one() -> None:
    assert expected_digest(None) is None
    assert expected_digest("blake3:" + "AB" * 32) == "ab" * 32
    for odd in ("", "blake3:", 7):
        with pytest.raises(V2Refusal, match="64 hexadecimal digits"):
            expected_digest(odd)
