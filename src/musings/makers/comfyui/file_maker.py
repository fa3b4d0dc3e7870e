"""What the two makers that run workflow files have in common: the files, and what a prompt gets of them.

A file that the configuration names and that is not there is in the list, with the reason: its prompts wait.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from comfyui_workflows.form import Form
from comfyui_workflows.rebinding import changes
from musings.config.settings import Settings
from musings.errors import Fault, InvalidInputError, Unavailable
from musings.makers.base import (
    Checked,
    Chosen,
    DefaultGround,
    FieldChanges,
    Lacking,
    Pipeline,
    Proposal,
    Wanted,
    Workflow,
)
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.library import Library, WorkflowFile
from musings.makers.simple import SimpleMaker
from musings.models import MEDIA_KINDS, Kind, WorkflowVersion, serves

# Whatever needs no file comes before: it can always run.
RANK = 4
"""Of the first file, after everything that is no file."""


class WorkflowFiles:
    """The workflow files, whatever runs them: one library for all makers, so that no two have the same name."""

    def __init__(self, settings: Settings, classes: ClassTable) -> None:
        scripts = settings.media.scripts
        named = {kind: getattr(scripts, kind.value) for kind in MEDIA_KINDS}
        self._named: Mapping[Kind, Path] = {kind: path for kind, path in named.items() if path}
        # One library, because a name must mean one file, whatever runs it.
        self.library = Library(settings.media.workflows, self._named, classes)

    def all(self) -> list[WorkflowFile]:
        """The library, after the files that the configuration names and that are not there."""
        found = self.library.all()
        names = {each.name for each in found}
        absent = [
            # Its plain name may be taken by a file in the folder.
            _absent(kind, path, path.stem if path.stem not in names else path.name)
            for kind, path in self._named.items()
            if not path.is_file()
        ]
        return [*absent, *found]

    def configured(self, kind: Kind) -> WorkflowFile | None:
        """The file that the configuration names for a kind, whether or not it is there."""
        path = self._named.get(kind)
        return next((each for each in self.all() if each.path == path), None) if path is not None else None

    def pinned(self, version: WorkflowVersion, kind: Kind) -> WorkflowFile:
        """A file as it was when a prompt of this kind was submitted; the file itself while it has not changed."""
        found = next((each for each in self.all() if each.name == version.name), None)
        # The file has changed or is gone: the prompt still runs with what it was submitted with.
        if found is None or found.hash != version.hash:
            found = self.library.of_version(version.name, version.source, version.content)
        return replace(found, kind=kind)  # checked when it was submitted


class FileMaker(SimpleMaker, ABC):
    """Runs the files whose ``source`` is its name."""

    def __init__(self, files: WorkflowFiles) -> None:
        self.files = files

    def workflows(self) -> Sequence[Workflow]:
        return [
            self._shown(each, RANK + place) for place, each in enumerate(self.files.all()) if each.source == self.name
        ]

    def propose(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Proposal | None:
        """What the configuration names; else the first that could run, in the order in which they came.

        One that takes no words, a scaler perhaps, is no default unless the owner says so. Texts that name no
        workflow are written by a poet.
        """
        if ground is DefaultGround.CONFIGURED:
            named = self.files.configured(kind)
            return Proposal(named.name) if named is not None and named.source == self.name else None
        # A script or a graph that writes texts is never the default for words: a poet is.
        if ground is not DefaultGround.FOUND or kind is Kind.TEXT:
            return None
        able = [each for each in self._mine() if each.kind is kind and each.problem is None and each.takes_text]
        first = next(iter(self._runnable(sorted(able, key=_arrival), wait=wait)), None)
        return None if first is None else Proposal(first.name, _arrival(first)[0])

    def pin(self, name: str) -> WorkflowVersion | None:
        found = self._named(name)
        # Only what can be read can be kept; a file with a problem fails at its turn, in words.
        return self.files.library.version_of(found) if found is not None and found.problem is None else None

    def changes(self, name: str, before: WorkflowVersion) -> FieldChanges | None:
        found = self._named(name)
        if found is None or found.problem is not None:
            return None
        earlier = self.files.library.form_of_version(before)
        if earlier is None:
            return None
        changed = changes(earlier, found.form)
        return FieldChanges(changed.names, changed.said)

    def recall(self, versions: Callable[[str], WorkflowVersion | None]) -> None:
        self.files.library.meant_by_sidecar = versions

    def choose(self, wanted: Wanted) -> Chosen | None:
        """A pinned version runs as it was. A script that cannot run here and a default with a problem are waited for.

        Raises ``InvalidInputError`` for a file of another kind.
        """
        found = self._wanted(wanted)
        if found is None:
            return None
        if not serves(found.kind, wanted.kind):
            fault = Fault("workflow", f"{found.name} makes {found.kind}, and this prompt asks for {wanted.kind}")
            raise InvalidInputError([fault])
        # Named by the prompt: its fault is raised when it runs. As the default it is waited for.
        self._require_runnable(found, default=not wanted.named)
        return Chosen(self._pipeline(found), found.fields, wanted.pinned or self.files.library.version_of(found))

    def check(self, name: str) -> Checked | None:
        found = self._named(name)
        if found is None:
            return None
        if found.problem is not None:
            return Checked(False, [Lacking(found.path.name, found.problem)])
        return self._check(found)

    @abstractmethod
    def _pipeline(self, found: WorkflowFile) -> Pipeline:
        """What runs a file."""

    @abstractmethod
    def _check(self, found: WorkflowFile) -> Checked:
        """What each place lacks for a file that can be read."""

    @abstractmethod
    def _runnable(self, files: Sequence[WorkflowFile], *, wait: bool) -> Iterable[WorkflowFile]:
        """Those of these files that could run, as far as is known; ``wait`` for a server's word."""

    def _local_problems(self, found: WorkflowFile) -> list[str]:  # noqa: ARG002 (servers are no local matter)
        """Why a file cannot run on this machine."""
        return []

    def _mine(self) -> list[WorkflowFile]:
        return [each for each in self.files.all() if each.source == self.name]

    def _named(self, name: str) -> WorkflowFile | None:
        return next((each for each in self._mine() if each.name == name), None)

    def _wanted(self, wanted: Wanted) -> WorkflowFile | None:
        if wanted.pinned is None:
            return None if wanted.name is None else self._named(wanted.name)
        return self.files.pinned(wanted.pinned, wanted.kind) if wanted.pinned.source == self.name else None

    def _shown(self, found: WorkflowFile, rank: int) -> Workflow:
        return Workflow(
            name=found.name,
            kind=found.kind,
            title=found.title,
            description=found.description,
            source=found.source,
            form=found.fields,
            hash=found.hash or None,
            problem=found.problem,
            unread=found.unread,
            takes_text=found.problem is not None or found.takes_text,
            reason=found.problem or " ".join(self._local_problems(found)) or None,
            is_file=True,
            rank=rank,
        )

    def _require_runnable(self, found: WorkflowFile, *, default: bool) -> None:
        # ``unread``: a server that comes back makes it readable, so that the prompt waits and does not fail.
        if found.problem is not None and (default or found.unread):
            raise Unavailable(f"The workflow {found.name} cannot be used: {found.problem}", waits_for="configuration")
        problems = self._local_problems(found) if found.problem is None else []
        if problems:
            raise Unavailable(
                f"The script {found.path.name} cannot run: {' '.join(problems)}", waits_for="configuration"
            )


def _absent(kind: Kind, path: Path, name: str) -> WorkflowFile:
    problem = f"media.scripts.{kind} names {path}, which is not there. Put the workflow there, or correct the name."
    source = "script" if path.suffix == ".py" else "comfyui"
    return WorkflowFile(name, path, kind, name, "", source, "", Form(), problem=problem)


def _arrival(found: WorkflowFile) -> tuple[float, str]:
    """When a file came (s, Unix time), and its name for those that came together."""
    # In the order in which they came: adding a file must not change what was the default before.
    try:
        return found.path.stat().st_mtime, found.name
    except OSError:  # removed just now
        return float("inf"), found.name
