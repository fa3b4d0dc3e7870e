"""What makes things: the servers, and each workflow held against them."""

import json

from fake_comfyui.server import FakeComfy
from musings.doctor import Level
from musings.doctor import test_configuration as examine
from tests.conftest import MakeSettings
from tests.musings.doctor.looking import problems
from tests.musings.makers.comfyui.graphs import painting
from tests.ports import free_port


def test_one_that_sleeps_is_well(make_settings: MakeSettings) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    settings = make_settings(media={"comfyui": {"host": url, "wake": {url: {"mac": "d8:bb:c1:01:23:45"}}}})
    [found] = [each for each in examine(settings) if each.what == "ComfyUI (comfyui)"]
    assert (found.level, found.detail) == (Level.OK, f"{url} does not answer, and is woken when a prompt needs it")


def test_with_comfyui_away_it_warns_and_goes_on(make_settings: MakeSettings) -> None:
    settings = make_settings(media={"comfyui": {"host": "http://127.0.0.1:9"}})
    found = examine(settings)
    assert problems(settings)["ComfyUI (comfyui)"].level is Level.WARNING
    assert Level.FAILURE not in {each.level for each in found}
    assert found[-1].what == "worker"


def test_a_workflow_is_held_against_the_server(make_settings: MakeSettings) -> None:
    with FakeComfy() as fake:
        settings = make_settings(media={"comfyui": {"host": fake.url}})
        settings.media.workflows.mkdir()
        wrong = {key: dict(each) for key, each in painting().items()}
        wrong["9"] = {"class_type": "NobodyHasThis", "inputs": {}}
        for name, graph in (("fox", painting()), ("hare", wrong)):
            (settings.media.workflows / f"{name}.json").write_text(json.dumps(graph))
        found = {each.what: each for each in examine(settings)}
        assert found["workflow fox"].level is Level.OK
        assert found["workflow hare"].level is Level.WARNING
        assert "NobodyHasThis" in found["workflow hare"].detail
        assert found["ComfyUI (comfyui)"].level is Level.OK
