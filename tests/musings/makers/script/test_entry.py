"""Scripts in the list of makers: offered, checked and chosen by what this machine has."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import InvalidInputError, Unavailable
from musings.makers.base import DefaultGround, Wanted
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.file_maker import WorkflowFiles
from musings.makers.script.entry import HERE, ScriptMaker
from musings.makers.script.pipeline import ScriptPipeline
from musings.models import Kind
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.doubles import export, stub_comfyui

Opened = Callable[..., ScriptMaker]


@pytest.fixture
def opened(make_settings: MakeSettings, tmp_path: Path) -> Opened:
    """With one export, on a machine that has a ComfyUI or has none."""
    (tmp_path / "media").mkdir()
    export(tmp_path / "media")

    def make(*, comfyui: bool = True, warm: bool = False) -> ScriptMaker:
        directory = {"directory": str(stub_comfyui(tmp_path / "ComfyUI"))} if comfyui else {}
        settings: Settings = make_settings(
            media={"comfyui": {"python": sys.executable, "warm_scripts": {"enabled": warm}, **directory}}
        )
        return ScriptMaker(settings, WorkflowFiles(settings, ClassTable([])))

    return make


def test_an_export_is_offered_with_its_form(opened: Opened) -> None:
    [found] = opened().workflows()
    assert (found.name, found.kind, found.source, found.usable) == ("painting", Kind.IMAGE, "script", True)
    assert {field.role for field in found.form} >= {"seed", "width", "checkpoint"}


def test_without_a_comfyui_it_is_there_and_says_why_it_cannot_run(opened: Opened) -> None:
    maker = opened(comfyui=False)
    [found] = maker.workflows()
    assert "media.comfyui.directory is not set" in (found.reason or "")
    checked = maker.check("painting")
    assert checked is not None
    assert (checked.usable, checked.places) == (False, [])
    with pytest.raises(Unavailable, match="cannot run"):
        maker.choose(Wanted(Kind.IMAGE, "painting"))
    assert maker.propose(Kind.IMAGE, DefaultGround.FOUND, wait=True) is None
    assert maker.backends() == []


def test_it_runs_here_where_all_is_there(opened: Opened) -> None:
    maker = opened()
    checked = maker.check("painting")
    assert checked is not None
    assert (checked.usable, checked.places) == (True, [HERE])
    chosen = maker.choose(Wanted(Kind.IMAGE, "painting"))
    assert chosen is not None
    assert isinstance(chosen.pipeline, ScriptPipeline)
    assert chosen.version is not None
    proposal = maker.propose(Kind.IMAGE, DefaultGround.FOUND, wait=False)
    assert proposal is not None
    assert proposal.workflow == "painting"
    [place] = maker.backends()
    assert (place.kind, place.reachable) == ("script", True)


def test_what_another_maker_runs_is_none_of_its_business(opened: Opened) -> None:
    maker = opened()
    assert maker.choose(Wanted(Kind.IMAGE, "fox")) is None
    assert maker.check("fox") is None
    assert maker.pin("fox") is None


def test_a_kind_that_it_does_not_make_is_refused(opened: Opened) -> None:
    with pytest.raises(InvalidInputError, match="makes image, and this prompt asks for music"):
        opened().choose(Wanted(Kind.MUSIC, "painting"))


@pytest.mark.parametrize("warm", [True, False])
def test_it_can_be_closed_twice(opened: Opened, warm: bool) -> None:
    maker = opened(warm=warm)
    maker.close()
    maker.close()
