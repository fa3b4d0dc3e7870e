"""The script pipeline: a real script, run as the worker would, telling what it does."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from musings.config.settings import Settings
from musings.errors import Cancelled, UserFault
from musings.makers.base import Wanted
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.file_maker import WorkflowFiles
from musings.makers.script.entry import ScriptMaker
from musings.makers.script.pipeline import GRAPHICS_CARD, TAIL_CHARACTERS
from musings.models import Job, Json, Kind, Outcome
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.doubles import export, stub_comfyui
from tests.musings.makers.contexts import Told

Ran = Callable[..., Outcome]

WAITING = """
import pathlib, time
print("x" * 9000)
print("about to wait", flush=True)
pathlib.Path(__file__).with_name("printed").touch()
time.sleep(3600)
"""
"""Nodes that are never done loading."""


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    (tmp_path / "media").mkdir()
    directory = stub_comfyui(tmp_path / "ComfyUI", paints=True)
    return make_settings(media={"comfyui": {"python": sys.executable, "directory": str(directory)}})


@pytest.fixture
def ran(settings: Settings, tmp_path: Path) -> Ran:
    """Run the export once as an attempt."""

    def run(context: Told, **parameters: Json) -> Outcome:
        maker = ScriptMaker(settings, WorkflowFiles(settings, ClassTable([])))
        chosen = maker.choose(Wanted(Kind.IMAGE, "painting"))
        assert chosen is not None
        given: dict[str, Json] = {
            field.name: field.default for field in chosen.form if field.default is not None and field.role != "prompt"
        }
        folder = tmp_path / "job"
        folder.mkdir(exist_ok=True)
        job = Job(1, 1, Kind.IMAGE, "image", "a violet fox", {**given, **parameters}, folder)
        return chosen.pipeline.run(job, context)

    return run


def test_one_run_is_one_file_with_its_recipe(settings: Settings, ran: Ran, tmp_path: Path) -> None:
    export(settings.media.workflows)
    told = Told()
    outcome = ran(told, seed=7)
    [made] = outcome.files
    assert made.path.parent == tmp_path / "job" / "01"
    with Image.open(made.path) as picture:
        assert picture.size == (64, 48)
    assert (made.metadata["seed"], made.metadata["prompt"]) == (7, "a violet fox")
    assert outcome.backend == "script:painting.py"
    assert told.held == [GRAPHICS_CARD]


def test_its_process_is_written_down_and_its_words_are_logged(settings: Settings, ran: Ran) -> None:
    export(settings.media.workflows)
    told = Told()
    ran(told)
    assert [each.partition(":")[0] for each in told.outside] == ["process"]
    assert any("a violet fox" in line and line.startswith("running ") for line in told.lines)
    assert any("--- stdout" in line and "Saved image to" in line for line in told.lines)
    assert told.stages[0] == "loading the models"
    assert "sampling" in told.stages


def test_several_are_several_runs_with_seeds_of_their_own(settings: Settings, ran: Ran) -> None:
    export(settings.media.workflows)
    told = Told()
    outcome = ran(told, seed=7, count=2)
    assert [made.path.parent.name for made in outcome.files] == ["01", "02"]
    assert len({made.metadata["seed"] for made in outcome.files}) == 2
    assert len({made.path.read_bytes() for made in outcome.files}) == 2
    assert told.held == [GRAPHICS_CARD], "once for both"
    assert told.shares == sorted(told.shares)


def test_a_script_that_saves_nothing_says_so(settings: Settings, ran: Ran) -> None:
    export(settings.media.workflows)
    nodes = Path(str(settings.media.comfyui.directory)) / "nodes.py"
    nodes.write_text(nodes.read_text().replace(".save(self.output)", ""))
    with pytest.raises(UserFault, match=r"ended well and left no file\. It says it saved") as caught:
        ran(Told())
    assert "--output" in (caught.value.hint or "")


def test_a_comfyui_that_has_gone_since_is_told(settings: Settings, ran: Ran) -> None:
    export(settings.media.workflows)
    directory = settings.media.comfyui.directory
    assert directory is not None
    context = Told()

    def gone() -> None:
        raise AssertionError("nothing was to be run")

    context.check_now = gone
    maker = ScriptMaker(settings, WorkflowFiles(settings, ClassTable([])))
    chosen = maker.choose(Wanted(Kind.IMAGE, "painting"))
    assert chosen is not None
    for name in ("main.py", "nodes.py"):
        (directory / name).unlink()
    job = Job(1, 1, Kind.IMAGE, "image", "a fox", {}, directory.parent)
    with pytest.raises(UserFault, match="holds no ComfyUI"):
        chosen.pipeline.run(job, context)


def test_what_a_stopped_script_had_printed_is_kept_and_bounded(settings: Settings, ran: Ran) -> None:
    export(settings.media.workflows)
    nodes = Path(str(settings.media.comfyui.directory)) / "nodes.py"
    nodes.write_text(WAITING)

    def check() -> None:
        if (nodes.parent / "printed").exists():
            raise Cancelled("enough")

    told = Told(check)
    with pytest.raises(Cancelled):
        ran(told)
    [kept] = [line for line in told.lines if line.startswith("stopped")]
    assert "about to wait" in kept
    assert len(kept) < 2 * TAIL_CHARACTERS + 100
