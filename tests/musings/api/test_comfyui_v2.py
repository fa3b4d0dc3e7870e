"""A call at the door of Comfy API v2: addresses, keys, and when a job expires."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from musings.api.comfyui_v2 import id_from, media_type
from musings.comfyui_api.v2_jobs import FOREVER
from musings.models import Kind
from musings.security.scopes import Caller
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_calls import call
from tests.musings.comfyui_api.telling import prompt


@pytest.fixture
def door(tmp_path: Path, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path, fresh_database, worker=False) as found:
        yield found


def test_links_follow_the_public_address_but_at_a_port_of_its_own(door: ComfyUIDoor) -> None:
    public = {"public_url": "https://studio.example"}
    assert call(door).addresses.absolute == "http://here:1/comfyui/api/v2"
    assert call(door, security=public).addresses.absolute == "https://studio.example/comfyui/api/v2"
    own = call(door, "", security=public).addresses
    assert (own.absolute, own.path) == ("http://here:1/api/v2", "/api/v2")


def test_a_key_makes_an_id_of_its_caller(door: ComfyUIDoor) -> None:
    one, two = (call(door, caller=Caller("token", number)) for number in (1, 2))
    assert id_from(one, "job", "k") == id_from(one, "job", "k")
    ids = {id_from(one, "job", "k"), id_from(two, "job", "k"), id_from(one, "asset", "k"), id_from(one, "job", "l")}
    assert len(ids) == 4
    assert id_from(one, "job", None) != id_from(one, "job", None)


def test_a_job_expires_with_the_retention(door: ComfyUIDoor) -> None:
    made = prompt(completed_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert call(door).expires(made) == FOREVER
    aged = call(door, media={"retention": {"max_age_days": 2}})
    assert aged.expires(made) == datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=2)
    assert aged.expires(replace(made, starred=True)) == FOREVER
    assert aged.expires(replace(made, kind=Kind.TEXT)) == FOREVER


def test_the_type_of_a_file_is_told_by_its_suffix() -> None:
    assert [media_type(name) for name in ("a/b.PNG", "a.b/c", "x")] == ["image/png", *["application/octet-stream"] * 2]
