"""What a call at the door sent, and what we have of it."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from musings.api.comfyui_calls import body_of, names_of
from musings.comfyui_api.refusals import GraphRefusal


def sent(content: bytes) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def test_a_body_is_an_object() -> None:
    assert asyncio.run(body_of(sent(b'{"a": [1, "\\u00e4"]}'))) == {"a": [1, "ä"]}


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 100_000, b"\xff"])
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(GraphRefusal) as caught:
        asyncio.run(body_of(sent(content)))
    assert caught.value.status == 400


def test_the_ids_of_a_body() -> None:
    assert names_of({"delete": ["a", 7]}, "delete") == ["a", "7"]
    assert names_of({"delete": "a"}, "delete") == names_of({}, "delete") == []
