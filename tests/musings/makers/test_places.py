"""Which servers an alert or the doctor looks at."""

import json
from collections.abc import Iterator

import pytest

from fake_comfyui.server import FakeComfy
from musings.makers.choice import Makers
from musings.makers.places import needed
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import painting


@pytest.fixture
def fake() -> Iterator[FakeComfy]:
    with FakeComfy() as made:
        yield made


def test_a_house_without_servers_needs_none(make_settings: MakeSettings) -> None:
    settings = make_settings()
    assert needed(settings, Makers(settings)) == []


def test_a_workflow_makes_its_server_needed(make_settings: MakeSettings, fake: FakeComfy) -> None:
    settings = make_settings(media={"comfyui": {"host": fake.url}})
    settings.media.workflows.mkdir()
    (settings.media.workflows / "fox.json").write_text(json.dumps(painting()))
    pipelines = Makers(settings)
    [found] = needed(settings, pipelines)
    assert (found.kind, found.url, found.reachable) == ("comfyui", fake.url, True)
    pipelines.close()


def test_what_is_set_up_and_away_is_told_without_its_password(make_settings: MakeSettings) -> None:
    settings = make_settings(backend={"type": "manual", "url": "http://me:s3cret-word@127.0.0.1:9/v1"})
    [found] = needed(settings, Makers(settings))
    assert found.reachable is False
    assert "127.0.0.1:9" in (found.url or "")
    assert "s3cret-word" not in repr(found)
