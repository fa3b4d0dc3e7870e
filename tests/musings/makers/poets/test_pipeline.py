"""The poets as a pipeline, with a team that says what the test says."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import PassingFault, Unavailable
from musings.makers.poets.assignment import Assignment, Role, Transcript, Turn, Watch
from musings.makers.poets.backends import Backends, Ready
from musings.makers.poets.documents import stored
from musings.makers.poets.pipeline import MARGIN_SECONDS, NoDocument, PoetsPipeline
from musings.makers.poets.server import LanguageServer
from musings.models import Job, Json, Kind
from tests.musings.makers.contexts import Told
from tests.musings.makers.poets.made_documents import IMAGE

SERVER = LanguageServer("manual", "http://127.0.0.1:9/v1")


class Team:
    """Gives the answers of the test, one for each task, and remembers the tasks."""

    def __init__(self, *answers: str | Exception, approved: bool = True) -> None:
        self.tasks: list[Assignment] = []
        self._answers = list(answers)
        self._approved = approved

    def run(self, assignment: Assignment, server: LanguageServer, watch: Watch) -> Transcript:
        self.tasks.append(assignment)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        turns = (Turn("Ada", Role.WRITER, "muse", answer, 20, 1.25),) if answer else ()
        for turn in turns:
            watch.speaking(0, "Ada writes", answer[:10])
            watch.said(turn)
        return Transcript(turns, "the turns", self._approved)


class Forgetful(Backends):
    forgotten = 0

    def forget(self) -> None:
        self.forgotten += 1


Made = Callable[[Team], tuple[PoetsPipeline, Forgetful]]


@pytest.fixture
def made(settings: Settings) -> Made:
    def make(team: Team) -> tuple[PoetsPipeline, Forgetful]:
        backends = Forgetful(settings)
        ready = Ready(SERVER, {"local1": "muse", "local2": "muse", "local3": "muse"}, ("muse was found",))
        return PoetsPipeline(settings, ready, team, backends), backends

    return make


def job(folder: Path, kind: Kind = Kind.TEXT, prompt_type: str = "text", attempt: int = 1, **values: Json) -> Job:
    return Job(1, attempt, kind, prompt_type, "a lamp at sea", values, folder)


def test_a_text_is_a_writing_and_a_file_with_its_title(made: Made, tmp_path: Path) -> None:
    pipeline, _ = made(Team("# The Lamp\n\nSalt on the rail.\nA gull.\nThe lamp."))
    outcome = pipeline.run(job(tmp_path, prompt_type="poetry"), Told())
    assert outcome.writing is not None
    assert (outcome.writing.title, outcome.writing.content_type) == ("The Lamp", "poetry")
    assert (tmp_path / "0001.md").read_text() == "# The Lamp\n\nSalt on the rail.\nA gull.\nThe lamp.\n"
    recipe = outcome.files[0].metadata
    assert (recipe["models"], recipe["turns"], recipe["tokens"]) == ({"Ada": "muse"}, 1, 20)
    assert recipe["execution_time"] == 1.25


@pytest.mark.parametrize(
    ("prompt_type", "values", "words"),
    [("poetry", {}, "Write a poem."), ("lyrics", {}, "Write a song."), ("text", {"form": "sonnet"}, "Write a sonnet.")],
)
def test_the_task_says_which_form_and_what_was_asked(
    made: Made, tmp_path: Path, prompt_type: str, values: dict[str, Json], words: str
) -> None:
    team = Team("x")
    made(team)[0].run(job(tmp_path, prompt_type=prompt_type, **values), Told())
    assert team.tasks[0].task == f"{words} This is what was asked for:\n\na lamp at sea"


def test_the_team_ends_before_the_attempt_does_and_each_attempt_draws_anew(made: Made, tmp_path: Path) -> None:
    team = Team("x", "x")
    pipeline, _ = made(team)
    pipeline.run(job(tmp_path, seed=40), Told(seconds=10))
    pipeline.run(job(tmp_path, seed=40, attempt=3), Told(seconds=0.5))
    assert [each.limits.seconds for each in team.tasks] == [10 - MARGIN_SECONDS, 1.0]
    assert [each.seed for each in team.tasks] == [40, 42]


def test_what_is_told_comes_to_the_page_and_the_log(made: Made, tmp_path: Path) -> None:
    told = Told()
    made(Team("Salt on the rail."))[0].run(job(tmp_path), told)
    assert told.stages == ["Ada writes"]
    assert told.excerpts == ["Salt on th"]
    assert any(line.startswith("muse was found") for line in told.lines)
    assert any(line.startswith("Ada (muse, 20 tokens, 1.2 s):\nSalt") for line in told.lines)


def test_poets_that_write_nothing_are_a_passing_fault(made: Made, tmp_path: Path) -> None:
    with pytest.raises(PassingFault, match="wrote nothing; they were ended by the turns"):
        made(Team(""))[0].run(job(tmp_path), Told())


def test_a_server_that_fails_is_looked_for_again(made: Made, tmp_path: Path) -> None:
    pipeline, backends = made(Team(Unavailable("away", waits_for="llm")))
    with pytest.raises(Unavailable):
        pipeline.run(job(tmp_path), Told())
    assert backends.forgotten == 1


def test_a_document_that_is_wrong_goes_back_to_the_writer_alone_once(made: Made, tmp_path: Path) -> None:
    team = Team("{}", json.dumps(IMAGE))
    told = Told()
    document, writing = made(team)[0].document(job(tmp_path, Kind.IMAGE, "image_prompt"), told)
    assert document.title == writing.title
    assert json.loads(writing.content or "") == json.loads(stored(document))
    assert [agent.role for agent in team.tasks[1].agents] == [Role.WRITER]
    assert "is not right" in team.tasks[1].task
    assert any("not valid" in line for line in told.lines)


def test_a_document_that_stays_wrong_says_what_is_wrong(made: Made, tmp_path: Path) -> None:
    team = Team("no JSON at all", "{}")
    with pytest.raises(NoDocument, match="did not write a valid description of a picture"):
        made(team)[0].document(job(tmp_path, Kind.IMAGE, "image_prompt"), Told())
    assert len(team.tasks) == 2


def test_a_draft_that_was_not_approved_says_how_it_ended(made: Made, tmp_path: Path) -> None:
    outcome = made(Team("Salt.", approved=False))[0].run(job(tmp_path), Told())
    assert outcome.writing is not None
    assert outcome.writing.notes == "Written by Ada with muse in 1 turns. It was ended by the turns."
