"""The workflow files of all makers: one name for each, and what a prompt gets of them."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import InvalidInputError, Unavailable
from musings.makers.base import Checked, Context, DefaultGround, Wanted
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.file_maker import RANK, FileMaker, WorkflowFiles
from musings.makers.comfyui.library import WorkflowFile
from musings.models import Job, Kind, Outcome
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import painting, picture, song


class Runs:
    """A pipeline that only says which file it would run."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, job: Job, context: Context) -> Outcome:
        return Outcome((), self.name)


class Graphs(FileMaker):
    """The files in ComfyUI's formats; ``able`` are those that could run."""

    name = "comfyui"
    able: frozenset[str] | None = None

    def _pipeline(self, found: WorkflowFile) -> Runs:
        return Runs(f"{found.name} {found.hash[:4]}")

    def _check(self, found: WorkflowFile) -> Checked:
        return Checked(True, [], ["here"])

    def _runnable(self, files: Sequence[WorkflowFile], *, wait: bool) -> Iterable[WorkflowFile]:
        return [each for each in files if self.able is None or each.name in self.able]


def keep(settings: Settings, name: str, content: object, at: int) -> Path:
    settings.media.workflows.mkdir(exist_ok=True)
    path = settings.media.workflows / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    os.utime(path, (1_700_000_000 + at, 1_700_000_000 + at))
    return path


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    found = make_settings()
    keep(found, "zebra.json", painting(), 0)
    keep(found, "ape.json", painting(seed=2), 1)
    keep(found, "song.json", song(), 2)
    keep(found, "broken.json", "{", 3)
    return found


def maker(settings: Settings) -> Graphs:
    return Graphs(WorkflowFiles(settings, ClassTable([])))


def test_every_file_is_listed_after_what_is_no_file(settings: Settings) -> None:
    found = {each.name: each for each in maker(settings).workflows()}
    assert set(found) == {"ape", "zebra", "song", "broken"}
    assert min(each.rank for each in found.values()) >= RANK
    assert found["broken"].problem is not None
    assert not found["broken"].usable
    assert found["ape"].hash != found["zebra"].hash


def test_the_first_that_came_is_proposed_and_a_later_one_changes_nothing(settings: Settings) -> None:
    mine = maker(settings)

    def proposed() -> str | None:
        found = mine.propose(Kind.IMAGE, DefaultGround.FOUND, wait=False)
        return None if found is None else found.workflow

    assert proposed() == "zebra"
    keep(settings, "aardvark.json", painting(seed=3), 10)
    assert proposed() == "zebra"
    mine.able = frozenset({"aardvark", "ape"})
    assert proposed() == "ape", "of those that could run"
    mine.able = frozenset()
    assert proposed() is None


def test_what_takes_no_words_and_what_writes_words_is_no_default(settings: Settings) -> None:
    for name in ("zebra", "ape"):
        (settings.media.workflows / f"{name}.json").unlink()
    keep(settings, "tool.json", picture(), 0)
    mine = maker(settings)
    assert mine.propose(Kind.IMAGE, DefaultGround.FOUND, wait=False) is None
    assert mine.propose(Kind.TEXT, DefaultGround.FOUND, wait=False) is None


def test_a_configured_file_that_is_missing_is_listed_with_the_reason(make_settings: MakeSettings) -> None:
    mine = maker(make_settings(media={"scripts": {"image": "media/gone.json"}}))
    [found] = mine.workflows()
    assert found.name == "gone"
    assert "media.scripts.image names" in (found.problem or "")
    proposal = mine.propose(Kind.IMAGE, DefaultGround.CONFIGURED, wait=False)
    assert proposal is not None
    assert proposal.workflow == "gone"
    with pytest.raises(Unavailable, match="cannot be used"):
        mine.choose(Wanted(Kind.IMAGE, "gone", named=False))


def test_a_prompt_runs_with_the_file_that_it_was_submitted_with(settings: Settings) -> None:
    mine = maker(settings)
    pinned = mine.pin("ape")
    assert pinned is not None
    before = mine.choose(Wanted(Kind.IMAGE, "ape", pinned))
    keep(settings, "ape.json", painting(seed=99), 50)
    after = mine.choose(Wanted(Kind.IMAGE, "ape", pinned))
    now = mine.choose(Wanted(Kind.IMAGE, "ape"))
    assert before is not None
    assert after is not None
    assert now is not None
    assert before.pipeline.name == after.pipeline.name != now.pipeline.name
    (settings.media.workflows / "ape.json").unlink()
    gone = mine.choose(Wanted(Kind.IMAGE, "ape", pinned))
    assert gone is not None
    assert gone.pipeline.name == before.pipeline.name, "and also when it is gone"


def test_a_file_with_a_problem_cannot_be_pinned_and_says_so_when_it_is_checked(settings: Settings) -> None:
    mine = maker(settings)
    assert mine.pin("broken") is None
    checked = mine.check("broken")
    assert checked is not None
    assert (checked.usable, checked.problems[0].where) == (False, "broken.json")
    found = mine.check("ape")
    assert found is not None
    assert found.usable


def test_a_prompt_of_another_kind_is_refused_by_name(settings: Settings) -> None:
    with pytest.raises(InvalidInputError, match="song makes music, and this prompt asks for image"):
        maker(settings).choose(Wanted(Kind.IMAGE, "song"))


def test_files_of_others_are_left_to_them(settings: Settings) -> None:
    mine = maker(settings)
    assert mine.choose(Wanted(Kind.IMAGE, None)) is None
    assert mine.choose(Wanted(Kind.IMAGE, "nobody")) is None
    assert mine.check("nobody") is None
