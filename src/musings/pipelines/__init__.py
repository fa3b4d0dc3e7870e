"""The ways to make something, in one list, and the choice between them for a prompt."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from musings.errors import Fault, InvalidInputError, UserFault
from musings.models import FormField, JsonObject, Kind, Prompt
from musings.pipelines.base import Pipeline
from musings.pipelines.forms import SKETCH_FORMS, check_parameters

SEED_MAXIMUM = 2**53 - 1  # what JavaScript can hold


@dataclass(frozen=True)
class Workflow:
    """A recipe that a prompt may name, with the form it exposes."""

    name: str
    kind: Kind
    title: str
    description: str
    source: str  # sketch, comfyui or script
    form: Sequence[FormField]


class Pipelines:
    """Every workflow that can be used, and which pipeline runs it."""

    def __init__(self, extra: Mapping[str, Pipeline] | None = None) -> None:
        self._loaders: dict[str, Callable[[], Pipeline]] = {"sketch": _sketch}
        self._extra = dict(extra or {})

    def workflows(self) -> list[Workflow]:
        """All workflows; the first of a kind is the one that serves a prompt that names none."""
        return [
            Workflow(
                name=f"sketch-{kind}",
                kind=kind,
                title=f"Sketch: {kind}",
                description="Made by the built-in sketch engine: no model, no GPU, no network.",
                source="sketch",
                form=form,
            )
            for kind, form in SKETCH_FORMS.items()
        ]

    def form(self, kind: Kind, workflow: str | None) -> Sequence[FormField]:
        """The form of a workflow, or of the kind's default. Raises ``InvalidInputError`` for an unknown name."""
        mine = [each for each in self.workflows() if each.kind is kind]
        if workflow is None:
            return mine[0].form
        for each in mine:
            if each.name == workflow:
                return each.form
        names = ", ".join(each.name for each in mine)
        fault = Fault("workflow", f"there is no workflow {workflow!r} for {kind} prompts; there are: {names}")
        raise InvalidInputError([fault])

    def choose(self, kind: Kind, workflow: str | None) -> Pipeline:
        """The pipeline for a prompt. Raises ``InvalidInputError`` for an unknown workflow."""
        if kind.value in self._extra:
            return self._extra[kind.value]
        self.form(kind, workflow)
        return self._loaders["sketch"]()

    def complete(self, pipeline: Pipeline, kind: Kind, prompt: Prompt) -> JsonObject:
        """The prompt's parameters, checked and completed with defaults and a seed."""
        if pipeline in self._extra.values():
            return prompt.parameters
        given = prompt.parameters or prompt.metadata.get("parameters") or {}
        if not isinstance(given, Mapping):
            raise UserFault("The parameters of this prompt are not a JSON object.")
        values = dict(check_parameters(self.form(kind, prompt.workflow), given))
        if values.get("seed") is None:
            values["seed"] = seed_of(prompt)
        return values


def seed_of(prompt: Prompt) -> int:
    """The seed of a prompt that names none: its own, and the same on every attempt. 0 to 2**53 - 1."""
    digest = hashlib.sha256(f"{prompt.id}\n{prompt.created_at}\n{prompt.prompt_text}".encode("utf-8", "replace"))
    return int.from_bytes(digest.digest()[:8], "big") & SEED_MAXIMUM


def _sketch() -> Pipeline:
    from musings.pipelines.sketch import SketchPipeline

    return SketchPipeline()
