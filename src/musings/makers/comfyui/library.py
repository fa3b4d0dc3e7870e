"""The library of workflow files: what is in the folder, what kind each is and which form it has.

A workflow is a file that somebody dropped in, or imported: a ``.json`` in API or saved format, a SaveAsScript ``.py``,
or a script of another make with a sidecar that says how to call it. ``NAME.form.toml`` beside it corrects what tracing
found. A file that cannot be used stays in the list, with the reason.
"""

import dataclasses
import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from comfyui_workflows import sidecar
from comfyui_workflows.app_mode import hints_in
from comfyui_workflows.conversion import graph_of
from comfyui_workflows.envelopes import OpenedFile, open_file
from comfyui_workflows.errors import MISREAD, MissingNodesError
from comfyui_workflows.form import Form
from comfyui_workflows.json_types import Object
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.save_as_script import WorkflowScript
from comfyui_workflows.script_form import form_of_script
from comfyui_workflows.template import form_of
from musings.errors import ConflictError, Fault, InvalidInputError, NotFoundError, StoreError, UserFault
from musings.files import atomic
from musings.makers.comfyui import literal
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.contents import (
    as_kept,
    canonical,
    check_size,
    contents_of,
    digest_of,
    sidecar_of,
    stamp_of,
)
from musings.makers.comfyui.errors import workflow_faults
from musings.makers.comfyui.incoming import SUFFIXES, received
from musings.models import FormField, Kind, WorkflowVersion

# Parts of the owner's older program in the same folder, which are no workflows.
NOT_WORKFLOWS = ("__init__", "image_pipeline", "audio_pipeline", "utils")
# A list is shown meanwhile, so that nobody waits long for a server that is away.
SAVED_SECONDS = 3.0
# Forms of earlier versions, which are asked for at every list after a change.
MOST_EARLIER = 100
COUNT = FormField(
    "count", "int", "How many", default=1, minimum=1, maximum=16, role="count", help="Each with a seed of its own."
)
ALIKE = "It is run so many times. It takes no seed, so all may be the same."
MUSIC_HINTS = re.compile(r"music|song|audio|ace|sound", re.IGNORECASE)
VOICE_HINTS = re.compile(r"voice|speech|tts|speak", re.IGNORECASE)


class Unread(UserFault):
    """A file that only a server's node classes make readable, and no server that has them answers."""


@dataclass(frozen=True)
class WorkflowFile:
    """One file of the library. ``source`` is ``comfyui`` or ``script``; ``problem`` says why it cannot be used.

    ``unread``: it can be read as soon as a server answers, so nothing need be wrong with it. ``literal``: its graph is
    run as it is, and ``shown`` is what people are told of it (``literal.py``).
    """

    name: str
    path: Path
    kind: Kind
    title: str
    description: str
    source: str
    hash: str
    form: Form
    graph: Object | None = None
    script: WorkflowScript | None = None
    command: sidecar.Command | None = None
    problem: str | None = None
    unread: bool = False
    literal: bool = False
    shown: Object = dataclasses.field(default_factory=dict)

    @property
    def fields(self) -> Sequence[FormField]:
        """What a person may set beside the words of the prompt; ``count`` is ours where the file has none."""
        if self.literal:
            return self.form.fields
        words = self.form.prompt_field
        own = tuple(field for field in self.form.fields if words is None or field.name != words.name)
        if any(field.role == "count" for field in own):
            return own
        return (*own, COUNT if any(field.role == "seed" for field in own) else replace(COUNT, help=ALIKE))

    @property
    def counts_itself(self) -> bool:
        """Whether the graph or the script makes several at once, rather than being run several times."""
        counted = self.form.by_role("count")
        return counted is not None and (self.command is None or self.command.uses(counted.name))

    @property
    def takes_text(self) -> bool:
        """Whether the words of a prompt go anywhere."""
        words = self.form.prompt_field
        return words is not None and (self.command is None or self.command.uses(words.name))


class Library:
    """The workflows of a folder, and those that the configuration names for a kind. Read again when a file changed."""

    def __init__(self, folder: Path, chosen: Mapping[Kind, Path], classes: ClassTable) -> None:
        self.folder = folder
        self._classes = classes
        self._chosen = dict(chosen)
        self._read: dict[Path, tuple[tuple[int, ...], Object | None, WorkflowFile]] = {}
        self._earlier: dict[str, tuple[Object | None, Form | None]] = {}
        self.meant_by_sidecar: Callable[[str], WorkflowVersion | None] = lambda _name: None
        """Finds the version of a workflow whose nodes its sidecar means."""
        self._lock = threading.Lock()

    def all(self) -> list[WorkflowFile]:
        """Every workflow: those that the configuration chose first, then the others by name."""
        chosen = [path for path in self._chosen.values() if path.is_file()]
        # Sorted, so that of two files with one name the same one gets it each time.
        found = sorted(path for path in self._files() if path not in chosen)
        names: dict[str, WorkflowFile] = {}
        for path in (*chosen, *found):
            each = self._get(path)
            # Two files may differ only in their ending: the second one keeps it in its name.
            name = each.name if each.name not in names else path.name
            # Only renamed where it has to be: this is asked for every list and every claim.
            names.setdefault(name, each if name == each.name else replace(each, name=name))
        return list(names.values())

    def get(self, name: str) -> WorkflowFile:
        """One workflow by its name, or ``NotFoundError``."""
        for each in self.all():
            if each.name == name:
                return each
        raise NotFoundError(f"There is no workflow {name!r}.", hint="See `musings workflows list`.")

    def chosen_for(self, kind: Kind) -> WorkflowFile | None:
        """The workflow that the configuration names for a kind, when its file is there."""
        path = self._chosen.get(kind)
        return self._get(path) if path is not None and path.is_file() else None

    def add(self, file_name: str, content: Content, *, replace_existing: bool = False) -> WorkflowFile:
        """Keep a workflow file in the folder, or what a picture carries. It is checked first; nothing of it is run.

        Raises ``InvalidInputError`` for a file that is no workflow and ``ConflictError`` when the name is taken.
        """
        incoming = received(file_name, content)
        target, content = self.folder / incoming.name, incoming.content
        # The same content again is no conflict: an import that is repeated succeeds.
        if target.exists() and not replace_existing and target.read_bytes() != content:
            raise ConflictError(
                f"There is a workflow file {incoming.name} already.", hint="Remove it first, or choose another name."
            )
        # Checked before it is written: a file that is no workflow never enters the folder.
        read = self._parsed(target, content, None)
        if read.problem is not None:
            raise InvalidInputError([Fault("file", read.problem)])
        self._write(target, content)
        return self._get(target)

    def read(self, name: str, content: bytes, opened: OpenedFile | None = None) -> WorkflowFile:
        """A file as it would be in the folder, with its problem; nothing is kept. ``opened`` is what is in it."""
        return self._parsed(self.folder / name, content, None, opened=opened)

    def remove(self, name: str) -> None:
        """Take a workflow file out of the library: it is moved aside into ``.removed``, not deleted."""
        found = self.get(name)
        # Hidden, so that it is no workflow any more, and its owner can still bring it back.
        aside = found.path.parent / ".removed"
        try:
            aside.mkdir(exist_ok=True)
            found.path.replace(aside / found.path.name)
        except OSError as error:
            raise StoreError(f"{found.path} cannot be moved: {error.strerror}.") from error

    def version_of(self, found: WorkflowFile) -> WorkflowVersion:
        """The file with its sidecar, to be kept beside what it makes."""
        return self.version_for(found, *contents_of(found.path))

    def version_for(self, found: WorkflowFile, content: bytes, said: bytes | None = None) -> WorkflowVersion:
        """The same for a content that was read already, or that is in no file."""
        kept = {"file": found.path.name, "text": as_kept(canonical(found.path, content)), "sidecar": as_kept(said)}
        digest = digest_of(found.path, content, said)  # of what was read just now
        return WorkflowVersion(digest, found.name, found.source, json.dumps(kept))

    def of_version(self, name: str, source: str, content: str) -> WorkflowFile:
        """A workflow as it was kept. A script is written out again, because it is run from a file."""
        kept = json.loads(content)
        text, said = str(kept["text"]).encode("utf-8", "surrogateescape"), kept["sidecar"]
        path = self.folder / str(kept["file"])
        if (graph := literal.read(kept)) is not None:
            blank = self._blank(path, content.encode(), None)
            return replace(
                blank, name=name, kind=graph.kind, form=graph.form, graph=graph.graph, literal=True, shown=graph.shown
            )
        if source == "script":
            digest = hashlib.sha256(text).hexdigest()[:16]
            # By its hash: several versions of one script are kept beside each other.
            path = self.folder / ".versions" / digest / str(kept["file"])
            # Never overwritten: it may be running, and its content is its name.
            if not path.is_file():
                self._write(path, text)
        beside = None if said is None else str(said).encode("utf-8", "surrogateescape")
        return replace(self._parsed(path, text, beside), name=name)

    def form_of_version(self, version: WorkflowVersion) -> Form | None:
        """The form of an earlier version, with the classes of today; None where it cannot be read."""
        classes = self._classes.latest()
        known = self._earlier.get(version.hash)
        if known is None or known[0] is not classes:
            try:
                kept = json.loads(version.content)
                if "literal" in kept:  # it is run as it is: there is nothing in it that could have moved
                    return None
                file, text, said = str(kept["file"]), str(kept["text"]), kept["sidecar"]
            except MISREAD:  # a row of another program
                return None
            beside = None if said is None else str(said).encode("utf-8", "surrogateescape")
            found = self._parsed(self.folder / file, text.encode("utf-8", "surrogateescape"), beside)
            known = (classes, None if found.problem else found.form)
            if len(self._earlier) >= MOST_EARLIER:
                self._earlier.clear()
            self._earlier[version.hash] = known
        return known[1]

    def _files(self) -> list[Path]:
        try:
            entries = list(self.folder.iterdir())
        except OSError:
            return []
        return [path for path in entries if path.suffix in SUFFIXES and _counts(path) and path.is_file()]

    def _get(self, path: Path) -> WorkflowFile:
        beside, classes = stamp_of(sidecar_of(path)), self._classes.latest()
        stamp = stamp_of(path) + beside
        # Held only for the table: reading a file may wait for a server.
        with self._lock:
            known = self._read.get(path)
        # By identity: the table of classes is replaced and never changed.
        if known is not None and known[0] == stamp and known[1] is classes:
            return known[2]
        # An export numbers its nodes anew: a sidecar that nobody has changed means the nodes that it meant before.
        same = known is not None and known[0][-len(beside) :] == beside and known[2].problem is None
        before = known[2].form if known is not None and same else None
        try:
            content, said = contents_of(path)
            if known is None and said is not None:
                before = self._meant(path, said)
            found = self._parsed(path, content, said, before=before)
        except OSError as error:
            found = self._blank(path, b"", None, f"{path.name} cannot be read: {error.strerror}.")
        with self._lock:
            # Two threads may have read the same file; either result will do.
            self._read[path] = (stamp, classes, found)
        return found

    def _meant(self, path: Path, said: bytes) -> Form | None:
        """The form with the nodes that a sidecar means, as far as that was kept before this process began."""
        version = self.meant_by_sidecar(path.stem)
        try:
            same = version is not None and json.loads(version.content)["sidecar"] == as_kept(said)
        except MISREAD:  # a row of another program
            return None
        return self.form_of_version(version) if version is not None and same else None

    def _parsed(
        self,
        path: Path,
        content: bytes,
        said: bytes | None,
        *,
        before: Form | None = None,
        opened: OpenedFile | None = None,
    ) -> WorkflowFile:
        """A file as a workflow; what is wrong with it, or with its sidecar, becomes its ``problem``."""
        kind, script = self._kind_by_name(path), path.suffix == ".py"
        blank = self._blank(path, content, said)
        try:
            check_size(path, content)
            with workflow_faults():
                beside = sidecar.read_sidecar(sidecar_of(path).name, said) if said is not None else sidecar.Sidecar()
                read = (
                    _script(blank, content, beside) if script else self._graph(blank, content, beside, before, opened)
                )
        except UserFault as error:
            return replace(blank, problem=error.explained, unread=isinstance(error, Unread))
        # Whatever a strange file causes is its problem: the list must go on showing the others.
        except MISREAD as error:
            return replace(blank, problem=f"{path.name} cannot be understood: {type(error).__name__}: {error}.")
        return replace(
            read,
            # The sidecar is the owner's word, then the name of the file, then what the content looks like.
            kind=_kind(beside.kind) if beside.kind else kind or read.kind,
            title=beside.title or read.title,
            description=beside.description,
        )

    def _blank(self, path: Path, content: bytes, said: bytes | None, problem: str | None = None) -> WorkflowFile:
        # A name may hold bytes that are no UTF-8; it goes into JSON and onto a page.
        stem = path.stem.encode("utf-8", "replace").decode()
        return WorkflowFile(
            name=stem,
            path=path,
            kind=self._kind_by_name(path) or Kind.IMAGE,
            title=stem.replace("_", " ").strip().capitalize(),
            description="",
            source="script" if path.suffix == ".py" else "comfyui",
            hash=digest_of(path, content, said),
            form=Form(),
            problem=problem,
        )

    def _graph(
        self,
        blank: WorkflowFile,
        content: bytes,
        beside: sidecar.Sidecar,
        before: Form | None,
        opened: OpenedFile | None,
    ) -> WorkflowFile:
        name, classes = blank.path.name, self._classes.latest()
        opened = opened if opened is not None else open_file(name, content)
        # The saved format has no names for most values: only the server's classes tell what they are.
        if opened.plain is None:
            classes = classes or self._classes.wait(SAVED_SECONDS)
            if classes is None:
                hint = "Start it, or use Workflow, Export (API) in ComfyUI and keep that file instead."
                raise Unread(f"{name} is in the saved format, and no ComfyUI answers to read it with.", hint=hint)
        try:
            read = graph_of(name, opened, classes)
        except MissingNodesError as error:
            # A server that has not answered may be the one that knows these nodes.
            if self._classes.complete:
                raise
            raise Unread(f"{error} Another server that has them may be away.", hint=error.hint) from error
        hints = hints_in(opened.graphs[0], read)
        found = form_of(name, read, classes, beside, sidecar_of(blank.path).name, hints, before)
        return replace(blank, graph=found.graph, form=found.form, kind=_kind_of_graph(found.kind, blank.path.stem))

    def _kind_by_name(self, path: Path) -> Kind | None:
        for kind, chosen in self._chosen.items():
            # What the configuration says about a kind counts more than a name.
            if chosen == path:
                return kind
        # ``music_ballad.json`` says its kind in its first word.
        start = re.split(r"[_\W]", path.stem.lower())[0]
        return Kind(start) if start in set(Kind) else None

    def _write(self, target: Path, content: bytes) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(target, content)
        except OSError as error:
            raise StoreError(f"The workflow cannot be written to {target}: {error.strerror}.") from error


def _script(blank: WorkflowFile, content: bytes, beside: sidecar.Sidecar) -> WorkflowFile:
    """A script: an export, or one of another make whose sidecar says how to call it."""
    found = form_of_script(blank.path.name, content, beside, sidecar_of(blank.path).name)
    blank = replace(blank, form=found.form, command=found.command)
    if found.script is None:
        return blank
    return replace(
        blank,
        script=found.script if found.script.exported else None,
        kind=_kind_of_script(found.script, blank.path.stem),
        problem=" ".join(found.script.problems) or None,
    )


def _kind_of_script(script: WorkflowScript, stem: str) -> Kind:
    guessed = Kind.MUSIC if script.command is not None and MUSIC_HINTS.search(stem) else Kind.IMAGE
    kind = _kind(script.kind) if script.kind else guessed
    # A script with a command line tells nothing by its nodes: only its name is left.
    if script.command is not None and VOICE_HINTS.search(stem):
        return Kind.VOICE
    return Kind.VOICE if kind is Kind.MUSIC and VOICE_HINTS.search(stem) else kind


def _kind(kind: WorkflowKind) -> Kind:
    """What a workflow makes as a kind of prompt; 3D files are asked for as pictures are, and kept as they are."""
    return Kind(kind.value) if kind.value in set(Kind) else Kind.IMAGE


def _kind_of_graph(kind: WorkflowKind | None, stem: str) -> Kind:
    if kind in (WorkflowKind.MUSIC, WorkflowKind.VOICE):
        # Voice and music are saved by the same nodes, and the name of a file is its owner's word.
        named = VOICE_HINTS.search(stem) and not MUSIC_HINTS.search(stem)
        return Kind.VOICE if named or kind is WorkflowKind.VOICE else Kind.MUSIC
    return Kind.IMAGE if kind is None else _kind(kind)


def _counts(path: Path) -> bool:
    return path.stem not in NOT_WORKFLOWS and not path.name.startswith((".", "_"))
