"""The poets in the list of makers: they write where a language model server serves, the sketch poet otherwise.

The server is asked when a prompt needs words, never for a prompt that needs none. Where the owner has set one up, or
one has served since the start, its absence is waited out; where none ever was, the sketch poet serves and says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from musings.config.settings import Settings
from musings.errors import AttemptError, PassingFault, Unavailable, UserFault
from musings.late import importing
from musings.makers.base import (
    BackendState,
    Checked,
    Chosen,
    Context,
    DefaultGround,
    Lacking,
    Pipeline,
    Proposal,
    Serving,
    Wanted,
    Workflow,
)
from musings.makers.poets import research
from musings.makers.poets.assignment import TextGenerator
from musings.makers.poets.backends import Absent, Backends, Ready, candidates, is_configured, models_of
from musings.makers.poets.casting import DEFAULT_AGENTS
from musings.makers.poets.enhance import NoPoets
from musings.makers.poets.pipeline import NAME, PoetsPipeline
from musings.makers.poets.wishes import POETS_FORM
from musings.makers.simple import SimpleMaker
from musings.makers.sketch_entry import SKETCH, sketch_pipeline
from musings.models import FormField, Job, Kind, Outcome

SKETCH_TEXT = f"{SKETCH}{Kind.TEXT}"
LANGUAGE_MODEL = "llm"
RANK_SET_UP, RANK_OFFERED = 1, 3
"""Before the sketch where they serve by default, after it where they are only to be had."""


class PoetsMaker(SimpleMaker):
    """Makes the texts of no workflow file, also those that name the sketch poet; one for each process."""

    name = NAME
    backend_kind = LANGUAGE_MODEL

    def __init__(self, settings: Settings) -> None:
        self._backends = Backends(settings)
        self._settings = settings

    def workflows(self) -> Sequence[Workflow]:
        last = self._backends.last()
        return [
            Workflow(
                name=NAME,
                kind=Kind.TEXT,
                title="The poets",
                description="Written by a team of agents on a language model of your own.",
                source=self.name,
                form=POETS_FORM,
                problem=str(last.fault) if isinstance(last, Absent) else None,
                rank=RANK_SET_UP if self._serve_by_default() else RANK_OFFERED,
                slot="text",
            )
        ]

    def unnamed(self, kind: Kind) -> Sequence[FormField] | None:
        return POETS_FORM if kind is Kind.TEXT else None

    def propose(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Proposal | None:  # noqa: ARG002 (asks nobody)
        wanted = ground is DefaultGround.SET_UP and kind is Kind.TEXT and self._serve_by_default()
        return Proposal(NAME) if wanted else None

    def choose(self, wanted: Wanted) -> Chosen | None:
        return Chosen(self.writer(wanted.name), POETS_FORM) if _is_text(wanted) else None

    def writer(self, workflow: str | None) -> Pipeline:
        """The pipeline for a text prompt. Raises ``UserFault``, and ``Unavailable`` where a server is waited for."""
        if workflow == SKETCH_TEXT:
            return sketch_pipeline()
        found = self._poets(must=workflow == NAME)
        return SketchPoet(found.reason, sketch_pipeline()) if isinstance(found, NoPoets) else found

    def poets(self) -> PoetsPipeline | NoPoets:
        """The poets, or why the words of a prompt are used as they are. Raises as ``writer``."""
        return self._poets(must=False)

    def check(self, name: str) -> Checked | None:
        if name != NAME:
            return None
        [serving] = self.serving()
        return Checked(serving.ok, [] if serving.ok else [Lacking("the language model", serving.detail)])

    def rehearse(self, wanted: Wanted) -> Checked | None:
        """Who would write such a text now."""
        if not _is_text(wanted):
            return None
        try:
            return Checked(True, [], [self.writer(wanted.name).name])
        except AttemptError as error:
            return Checked(False, [Lacking("the language model", error.explained)])

    def is_needed(self) -> bool:
        """Where a server was set up; the sketch poet needs none."""
        return is_configured(self._settings)

    def serving(self) -> list[Serving]:
        """Who would write now, with which models."""
        return [self._serving()]

    def backends(self) -> list[BackendState]:
        """Every language model server of the configuration, asked now."""
        found = []
        for server, _ in candidates(self._settings):
            try:
                models_of(server)
                found.append(BackendState(LANGUAGE_MODEL, server.place, True, None, None, None))
            except AttemptError as error:
                found.append(BackendState(LANGUAGE_MODEL, server.place, False, None, None, str(error)))
        return found

    def _serve_by_default(self) -> bool:
        """Whether a text prompt that names no workflow would go to the poets, as far as is known without asking."""
        return isinstance(self._backends.last(), Ready) or is_configured(self._settings)

    def _serving(self) -> Serving:
        found = self._backends.find()
        if isinstance(found, Ready):
            cast = ", ".join(
                f"{agent.name} ({found.slots[agent.config_assignment]})"
                for agent in self._settings.agents or DEFAULT_AGENTS
            )
            web = " They may search the web." if research.from_settings(self._settings) else ""
            return Serving(NAME, True, f"{found.server.who} serves {cast}.{web}", "")
        if found.expected or not self._settings.backend.fallback_to_sketch:
            waits = "their prompts fail" if isinstance(found.fault, UserFault) else "their prompts wait"
            return Serving(NAME, False, f"{found.fault} Until then {waits}.", found.fault.hint or "")
        mend = "Start Ollama or LM Studio, or set backend.url, to have poems of a language model."
        return Serving(NAME, True, f"the sketch poet writes; there is no language model: {found.fault}", mend)

    def _poets(self, *, must: bool) -> PoetsPipeline | NoPoets:
        """The poets, or why the sketch serves in their place."""
        found = self._backends.find()
        if isinstance(found, Ready):
            return PoetsPipeline(self._settings, found, _team(self._settings), self._backends)
        fault = found.fault
        if must or found.expected or not self._settings.backend.fallback_to_sketch:
            if isinstance(fault, PassingFault):
                raise Unavailable(str(fault), hint=fault.hint, log=fault.log)
            raise UserFault(str(fault), hint=fault.hint, log=fault.log)
        return NoPoets(f"no language model: {fault}")


class SketchPoet:
    """The sketch engine in the poets' place; its log says why."""

    name = "sketch"

    def __init__(self, reason: str, sketch: Pipeline) -> None:
        self._reason = reason
        self._inner = sketch

    def run(self, job: Job, context: Context) -> Outcome:
        context.log(f"the sketch poet writes, because there is {self._reason}")
        made = self._inner.run(job, context)
        said = [replace(each, metadata={**each.metadata, "fallback_reason": self._reason}) for each in made.files]
        return replace(made, files=tuple(said))


def _team(settings: Settings) -> TextGenerator:
    with importing():
        from musings.makers.poets.team import AutoGenTeam

    return AutoGenTeam(research.from_settings(settings))


def _is_text(wanted: Wanted) -> bool:
    """Whether a text is wanted, of the poets, of the sketch poet, or of whoever can."""
    return wanted.kind is Kind.TEXT and wanted.name in (None, NAME, SKETCH_TEXT)
