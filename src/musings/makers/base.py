"""What every pipeline offers and is given.

A pipeline is a way to make something: a function of a job that leaves files in the job's directory and says what
it made, or raises an :class:`~musings.errors.AttemptError`. It never sees the database, and the worker never sees
how the thing is made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from musings.models import FormField, Job, JsonObject, Kind, Outcome, Prompt, WorkflowVersion, Writing


class Context(Protocol):
    """How a running attempt talks to whoever runs it. Every method is cheap and safe to call from any thread."""

    def check(self) -> None:
        """Go on, or stop: raises ``Cancelled``, ``Stopping`` or ``TimedOut``. Call it at least once a second."""

    def progress(self, value: float, maximum: float, stage: str) -> None:
        """Say how far the attempt is; ``stage`` is a few words for the page (``"rendering"``)."""

    def preview(self, picture: bytes, media_type: str) -> None:
        """Show an unfinished picture on the page. It is not kept."""

    def excerpt(self, text: str) -> None:
        """Show the end of an unfinished text on the page, with the next progress. It is not kept."""

    def keep_writing(self, writing: Writing) -> int:
        """Store a writing now, linked to the prompt, so that no later attempt makes it again; returns its id."""

    def uses(self, parameters: JsonObject) -> None:
        """Record the values in use where a stage has changed the job's, so that the recipe stays true."""

    def started(self, external_id: str) -> None:
        """Write down what is about to run outside, and return when it is on disk (DESIGN D5)."""

    def step(self, name: str) -> None:
        """Say where the attempt is (``Step``): the worker's death there is told from others."""

    def crashed(self) -> int:
        """A server went down while it ran this prompt; returns how often that has happened."""

    def log(self, text: str) -> None:
        """Add to the attempt's log: the command or the request, its output, its durations."""

    @property
    def remaining(self) -> float:
        """Seconds until the attempt's time limit; never negative."""


class Pipeline(Protocol):
    """One way to make things."""

    name: str

    def run(self, job: Job, context: Context) -> Outcome:
        """Make what ``job`` asks for."""


@dataclass(frozen=True)
class Workflow:
    """A recipe that a prompt may name, with the form it exposes.

    ``problem`` says what is wrong with its file, or with ``unread`` that no server answers to read it with; ``reason``
    why it cannot run now, as far as that is known without asking a server. ``default``: it serves prompts of its kind
    that name none. ``takes_text``: the words of a prompt go somewhere.
    """

    name: str
    kind: Kind
    title: str
    description: str
    source: str  # sketch, poets, speech, comfyui or script
    form: Sequence[FormField]
    hash: str | None = None
    problem: str | None = None
    unread: bool = False
    takes_text: bool = True
    reason: str | None = None
    default: bool = False

    @property
    def usable(self) -> bool:
        """Whether nothing is known that keeps it from running."""
        return self.reason is None


@dataclass(frozen=True)
class Resolved:
    """What a prompt is submitted with: the workflow's name, its form, and its file as it is now.

    ``form`` is None where a default cannot be read yet: its prompts wait, and are checked when they run. ``name`` is
    None where whatever serves then is to run it. ``takes_text``: the words of a prompt go somewhere.
    """

    name: str | None
    form: Sequence[FormField] | None
    version: WorkflowVersion | None = None
    takes_text: bool = True


class StoredDefault(Protocol):
    """A default that was kept. ``by_owner``: somebody chose it; else it was the first that could be used."""

    @property
    def workflow(self) -> str: ...

    @property
    def by_owner(self) -> bool: ...


class Defaults(Protocol):
    """Where the defaults are kept."""

    def read(self) -> Mapping[Kind, StoredDefault]:
        """The default of each kind that has one."""

    def settle(self, kind: Kind, workflow: str) -> None:
        """Keep the first that could be used, unless there is one."""


@dataclass(frozen=True)
class Chosen:
    """What will run a prompt. ``version`` is the workflow file as it is now, to be kept with the attempt."""

    pipeline: Pipeline
    form: Sequence[FormField]
    version: WorkflowVersion | None = None


@dataclass(frozen=True)
class Lacking:
    """Something that a place lacks for a workflow."""

    where: str
    message: str


@dataclass(frozen=True)
class Checked:
    """``usable``: at least one place could run the workflow now; ``places`` are those that could."""

    usable: bool
    problems: list[Lacking]
    places: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Backend:
    """Something that runs workflows, and how it was when it was asked."""

    kind: str
    url: str | None
    reachable: bool
    version: str | None
    queue_length: int | None
    last_error: str | None


class WorkflowSource(Protocol):
    """Where workflow files come from, and the places that run them."""

    def workflows(self) -> list[Workflow]:
        """Every workflow; a file that the configuration names and that is not there is in the list, with the reason."""

    def configured(self) -> Mapping[Kind, str]:
        """The workflow that the configuration names for a kind, whether or not its file is there."""

    def first_usable(self, kind: Kind, *, wait: bool) -> str | None:
        """The first workflow of a kind that could run, as they came; ``wait`` for a server's word."""

    def pin(self, name: str) -> WorkflowVersion | None:
        """A workflow's file as it is now; None for one that is no file, or cannot be used as it is."""

    def choose(self, kind: Kind, name: str | None, pinned: WorkflowVersion | None, *, default: bool) -> Chosen | None:
        """What runs a prompt of this kind, or None when that is no workflow file.

        Raises ``Unavailable`` for a script that cannot run here, and for a ``default`` that cannot be used.
        """

    def check(self, name: str) -> Checked:
        """What each place lacks for a workflow."""

    def add(self, file_name: str, content: bytes) -> str:
        """Keep a workflow file; returns the workflow's name."""

    def remove(self, name: str) -> None:
        """Take a workflow out of the library."""

    def backends(self) -> list[Backend]:
        """Every place, asked now."""

    def watch(self, on_change: Callable[[], None]) -> None:
        """Look after the servers until ``close``; ``on_change`` is called when one went away or came back."""

    def places(self) -> int:
        """How many jobs the servers that are there take at once."""

    def leave(self, external_id: str) -> None:
        """Have what a prompt has outside taken away when the servers answer, while somebody watches."""

    def has_left(self, external_id: str) -> bool:
        """Whether some of that is still to be taken away."""

    def close(self) -> None:
        """Let go of the places."""


@dataclass(frozen=True)
class Serving:
    """Who would write now, in words; ``mend`` says what to do where that is not as the owner wants it."""

    ok: bool
    detail: str
    mend: str


class WordSource(Protocol):
    """Who writes: texts, and the words before media."""

    def workflow(self) -> Workflow:
        """What a text prompt may name to have the poets and nobody else."""

    def serve_by_default(self) -> bool:
        """Whether a text prompt that names no workflow goes to the poets, as far as is known without asking."""

    def writer(self, workflow: str | None) -> Pipeline:
        """The pipeline for a text prompt. Raises ``UserFault``, and ``Unavailable`` where a server is waited for."""

    def enhanced(self, prompt: Prompt, inner: Pipeline, form: Sequence[FormField]) -> Pipeline:
        """``inner`` with the poets' stage before it. Raises as ``writer``."""

    def serving(self) -> Serving:
        """Who would write now; asks the servers."""

    def backends(self) -> list[Backend]:
        """Every language model server of the configuration, asked now."""
