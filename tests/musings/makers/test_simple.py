"""A new way of making things: one class, given to the list of makers. Nothing else knows of it."""

import inspect
from collections.abc import Sequence
from dataclasses import replace

import pytest

from musings.config.settings import Settings
from musings.errors import InvalidInputError
from musings.makers.all import open_makers
from musings.makers.base import BackendState, Chosen, Context, DefaultGround, Proposal, Wanted, Workflow
from musings.makers.choice import Makers
from musings.makers.recipe import Recipe
from musings.makers.simple import SimpleMaker
from musings.models import ArtifactType, FormField, Job, Kind, MadeFile, Outcome
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import submission
from musings.views import present
from musings.worker import assemble


class EchoMaker(SimpleMaker):
    """Says the words of a voice prompt again, in writing."""

    name = "echo"
    backend_kind = "echo"
    form = (FormField("times", "int", "How often", default=1, minimum=1, maximum=9),)

    def workflows(self) -> Sequence[Workflow]:
        return [Workflow("echo-voice", Kind.VOICE, "Echo", "Says it again.", self.name, self.form)]

    def propose(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Proposal | None:
        return Proposal("echo-voice") if kind is Kind.VOICE and ground is DefaultGround.SET_UP else None

    def choose(self, wanted: Wanted) -> Chosen | None:
        return Chosen(self, self.form) if (wanted.kind, wanted.name) == (Kind.VOICE, "echo-voice") else None

    def backends(self) -> list[BackendState]:
        return [BackendState(self.backend_kind, "the far wall", True, None, None, None)]

    def run(self, job: Job, context: Context) -> Outcome:
        context.check()
        path = job.directory / "0001.txt"
        path.write_text("\n".join([job.text] * int(job.parameters["times"])), encoding="utf-8")
        recipe = Recipe(
            prompt=job.text,
            parameters=dict(job.parameters),
            backend="the far wall",
            engine=self.name,
            workflow="echo-voice",
        )
        return Outcome((MadeFile(path, ArtifactType.TEXT, recipe.as_metadata()),), "the far wall")


@pytest.fixture
def makers(settings: Settings) -> Makers:
    real = open_makers(settings)
    return Makers(opened=replace(real, makers=(EchoMaker(), *real.makers)))


def test_it_is_small() -> None:
    assert len(inspect.getsource(EchoMaker).splitlines()) <= 40


@pytest.mark.parametrize("workflow", ["echo-voice", None])
def test_it_makes_what_is_submitted(
    settings: Settings, database: Database, makers: Makers, workflow: str | None
) -> None:
    wanted = checked(makers, PromptRequest("hello", "voice", workflow=workflow, parameters={"times": 2}))
    prompt, _ = database.writing(submission.add, wanted)

    assemble.runner(settings, database, pipelines=makers).run_queue_processor(drain=True)

    found = database.reading(prompts.get, prompt.id)
    assert (found.status, found.error_message) == ("completed", None)
    [made] = database.reading(artifacts.of_prompts, [prompt.id])
    assert (settings.media_root / made.file_path).read_text() == "hello\nhello"
    assert (made.metadata["engine"], made.metadata["workflow"]) == ("echo", "echo-voice")
    assert made.metadata["parameters"] == {"times": 2}


def test_it_is_listed_with_its_form_and_checked_like_any_other(makers: Makers) -> None:
    [listed] = [each for each in present.workflow_list(makers) if each.name == "echo-voice"]
    assert (listed.kind, listed.source, listed.default) == ("voice", "echo", True)
    assert "times" in [field.name for field in listed.form]
    assert makers.check("echo-voice").usable
    assert [each.url for each in makers.backends(of=("echo",))] == ["the far wall"]
    assert makers.makers(Kind.VOICE)["echo-voice"] == "echo"
    with pytest.raises(InvalidInputError, match="to 9"):
        checked(makers, PromptRequest("hello", "voice", parameters={"times": 10}))


def test_beside_a_default_it_waits_to_be_named(settings: Settings) -> None:
    """Being there is no reason to serve prompts that name nothing."""

    class Modest(EchoMaker):
        propose = SimpleMaker.propose

    real = open_makers(settings)
    makers = Makers(opened=replace(real, makers=(Modest(), *real.makers)))
    assert makers.default_of(Kind.VOICE) == "sketch-voice"
