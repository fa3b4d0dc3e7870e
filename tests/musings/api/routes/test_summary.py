"""``/api/summary`` over real HTTP: flat, and told by the docs."""

import re

from tests.musings.api.conftest import Api
from tests.musings.api.feed_files import finished
from tests.paths import ROOT


def test_an_empty_house(api: Api) -> None:
    found = api.http.get("/api/summary").raise_for_status().json()
    assert (found["state"], found["pending"], found["last_id"], found["last_url"]) == ("idle", 0, None, None)


def test_what_waits_and_what_was_made(api: Api) -> None:
    artifact = finished(api, "image", "image/1_x/0001.png", b"picture")
    api.submit("a wren")
    found = api.http.get("/api/summary").raise_for_status().json()
    assert (found["pending"], found["completed"], found["artifacts"]) == (1, 1, 1)
    assert (found["state"], found["worker"]) == ("stopped", "none")
    assert (found["last_id"], found["last_text"], found["last_kind"]) == (1, "a fox & co", "image")
    assert (found["last_url"], found["last_completed_at"][:10]) == (f"/api/artifacts/{artifact}", "2026-11-28")
    assert api.http.get(found["last_preview_url"]).content == b"picture"
    api.http.post("/api/queue/pause")
    assert api.http.get("/api/summary").json()["state"] == "paused"


def test_it_is_flat_and_each_value_is_in_the_docs(api: Api) -> None:
    found = api.http.get("/api/summary").json()
    assert not any(isinstance(value, dict | list) for value in found.values())
    page = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`.+?`) \|", page, re.MULTILINE)
    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == set(found)
