"""Who writes the words: the poets where a language model server serves, the sketch poet otherwise.

The server is asked when a prompt needs words, never for a prompt that needs none. Where the owner has set one up, or
one has served since the start, its absence is waited out; where none ever was, the sketch poet serves and says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from musings.config.settings import Settings
from musings.errors import AttemptError, PassingFault, Unavailable, UserFault
from musings.forms.checking import POETS_FORM
from musings.late import importing
from musings.makers.base import Backend, Context, Pipeline, Serving, Workflow
from musings.makers.poets import research
from musings.makers.poets.assignment import TextGenerator
from musings.makers.poets.backends import Absent, Backends, Ready, candidates, is_configured, models_of
from musings.makers.poets.casting import DEFAULT_AGENTS
from musings.makers.poets.enhance import EnhancePipeline
from musings.makers.poets.pipeline import NAME, PoetsPipeline
from musings.models import FormField, Job, Kind, Outcome, Prompt

SKETCH_TEXT = "sketch-text"
LANGUAGE_MODEL = "llm"


class Words:
    """One for each process. ``sketch`` makes the sketch pipeline."""

    def __init__(self, settings: Settings, sketch: Callable[[], Pipeline]) -> None:
        self._backends = Backends(settings)
        self._settings = settings
        self._sketch = sketch

    def workflow(self) -> Workflow:
        last = self._backends.last()
        return Workflow(
            name=NAME,
            kind=Kind.TEXT,
            title="The poets",
            description="Written by a team of agents on a language model of your own.",
            source=NAME,
            form=POETS_FORM,
            problem=str(last.fault) if isinstance(last, Absent) else None,
        )

    def serve_by_default(self) -> bool:
        """Whether a text prompt that names no workflow would go to the poets, as far as is known without asking."""
        return isinstance(self._backends.last(), Ready) or is_configured(self._settings)

    def writer(self, workflow: str | None) -> Pipeline:
        """The pipeline for a text prompt. Raises ``UserFault``, and ``Unavailable`` where a server is waited for."""
        if workflow == SKETCH_TEXT:
            return self._sketch()
        found = self._poets(must=workflow == NAME)
        return found if isinstance(found, PoetsPipeline) else SketchPoet(found, self._sketch())

    def enhanced(self, prompt: Prompt, inner: Pipeline, form: Sequence[FormField]) -> Pipeline:
        """``inner`` with the poets' stage before it, for a media prompt that asks for it."""
        wished = frozenset(prompt.parameters)
        if prompt.output_reference is not None or "document" in prompt.instructions:
            return EnhancePipeline(inner, form, wished, self._writer_when_needed)
        found = self._poets(must=False)
        writer = found if isinstance(found, PoetsPipeline) else None
        return EnhancePipeline(inner, form, wished, lambda: writer or str(found))

    def serving(self) -> Serving:
        """Who would write now, with which models."""
        found = self._backends.find()
        if isinstance(found, Ready):
            cast = ", ".join(
                f"{agent.name} ({found.slots[agent.config_assignment]})"
                for agent in self._settings.agents or DEFAULT_AGENTS
            )
            web = " They may search the web." if research.from_settings(self._settings) else ""
            return Serving(True, f"{found.server.who} serves {cast}.{web}", "")
        if found.expected or not self._settings.backend.fallback_to_sketch:
            waits = "their prompts fail" if isinstance(found.fault, UserFault) else "their prompts wait"
            return Serving(False, f"{found.fault} Until then {waits}.", found.fault.hint or "")
        mend = "Start Ollama or LM Studio, or set backend.url, to have poems of a language model."
        return Serving(True, f"the sketch poet writes; there is no language model: {found.fault}", mend)

    def backends(self) -> list[Backend]:
        """Every language model server of the configuration, asked now."""
        found = []
        for server, _ in candidates(self._settings):
            try:
                models_of(server)
                found.append(Backend(LANGUAGE_MODEL, server.place, True, None, None, None))
            except AttemptError as error:
                found.append(Backend(LANGUAGE_MODEL, server.place, False, None, None, str(error)))
        return found

    def _writer_when_needed(self) -> PoetsPipeline | str:
        return self._poets(must=False)

    def _poets(self, *, must: bool) -> PoetsPipeline | str:
        """The poets, or why the sketch serves in their place."""
        found = self._backends.find()
        if isinstance(found, Ready):
            return PoetsPipeline(self._settings, found, _team(self._settings), self._backends)
        fault = found.fault
        if must or found.expected or not self._settings.backend.fallback_to_sketch:
            if isinstance(fault, PassingFault):
                raise Unavailable(str(fault), hint=fault.hint, log=fault.log)
            raise UserFault(str(fault), hint=fault.hint, log=fault.log)
        return f"no language model: {fault}"


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
