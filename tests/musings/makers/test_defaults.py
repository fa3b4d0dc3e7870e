"""Which workflow serves a prompt that names none, and that this does not change by itself."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fake_comfyui.server import FakeComfy
from musings import cli
from musings.config.settings import Settings, load
from musings.doctor import Level
from musings.doctor import test_configuration as examine
from musings.errors import ConflictError, NotFoundError, Unavailable
from musings.makers.choice import Makers
from musings.models import Kind, NewPrompt
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts, workflows
from musings.store.gallery.defaults import WorkflowDefaults
from musings.store.queue import submission
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.doubles import LOADS_A_PICTURE, export
from tests.musings.makers.comfyui.graphs import node, painting, song
from tests.paths import ROOT

NOWHERE = "http://127.0.0.1:9"
EXPORT = "media/image_workflow.py"


def with_files(make_settings: MakeSettings, folder: Path, url: str, **media: Any) -> Settings:
    """Two pictures, the later in the alphabet the earlier to come, and a sound."""
    (folder / "media").mkdir(exist_ok=True)
    for moment, (name, graph) in enumerate({"zebra": painting(), "ape": painting(seed=2), "song": song()}.items()):
        file = folder / "media" / f"{name}.json"
        file.write_text(json.dumps(graph))
        os.utime(file, (1_700_000_000 + moment, 1_700_000_000 + moment))
    return make_settings(
        processing={"backoff_seconds": 0.01}, media={"comfyui": {"hosts": [url] if url else []}, **media}
    )


Open = Callable[[Settings], Makers]


@pytest.fixture
def opened(database: Database) -> Iterator[Open]:
    """As each process opens them; closed at the end."""
    with ExitStack() as stack:

        def make(settings: Settings) -> Makers:
            versions = database.reader(workflows.find)
            made = Makers(settings, versions=versions, defaults=WorkflowDefaults(database))
            stack.callback(made.close)
            return made

        yield make


def test_the_first_that_can_be_used_becomes_the_default(
    make_settings: MakeSettings, tmp_path: Path, database: Database, opened: Open
) -> None:
    with FakeComfy() as fake:
        settings = with_files(make_settings, tmp_path, fake.url)
        pipelines = opened(settings)
        prompt, _ = database.writing(submission.add, checked(pipelines, PromptRequest("a fox", "image")))
        assemble.runner(settings, database).run_queue_processor(drain=True)

    found = database.reading(prompts.get, prompt.id)
    assert (found.status, found.workflow, found.error_message) == ("completed", None, None)
    [made] = database.reading(artifacts.of_prompts, [prompt.id])
    assert (made.metadata["workflow"], made.metadata["engine"]) == ("zebra", "comfyui")
    listed = {each.kind: each.name for each in opened(settings).workflows() if each.default}
    sketched = {"text": "sketch-text", "voice": "sketch-voice", "video": "sketch-video"}
    assert listed == {**sketched, "image": "zebra", "music": "song"}


def test_a_server_that_is_away_changes_no_default(
    make_settings: MakeSettings, tmp_path: Path, database: Database, opened: Open
) -> None:
    """Also where its address is the one that everybody has, so that only its answer told that it is there."""
    settings = with_files(make_settings, tmp_path, "")
    WorkflowDefaults(database).settle(Kind.IMAGE, "zebra")

    pipelines = opened(settings)

    assert pipelines.resolve(Kind.IMAGE, None).name == "zebra"
    assert pipelines.resolve(Kind.MUSIC, None).name == "sketch-music"  # no ComfyUI was ever seen


def test_without_any_server_the_sketch_serves(
    make_settings: MakeSettings, tmp_path: Path, database: Database, opened: Open
) -> None:
    settings = with_files(make_settings, tmp_path, "")
    assert opened(settings).resolve(Kind.IMAGE, None).name == "sketch-image"
    assert WorkflowDefaults(database).read() == {}


def test_what_no_server_can_run_is_not_the_first(
    make_settings: MakeSettings, tmp_path: Path, database: Database, opened: Open
) -> None:
    with FakeComfy() as fake:
        settings = with_files(make_settings, tmp_path, fake.url)
        lacking = painting() | {"4": node("CheckpointLoaderSimple", ckpt_name="fux.ckpt")}
        (tmp_path / "media" / "zebra.json").write_text(json.dumps(lacking))
        os.utime(tmp_path / "media" / "zebra.json", (1, 1))
        assert opened(settings).resolve(Kind.IMAGE, None).name == "ape"


def test_what_takes_no_words_is_not_the_first(
    make_settings: MakeSettings, tmp_path: Path, database: Database, opened: Open
) -> None:
    settings = with_files(make_settings, tmp_path, NOWHERE)
    copies = {"1": node("LoadImage", image="a.png"), "2": node("SaveImage", images=["1", 0], filename_prefix="t")}
    (tmp_path / "media" / "zebra.json").write_text(json.dumps(copies))
    os.utime(tmp_path / "media" / "zebra.json", (1, 1))
    assert opened(settings).resolve(Kind.IMAGE, None).name == "ape"
    WorkflowDefaults(database).choose(Kind.IMAGE, "zebra")
    assert opened(settings).resolve(Kind.IMAGE, None).name == "zebra"


def test_the_owners_choice_stays(make_settings: MakeSettings, tmp_path: Path, database: Database, opened: Open) -> None:
    settings = with_files(make_settings, tmp_path, NOWHERE)
    pipelines = opened(settings)
    assert pipelines.resolve(Kind.IMAGE, None).name == "zebra"
    defaults = WorkflowDefaults(database)
    defaults.choose(Kind.IMAGE, "ape")
    assert pipelines.resolve(Kind.IMAGE, None).name == "ape"
    defaults.settle(Kind.IMAGE, "zebra")
    assert pipelines.default_of(Kind.IMAGE) == "ape"
    defaults.choose(Kind.IMAGE, "sketch-image")
    assert pipelines.resolve(Kind.IMAGE, None).name == "sketch-image"
    defaults.choose(Kind.IMAGE, "ape")
    (tmp_path / "media" / "ape.json").unlink()
    assert pipelines.default_of(Kind.IMAGE) == "zebra"


def test_the_configuration_counts_more(
    make_settings: MakeSettings, tmp_path: Path, database: Database, opened: Open
) -> None:
    settings = with_files(make_settings, tmp_path, NOWHERE, scripts={"image": "media/ape.json"})
    pipelines = opened(settings)
    WorkflowDefaults(database).choose(Kind.IMAGE, "zebra")
    assert pipelines.default_of(Kind.IMAGE) == "ape"
    with pytest.raises(ConflictError, match=r"media\.scripts\.image"):
        pipelines.check_default("zebra")
    assert pipelines.check_default("song").kind is Kind.MUSIC
    with pytest.raises(NotFoundError):
        pipelines.check_default("lion")


def test_the_owner_chooses_who_writes(make_settings: MakeSettings, database: Database, opened: Open) -> None:
    settings = make_settings(backend={"url": "http://127.0.0.1:9/v1"}, models={"local1": "a"})
    pipelines = opened(settings)
    asked, _ = database.writing(submission.add, checked(pipelines, PromptRequest("a fox", "poem")))
    with pytest.raises(Unavailable):
        pipelines.choose(Kind.TEXT, asked)
    WorkflowDefaults(database).choose(Kind.TEXT, "sketch-text")
    assert pipelines.choose(Kind.TEXT, asked).pipeline.name == "sketch"
    assert pipelines.check_words(None).places == ["sketch"]
    assert not pipelines.check_words("poets").usable


def no_file(_folder: Path) -> None:
    return


def no_export(folder: Path) -> None:
    (folder / EXPORT).write_text("print('a script of another make')\n")


@pytest.mark.parametrize(("prepare", "reason"), [(no_file, "is not there"), (no_export, "was not made by")])
def test_a_configured_workflow_that_cannot_run_is_waited_for(
    make_settings: MakeSettings,
    tmp_path: Path,
    database: Database,
    opened: Open,
    prepare: Callable[[Path], None],
    reason: str,
) -> None:
    """The plan's own example names scripts that are not there yet: no sketch in their place, and the doctor fails."""
    settings = with_files(make_settings, tmp_path, NOWHERE, scripts={"image": EXPORT})
    prepare(tmp_path)
    pipelines = opened(settings)
    wanted = checked(pipelines, PromptRequest("a fox", "image", count=2, parameters={"lens": "wide"}))
    assert wanted.parameters == {"lens": "wide", "count": 2}
    prompt, _ = database.writing(submission.add, wanted)
    outside, _ = database.writing(submission.add, NewPrompt("a fox", "image"))

    for each in (prompt, outside):
        with pytest.raises(Unavailable, match=reason):
            pipelines.choose(Kind.IMAGE, each)
    [shown] = [each for each in pipelines.workflows() if each.kind is Kind.IMAGE and each.default]
    assert (shown.name, shown.usable) == ("image_workflow", False)
    said = examine(settings)
    [finding] = [each for each in said if each.what == "image workflow"]
    assert finding.level is Level.FAILURE
    assert reason in finding.detail
    assert not [each for each in said if each.what == "default for image"], "nor is it called in order as well"


def test_a_script_without_its_comfyui_is_waited_for(
    make_settings: MakeSettings, tmp_path: Path, database: Database, opened: Open
) -> None:
    settings = with_files(make_settings, tmp_path, NOWHERE, scripts={"image": EXPORT})
    export(tmp_path / "media", LOADS_A_PICTURE).rename(tmp_path / EXPORT)
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))

    with pytest.raises(Unavailable, match=r"media\.comfyui\.directory is not set"):
        opened(settings).choose(Kind.IMAGE, prompt)
    [finding] = [each for each in examine(settings) if each.what == "image workflow"]
    assert (finding.level, "media.comfyui.directory" in finding.detail) == (Level.FAILURE, True)


def test_on_the_command_line(
    make_settings: MakeSettings, tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = with_files(make_settings, tmp_path, NOWHERE)

    def said(code: int, *words: str) -> str:
        assert cli.main(["workflows", *words, "--config", str(settings.file)]) == code
        printed = capsys.readouterr()
        return printed.out + printed.err

    assert "made with zebra" in said(0, "default", "image")
    assert "made with ape" in said(0, "default", "image", "ape")
    assert WorkflowDefaults(database).read()[Kind.IMAGE].workflow == "ape"
    assert json.loads(said(0, "default", "image", "--json")) == {"kind": "image", "workflow": "ape"}
    [line] = [line for line in said(0, "list").splitlines() if line.startswith("ape ")]
    assert " default " in line
    assert "no kind" in said(2, "default", "picture")
    assert "makes music" in said(2, "default", "image", "song")
    assert "no workflow" in said(1, "default", "image", "lion")
    assert "needs a kind" in said(2, "default")
    assert "takes one name" in said(2, "show", "ape", "zebra")


def test_a_fresh_checkout_sketches_in_its_first_minute(tmp_path: Path, database: Database, opened: Open) -> None:
    """What we ship names no workflow that is not there: nothing waits for a newcomer's ComfyUI."""
    shipped = ROOT / "poets-service-clean" / "poets_cron_config.sample.json"
    file = tmp_path / "shipped" / shipped.name
    file.parent.mkdir()
    file.write_text(shipped.read_text())
    pipelines = opened(load(file, {}, tmp_path))
    for kind in (Kind.IMAGE, Kind.MUSIC, Kind.VOICE, Kind.VIDEO):
        prompt, _ = database.writing(submission.add, checked(pipelines, PromptRequest("a fox", kind)))
        assert pipelines.choose(kind, prompt).pipeline.name == "sketch"
