"""The ways to make something, in one list, and the choice between them for a prompt."""

import hashlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from musings.config.settings import Settings
from musings.errors import AttemptError, ConflictError, Fault, InvalidInputError, NotFoundError, UserFault
from musings.forms.checking import POETS_FORM, SEED, SKETCH_FORMS, check_parameters
from musings.forms.seeds import SEED_MAXIMUM, own_bounds, seed_at
from musings.late import importing
from musings.makers.base import (
    Backend,
    Checked,
    Chosen,
    Defaults,
    Lacking,
    Pipeline,
    Resolved,
    StoredDefault,
    WordSource,
    Workflow,
    WorkflowSource,
)
from musings.makers.poets.wishes import wants_document
from musings.makers.speech import entry as form
from musings.makers.speech.aloud import WRITING, ReadAloud
from musings.models import MEDIA_KINDS, FormField, Json, JsonObject, Kind, Prompt, WorkflowVersion

SKETCH = "sketch-"
FILES = ("comfyui", "script")
POETS = "poets"
SERVERS = ("comfyui", "script", "llm", "speech")


@dataclass(frozen=True)
class _Known:
    """What the configuration names for each kind, and the defaults that are kept, both as they are now."""

    fixed: Mapping[Kind, str]
    kept: Mapping[Kind, StoredDefault]


class Pipelines:
    """Every workflow that can be used, and which pipeline runs it.

    ``extra`` maps kinds to pipelines that serve instead, whatever is asked. ``versions`` finds a workflow file as it
    was at an earlier attempt, by its hash. ``defaults`` is where the defaults of the kinds are kept.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        extra: Mapping[str, Pipeline] | None = None,
        versions: Callable[[str], WorkflowVersion | None] = lambda _hash: None,
        defaults: Defaults | None = None,
    ) -> None:
        self._settings = settings
        self._extra = dict(extra or {})
        self._versions = versions
        self._defaults = defaults
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

        ``comfyui``, ``script``, ``sketch`` or ``speech``; for text ``text``, whoever writes, but for workflow files.
        """
        if kind.value in self._extra:
            return {None: kind.value}
        if kind is Kind.TEXT:
            return {**{each.name: each.source for each in self._written()}, None: kind.value}
        mine = [each for each in self.workflows() if each.kind is kind]
        return {**{each.name: each.source for each in reversed(mine)}, None: mine[0].source}

    def workflows(self) -> list[Workflow]:
        """All workflows; the first of a kind is the one that serves a prompt that names none."""
        found = self._all()
        known = self._known()
        names = {kind: self._default_of(kind, found, known) for kind in Kind}
        marked = [replace(each, default=names[each.kind] == each.name) for each in found]
        return sorted(marked, key=lambda each: not each.default)

    def default_of(self, kind: Kind) -> str:
        """The name of the workflow that serves prompts of a kind that name none. No server is waited for."""
        return self._default_of(kind, self._all(), self._known())

    def fixed(self, kind: Kind) -> str | None:
        """The workflow that the configuration names for a kind, which no other default overrules; None without."""
        return self.comfy.configured().get(kind) if self.comfy is not None else None

    def check_default(self, name: str) -> Workflow:
        """The workflow of a name, which may become its kind's default.

        Raises ``NotFoundError``, and ``ConflictError`` for one that cannot be used, or where the configuration names
        another.
        """
        found = next((each for each in self._all() if each.name == name), None)
        if found is None:
            raise NotFoundError(f"There is no workflow {name!r}.", hint="See `musings workflows list`.")
        if found.kind is Kind.TEXT and found.source in FILES:
            raise ConflictError(
                f"{name} cannot be the default: texts that name no workflow are written by a poet.",
                hint=f"Name it with each prompt: --workflow {name}.",
            )
        fixed = self.fixed(found.kind)
        if fixed is not None and fixed != name:
            raise ConflictError(
                f"The configuration names {fixed} for {found.kind} prompts (media.scripts.{found.kind}), which counts.",
                hint="Set that to null first.",
            )
        if found.problem is not None and found.source in FILES:
            raise ConflictError(f"The workflow {name} cannot be used: {found.problem}")
        return found

    def hashes(self) -> dict[str, str]:
        """The hash of each workflow's file as it is now, by the workflow's name."""
        return {each.name: each.hash for each in self._all() if each.hash is not None}

    def resolve(self, kind: Kind, workflow: str | None) -> Resolved:
        """What a prompt of a kind is submitted with.

        Raises ``InvalidInputError`` for an unknown name, and for a named workflow with a problem that no server will
        mend. The first workflow of a kind that can be used becomes its default here, and stays it.
        """
        if workflow is None and kind is Kind.TEXT and self._settings is not None:
            return Resolved(None, POETS_FORM)
        found = self._all()
        name = workflow or self._default_of(kind, found, self._known(), settle=True)
        mine = next((each for each in found if each.kind is kind and each.name == name), None)
        if mine is None:
            raise _unknown(kind, name, found)
        if mine.problem is not None and mine.source in FILES:
            if workflow is not None and not mine.unread:
                raise InvalidInputError([Fault("workflow", f"{name} cannot be used: {mine.problem}")])
            return Resolved(None, None)
        is_file = mine.source in FILES and self.comfy is not None
        version = self.comfy.pin(name) if is_file and self.comfy is not None else None
        return Resolved(name if version is not None or not is_file else None, mine.form, version)

    def latest_of(self, prompt: Prompt) -> WorkflowVersion | None:
        """The file of the workflow that a prompt was submitted with as it is now; None where it is no file, or gone."""
        pinned = self._versions(prompt.workflow_hash) if prompt.workflow_hash is not None else None
        name = pinned.name if pinned is not None else prompt.workflow
        return self.comfy.pin(name) if self.comfy is not None and name is not None else None

    def form(self, kind: Kind, workflow: str | None) -> Sequence[FormField]:
        """The form of a workflow, or of the kind's default. Raises ``InvalidInputError`` for an unknown name."""
        if workflow is None and kind is Kind.TEXT and self._settings is not None:
            return POETS_FORM
        found = self._all()
        name = workflow or self._default_of(kind, found, self._known())
        for each in found:
            if each.kind is kind and each.name == name:
                return each.form
        raise _unknown(kind, name, found)

    def _all(self) -> list[Workflow]:
        own = [_sketch_workflow(kind) for kind in Kind]
        if self.words is not None:
            own.insert(0 if self.words.serve_by_default() else len(own), self.words.workflow())
        if self._settings is not None and self._settings.voice.url:
            own.insert(0, form.workflow(self._settings))
        files = self.comfy.workflows() if self.comfy is not None else []
        return [_readable(each) for each in (*own, *files)]

    def _known(self) -> _Known:
        return _Known(
            self.comfy.configured() if self.comfy is not None else {},
            self._defaults.read() if self._defaults is not None else {},
        )

    def _default_of(self, kind: Kind, found: Sequence[Workflow], known: _Known, *, settle: bool = False) -> str:
        """The configuration's word; the owner's; the first that could be used, which is kept; then what is built in."""
        names = {each.name for each in found if each.kind is kind}
        fixed, kept = known.fixed.get(kind), known.kept.get(kind)
        if fixed in names:
            return fixed
        if kept is not None and kept.by_owner and kept.workflow in names:
            return kept.workflow
        if kind is Kind.TEXT:
            return POETS if self.words is not None and self.words.serve_by_default() else f"{SKETCH}{kind}"
        if kind is Kind.VOICE and form.NAME in names:
            return form.NAME
        if kept is not None and kept.workflow in names:
            return kept.workflow
        first = self.comfy.first_usable(kind, wait=settle) if self.comfy is not None else None
        if first is not None and settle and self._defaults is not None:
            self._defaults.settle(kind, first)
        return first or f"{SKETCH}{kind}"

    def takes_text(self, kind: Kind, workflow: str | None) -> bool:
        """Whether the words of a prompt go anywhere: into most workflows they do."""
        if kind is Kind.TEXT and workflow is None:
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
        if name == form.NAME and self._settings is not None:
            place = _speech_backend(self._settings)
            said = [] if place.reachable else [Lacking(str(place.url), place.last_error or "does not answer")]
            return Checked(True, said, [str(place.url)] if place.reachable else [])
        if self.comfy is None or name.startswith(SKETCH):
            return Checked(True, [], ["sketch"])
        return self.comfy.check(name)

    def check_words(self, workflow: str | None) -> Checked:
        """Who would write a text that names this workflow, or none."""
        if workflow in {each.name for each in self._written()}:
            return self.check(str(workflow))
        if self.words is None:
            return Checked(True, [], ["sketch"])
        try:
            return Checked(True, [], [self.words.writer(self._writer(workflow)).name])
        except AttemptError as error:
            return Checked(False, [Lacking("the language model", error.explained)])

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
        pinned = self._pinned(prompt.workflow_hash)
        if kind is Kind.TEXT and self.comfy is not None and (prompt.workflow is not None or pinned is not None):
            chosen = self.comfy.choose(kind, prompt.workflow, pinned, default=False)
            if chosen is not None:
                return replace(chosen, pipeline=_as_writing(chosen.pipeline))
        if kind is Kind.TEXT and self.words is not None:
            return Chosen(self.words.writer(self._writer(prompt.workflow)), POETS_FORM)
        name = prompt.workflow or self._submitted_with(kind, prompt)
        if self.comfy is not None and kind in MEDIA_KINDS:
            chosen = self.comfy.choose(kind, name, pinned, default=prompt.workflow is None)
            if chosen is not None:
                return chosen
        settings = self._settings
        if settings is not None and settings.voice.url and kind is Kind.VOICE and name == form.NAME:
            return Chosen(_speech_server(settings), form.form(settings))
        if name.startswith(SKETCH):
            return Chosen(_sketch(), SKETCH_FORMS[kind])
        return Chosen(_sketch(), self.form(kind, name))

    def _written(self) -> list[Workflow]:
        """The workflow files that make texts."""
        files = self.comfy.workflows() if self.comfy is not None else []
        return [each for each in files if each.kind is Kind.TEXT]

    def _writer(self, workflow: str | None) -> str | None:
        """Who is to write a text: whom the prompt names, or the owner; None for whoever can."""
        if workflow is not None:
            self.form(Kind.TEXT, workflow)  # an unknown workflow is refused
            return workflow
        kept = self._defaults.read().get(Kind.TEXT) if self._defaults is not None else None
        known = (POETS, f"{SKETCH}{Kind.TEXT}")
        return kept.workflow if kept is not None and kept.by_owner and kept.workflow in known else None

    def _submitted_with(self, kind: Kind, prompt: Prompt) -> str:
        """The default that a prompt was submitted with while that is there, else the default as it is now."""
        found = self._all()
        then = prompt.instructions.get("workflow")
        if isinstance(then, str) and any(each.name == then and each.kind is kind for each in found):
            return then
        return self._default_of(kind, found, self._known(), settle=True)

    def _pinned(self, wanted: str | None) -> WorkflowVersion | None:
        if wanted is None:
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
    given = prompt.parameters or prompt.instructions.get("parameters") or {}
    if not isinstance(given, Mapping):
        raise UserFault("The parameters of this prompt are not a JSON object.")
    return given


def _unknown(kind: Kind, workflow: str, found: Sequence[Workflow]) -> InvalidInputError:
    names = ", ".join(each.name for each in found if each.kind is kind)
    fault = Fault("workflow", f"there is no workflow {workflow[:100]!r} for {kind} prompts; there are: {names}")
    return InvalidInputError([fault])


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
        from musings.makers.speech.pipeline import SpeechServerPipeline

    return SpeechServerPipeline(settings)


def _speech_backend(settings: Settings) -> Backend:
    with importing():
        from musings.makers.speech.pipeline import backend

    return backend(settings)


def _as_writing(pipeline: Pipeline) -> Pipeline:
    with importing():
        from musings.makers.poets.written import AsWriting

    return AsWriting(pipeline)


def _sketch() -> Pipeline:
    with importing():
        from musings.makers.sketch import SketchPipeline

    return SketchPipeline()


def _open_comfy(settings: Settings) -> WorkflowSource:
    with importing():
        from musings.makers.comfyui.entry import Comfy

    return Comfy(settings)


def _open_words(settings: Settings) -> WordSource:
    with importing():
        from musings.makers.poets.entry import Words

    return Words(settings, _sketch)
