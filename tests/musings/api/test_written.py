"""Lists as they are sent: compact, the same as the model says, and not at all to who has them."""

import gzip
import json

import httpx
import pytest

from tests.musings.api.conftest import Api

LISTS = ("/api/prompts", "/api/artifacts", "/api/writings")


def sent(api: Api, takes: str) -> tuple[httpx.Response, bytes]:
    """A list, and the bytes that it was sent as."""
    with api.http.stream("GET", "/api/prompts", headers={"Accept-Encoding": takes}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("path", LISTS)
def test_who_has_a_list_already_is_told_so_until_it_changes(api: Api, path: str) -> None:
    api.submit("a fox")
    first = api.http.get(path)
    tag = first.headers["etag"]
    again = api.http.get(path, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert api.http.get(path, headers={"If-None-Match": '"x"'}).content == first.content
    api.submit("a wren")
    changed = api.http.get("/api/prompts", headers={"If-None-Match": tag})
    assert (changed.status_code, len(changed.json()["items"])) == (200, 2)


def test_it_is_compact_and_leaves_smaller_with_the_same_tag(api: Api) -> None:
    for _ in range(9):
        api.submit("a fox")
    (plain, body), (small, packed) = (sent(api, takes) for takes in ("identity", "gzip"))
    assert body == json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
    assert (small.headers["content-encoding"], gzip.decompress(packed)) == ("gzip", body)
    assert small.headers["etag"] == plain.headers["etag"]


def test_items_are_those_of_the_prompt_itself(api: Api) -> None:
    prompt = api.submit("a fox")
    assert api.http.get("/api/prompts").json() == {"items": [prompt], "next_cursor": None}
