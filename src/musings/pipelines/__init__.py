"""The ways to make something, in one list, and the choice between them for a prompt."""

import hashlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from musings.config import Settings
from musings.errors import Fault, InvalidInputError, NotFoundError, UserFault
from musings.late import importing
from musings.models import MEDIA_KINDS, FormField, Json, JsonObject, Kind, Prompt, WorkflowVersion
from musings.pipelines import speech_form
from musings.pipelines.aloud import WRITING, ReadAloud
from musings.pipelines.base import Backend, Checked, Chosen, Lacking, Pipeline, WordSource, Workflow, WorkflowSource
from musings.pipelines.forms import POETS_FORM, SEED, SKETCH_FORMS, check_parameters
from musings.pipelines.seeds import SEED_MAXIMUM, own_bounds, seed_at
from musings.pipelines.wishes import wants_document

SKETCH = "sketch-"
SPEECH = (None, speech_form.NAME)
POETS = "poets"
SERVERS = ("comfyui", "script", "llm", "speech")


class Pipelines:
    """Every workflow that can be used, and which pipeline runs it.

    ``extra`` maps kinds to pipelines that serve instead, whatever is asked. ``versions`` finds a workflow file as it
    was at an earlier attempt, by its hash.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        extra: Mapping[str, Pipeline] | None = None,
        versions: Callable[[str], WorkflowVersion | None] = lambda _hash: None,
    ) -> None:
        self._settings = settings
        self._extra = dict(extra or {})
        self._versions = versions
        self._lock = threading.Lock()
        self._comfy: WorkflowSource | None = None
        self._words: WordSource | None = None

    @property
    def comfy(self) -> WorkflowSource | None:
        """The ComfyUI side; None without settings, or where media is switched off."""
        if self._settings is None or not self._settings.media.enabled:
            return None
        with self._lock:
            if self._comfy is None:
                self._comfy = _open_comfy(self._settings)
            return self._comfy

    @property
    def words(self) -> WordSource | None:
        """The poets' side; None without settings."""
        if self._settings is None:
            return None
        with self._lock:
            if self._words is None:
                self._words = _open_words(self._settings)
            return self._words

    def close(self) -> None:
        """Let go of the servers; they are opened again when they are needed."""
        with self._lock:
            if self._comfy is not None:
                self._comfy.close()
                self._comfy = None

    def watch(self, on_change: Callable[[], None]) -> None:
        """Look after the ComfyUI servers until ``close``; ``on_change`` is called when one went away or came back."""
        if self.comfy is not None:
            self.comfy.watch(on_change)

    def places(self) -> int:
        """How many jobs the ComfyUI servers that are there take at once; 0 without any in use."""
        with self._lock:
            return self._comfy.places() if self._comfy is not None else 0

    def makers(self, kind: Kind) -> dict[str | None, str]:
        """What would make a prompt of a kind, by the workflow that it names; None is for those that name none.

        ``comfyui``, ``script``, ``sketch`` or ``speech``; for text ``text``, whoever writes.
        """
        if kind.value in self._extra:
            return {None: kind.value}
        if kind is Kind.TEXT:
            return {None: kind.value}
        mine = [each for each in self.workflows() if each.kind is kind]
        return {**{each.name: each.source for each in reversed(mine)}, None: mine[0].source}

    def workflows(self) -> list[Workflow]:
        """All workflows; the first of a kind is the one that serves a prompt that names none."""
        own = [_sketch_workflow(kind) for kind in Kind]
        if self.words is not None:
            own.insert(0 if self.words.serve_by_default() else len(own), self.words.workflow())
        if self._settings is not None and self._settings.voice.url:
            own.insert(0, speech_form.workflow(self._settings))
        chosen, others = self.comfy.workflows() if self.comfy is not None else ([], [])
        return [_readable(each) for each in (*chosen, *own, *others)]

    def form(self, kind: Kind, workflow: str | None) -> Sequence[FormField]:
        """The form of a workflow, or of the kind's default. Raises ``InvalidInputError`` for an unknown name."""
        if workflow is None and kind is Kind.TEXT and self._settings is not None:
            return POETS_FORM
        mine = [each for each in self.workflows() if each.kind is kind]
        if workflow is None:
            return mine[0].form
        for each in mine:
            if each.name == workflow:
                return each.form
        names = ", ".join(each.name for each in mine)
        fault = Fault("workflow", f"there is no workflow {workflow[:100]!r} for {kind} prompts; there are: {names}")
        raise InvalidInputError([fault])

    def takes_text(self, kind: Kind, workflow: str | None) -> bool:
        """Whether the words of a prompt go anywhere: into most workflows they do."""
        if kind is Kind.TEXT:
            return True
        mine = [each for each in self.workflows() if each.kind is kind and workflow in (None, each.name)]
        return not mine or mine[0].takes_text

    def choose(self, kind: Kind, prompt: Prompt) -> Chosen:
        """What runs a prompt. Raises ``InvalidInputError`` for an unknown workflow, and what ``WordSource`` raises."""
        chosen = self._chosen(kind, prompt)
        if wants_document(prompt) and self.words is not None:
            return replace(chosen, pipeline=self.words.enhanced(prompt, chosen.pipeline, chosen.form))
        if kind is Kind.VOICE and chosen.form and WRITING not in chosen.form:
            return replace(chosen, pipeline=ReadAloud(chosen.pipeline), form=(*chosen.form, WRITING))
        return chosen

    def check(self, name: str) -> Checked:
        """What each place lacks for a workflow. Raises ``NotFoundError`` for an unknown name."""
        if name == POETS and self.words is not None:
            serving = self.words.serving()
            return Checked(serving.ok, [] if serving.ok else [Lacking("the language model", serving.detail)])
        if self.comfy is None or name == speech_form.NAME or name.startswith(SKETCH):
            return Checked(True, [])
        return self.comfy.check(name)

    def backends(self, of: Collection[str] = SERVERS) -> list[Backend]:
        """The servers of some kinds, asked now; without the sketch engine, which is always there."""
        found: list[Backend] = []
        if self.comfy is not None and {"comfyui", "script"} & set(of):
            found += self.comfy.backends()
        if self.words is not None and "llm" in of:
            found += self.words.backends()
        if self._settings is not None and self._settings.voice.url and "speech" in of:
            found.append(_speech_backend(self._settings))
        return found

    def complete(self, chosen: Chosen, prompt: Prompt) -> JsonObject:
        """The prompt's parameters, checked and completed with defaults and a seed."""
        if chosen.pipeline in self._extra.values():
            return prompt.parameters
        values = dict(check_parameters(chosen.form, _given(prompt)))
        drawn = self.drawn(chosen, prompt)
        return values | {field.name: seed_of(prompt, field) for field in chosen.form if field.name in drawn}

    def drawn(self, chosen: Chosen, prompt: Prompt) -> frozenset[str]:
        """The seeds that nobody gave, so that :meth:`complete` draws them."""
        given = _given(prompt)
        return frozenset(
            field.name for field in chosen.form if field.role == "seed" and given.get(field.name) in (None, "")
        )

    def _chosen(self, kind: Kind, prompt: Prompt) -> Chosen:
        if kind.value in self._extra:
            return Chosen(self._extra[kind.value], ())
        if kind is Kind.TEXT and self.words is not None:
            self.form(kind, prompt.workflow)  # an unknown workflow is refused
            return Chosen(self.words.writer(prompt.workflow), POETS_FORM)
        pinned = prompt.metadata.get("workflow_hash")
        if self.comfy is not None and kind in MEDIA_KINDS:
            found = self.comfy.choose(kind, prompt.workflow, self._pinned(pinned))
            if found is not None:
                return found
        settings = self._settings
        if kind is Kind.VOICE and settings is not None and settings.voice.url and prompt.workflow in SPEECH:
            return Chosen(_speech_server(settings), speech_form.form(settings))
        if prompt.workflow is None or prompt.workflow.startswith(SKETCH):
            return Chosen(_sketch(), SKETCH_FORMS[kind])
        return Chosen(_sketch(), self.form(kind, prompt.workflow))

    def _pinned(self, wanted: Json) -> WorkflowVersion | None:
        if not isinstance(wanted, str):
            return None
        version = self._versions(wanted)
        if version is None:
            raise NotFoundError(f"The workflow with the hash {wanted[:12]}… was not kept, so it cannot run again.")
        return version


def seed_of(prompt: Prompt, field: FormField = SEED) -> int:
    """The seed of a prompt that names none: its own, the same on every attempt, and within the bounds of its field."""
    digest = hashlib.sha256(f"{prompt.id}\n{prompt.created_at}\n{prompt.prompt_text}".encode("utf-8", "replace"))
    return seed_at(int.from_bytes(digest.digest()[:8], "big") & SEED_MAXIMUM, 0, *own_bounds(field))


def _given(prompt: Prompt) -> Mapping[str, Json]:
    given = prompt.parameters or prompt.metadata.get("parameters") or {}
    if not isinstance(given, Mapping):
        raise UserFault("The parameters of this prompt are not a JSON object.")
    return given


def _sketch_workflow(kind: Kind) -> Workflow:
    return Workflow(
        name=f"{SKETCH}{kind}",
        kind=kind,
        title=f"Sketch: {kind}",
        description="Made by the built-in sketch engine: no model, no GPU, no network.",
        source="sketch",
        form=SKETCH_FORMS[kind],
    )


def _readable(workflow: Workflow) -> Workflow:
    """A voice reads writings aloud, too."""
    return replace(workflow, form=(*workflow.form, WRITING)) if workflow.kind is Kind.VOICE else workflow


def _speech_server(settings: Settings) -> Pipeline:
    with importing():
        from musings.pipelines.speech_server import SpeechServerPipeline

    return SpeechServerPipeline(settings)


def _speech_backend(settings: Settings) -> Backend:
    with importing():
        from musings.pipelines.speech_server import backend

    return backend(settings)


def _sketch() -> Pipeline:
    with importing():
        from musings.pipelines.sketch import SketchPipeline

    return SketchPipeline()


def _open_comfy(settings: Settings) -> WorkflowSource:
    with importing():
        from musings.pipelines.comfy import Comfy

    return Comfy(settings)


def _open_words(settings: Settings) -> WordSource:
    with importing():
        from musings.pipelines.words import Words

    return Words(settings, _sketch)
