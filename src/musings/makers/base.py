"""What a maker is: one way of making things, with the workflows that it offers and the places where they run.

A maker chooses a pipeline for a prompt: a function of a job that leaves files in the job's directory and says what it
made, or raises an :class:`~musings.errors.AttemptError`. Neither sees the database, and the worker never sees how the
thing is made. To add a maker, write a class with these methods (``makers/simple.py`` has the empty answers) and put it
into the list in ``makers/all.py``.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from mmap import mmap
from typing import Protocol

from musings.models import FormField, Job, Json, JsonObject, Kind, Outcome, Prompt, WorkflowVersion, Writing

FileContent = bytes | mmap
"""A whole file. A mapped one is read where it is looked at."""


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
        """Write down what is about to run outside, and return when it is on disk (invariant 5)."""

    def alone(self, resource: str, stage: str) -> AbstractContextManager[None]:
        """Hold something that this host has once, such as its graphics card, within the block.

        Waits for its holder, in whichever process; ``stage`` is what the page says meanwhile. Raises as ``check``.
        """

    def step(self, name: str) -> None:
        """Say where the attempt is (``Step``): the worker's death there is told from others."""

    def crashed(self) -> int:
        """A server went down while it ran this prompt; returns how often that has happened."""

    def others_crashed(self) -> bool:
        """Whether servers went down while they ran other prompts as well, which completed in the end."""

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
    that name none. ``takes_text``: the words of a prompt go somewhere. ``is_file``: somebody put its file there, and
    may correct it. ``rank`` is its place in the list of workflows: 0 for a server that was set up, 2 for what is built
    in, 4 and more for files. ``slot`` names what it waits for when several run at a time; empty: its maker.
    """

    name: str
    kind: Kind
    title: str
    description: str
    source: str  # the name of its maker
    form: Sequence[FormField]
    hash: str | None = None
    problem: str | None = None
    unread: bool = False
    takes_text: bool = True
    reason: str | None = None
    default: bool = False
    is_file: bool = False
    rank: int = 0
    slot: str = ""

    @property
    def usable(self) -> bool:
        """Whether nothing is known that keeps it from running."""
        return self.reason is None


@dataclass(frozen=True)
class FieldChanges:
    """What became of the fields of a form when its file changed.

    ``names`` says what each earlier field is called now, None for one that is gone; ``said`` are sentences about it.
    """

    names: Mapping[str, str | None] = field(default_factory=dict)
    said: Sequence[str] = ()

    def moved(self, values: Mapping[str, Json]) -> tuple[dict[str, Json], list[str]]:
        """Values under the names of today, and the fields of those that have no place any more."""
        now = {name: self.names.get(name, name) for name in values}
        kept = {found: values[name] for name, found in now.items() if found is not None}
        return kept, [name for name, found in now.items() if found is None]


@dataclass(frozen=True)
class Wanted:
    """What a prompt asks for. ``named``: the prompt itself names the workflow; else ``name`` is the default.

    ``name`` None: whoever can. ``pinned`` is the workflow file that the prompt was submitted with.
    """

    kind: Kind
    name: str | None
    pinned: WorkflowVersion | None = None
    named: bool = True


@dataclass(frozen=True)
class Chosen:
    """What will run a prompt. ``version`` is the workflow file as it is now, to be kept with the attempt.

    Without a ``form`` the prompt's parameters are handed on as they are. ``values`` are what it is run with: the
    prompt's, checked and completed; ``drawn`` names the seeds among them that nobody gave. A maker leaves both out.
    """

    pipeline: Pipeline
    form: Sequence[FormField]
    version: WorkflowVersion | None = None
    values: JsonObject = field(default_factory=dict)
    drawn: frozenset[str] = frozenset()


class DefaultGround(StrEnum):
    """Why a workflow is proposed for prompts that name none. The earlier counts more."""

    CONFIGURED = "the configuration names it"
    SET_UP = "its server was set up for this"
    FOUND = "the first that could run"
    BUILT_IN = "always there"


@dataclass(frozen=True)
class Proposal:
    """A workflow for prompts that name none; ``since`` (s, Unix time) decides between several that were found."""

    workflow: str
    since: float = 0.0


@dataclass(frozen=True)
class Lacking:
    """Something that a place lacks for a workflow.

    ``kind`` is a ``ProblemKind``, or empty where the place itself is the trouble; ``nearest`` is the installed thing
    most like ``wanted``, ``allowed`` what may stand there instead. ``pack`` brings a missing node, and ``address`` is
    where a missing model can be had, where that is known.
    """

    where: str
    message: str
    kind: str = ""
    wanted: str = ""
    nearest: str | None = None
    allowed: tuple[str, ...] = ()
    pack: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Checked:
    """``usable``: at least one place could run the workflow now; ``places`` are those that could."""

    usable: bool
    problems: list[Lacking]
    places: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Inspection:
    """A file that somebody showed, and that was not kept.

    ``words`` are those that stand in it for the prompt. A file of another ``program`` is no workflow; ``settings`` are
    what was made with it, by the role that a field of a form has for each.
    """

    workflow: Workflow
    file_name: str
    content: bytes
    remarks: tuple[str, ...]
    checked: Checked
    version: WorkflowVersion | None = None
    words: str | None = None
    program: str | None = None
    settings: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class SentFile:
    """Where a file that came with a graph goes: an input of a node. ``type`` is image, audio or video."""

    node: str
    input: str
    type: str


@dataclass(frozen=True)
class SentGraph:
    """A graph that is run as it was sent. ``form`` has a field for each file; ``words`` are those in it, for people."""

    version: WorkflowVersion
    kind: Kind
    words: str | None
    form: Sequence[FormField]


@dataclass(frozen=True)
class BackendState:
    """Something that runs workflows, and how it was when it was asked. ``devices`` as it tells of them itself.

    ``asleep``: it does not answer, and is woken when a prompt needs it.
    """

    kind: str
    url: str | None
    reachable: bool
    version: str | None
    queue_length: int | None
    last_error: str | None
    devices: Sequence[JsonObject] = ()
    asleep: bool = False


@dataclass(frozen=True)
class Sleeper:
    """A server that is put to sleep after so many seconds without work.

    ``woken``: it is there because this process has woken it. ``let_sleep`` returns whether it sleeps now: False where
    it has work. Raises ``MusingsError`` where the way to do so fails.
    """

    url: str
    idle_seconds: float
    woken: bool
    let_sleep: Callable[[], bool]


@dataclass(frozen=True)
class Serving:
    """Whether a server that was set up serves now, in words; ``mend`` says what to do where it does not."""

    what: str
    ok: bool
    detail: str
    mend: str


class Maker(Protocol):
    """One way of making things. Everything but ``close`` may be called from any thread."""

    name: str
    """The ``source`` of its workflows."""
    backend_kind: str
    """The ``kind`` of its backends; empty for one that needs no server."""

    def workflows(self) -> Sequence[Workflow]:
        """Every workflow with its form; one that cannot run now is there, with the reason. Asks no server."""

    def unnamed(self, kind: Kind) -> Sequence[FormField] | None:
        """The form of prompts that name no workflow, where this maker finds out when they run who makes them.

        None where the kind's default does.
        """

    def propose(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Proposal | None:
        """A default for a kind, on this ground; ``wait`` for a server's word where that is needed."""

    def pin(self, name: str) -> WorkflowVersion | None:
        """A workflow's file as it is now; None for one that is no file, or cannot be used as it is."""

    def changes(self, name: str, before: WorkflowVersion) -> FieldChanges | None:
        """What became of the fields of a workflow since an earlier version; None where that cannot be told."""

    def recall(self, versions: Callable[[str], WorkflowVersion | None]) -> None:
        """``versions`` finds, by its name, the version of a workflow whose nodes its sidecar means."""

    def choose(self, wanted: Wanted) -> Chosen | None:
        """What runs such a prompt; None where that is another maker's.

        Raises ``UserFault`` for what can never run, and ``Unavailable`` where something is waited for.
        """

    def check(self, name: str) -> Checked | None:
        """What each place lacks for a workflow, asked now; None for another maker's."""

    def rehearse(self, wanted: Wanted) -> Checked | None:
        """What would become of such a prompt now; None where it is another maker's."""

    def backends(self) -> list[BackendState]:
        """Its servers, asked now. May take seconds."""

    def is_needed(self) -> bool:
        """Whether somebody should hear when its servers are away: a workflow here, or the settings, count on them."""

    def serving(self) -> list[Serving]:
        """How what was set up is, in words, asked now."""

    def places(self) -> int:
        """How many jobs its servers that are there take at once; 0 without servers that share out jobs."""

    def watch(self, on_change: Callable[[], None]) -> None:
        """Look after the servers until ``close``; ``on_change`` is called when one went away or came back."""

    def sleepers(self) -> Sequence[Sleeper]:
        """Its servers that may be put to sleep. Asks none."""

    def leave(self, external_id: str) -> bool:
        """Have what a prompt has outside taken away when the servers answer; False where this is not its business."""

    def has_left(self, external_id: str) -> bool:
        """Whether some of that is still to be taken away."""

    def inspect(self, file_name: str, content: FileContent, servers: Sequence[str] = ()) -> Inspection | None:
        """What a file is and whether it could run, without keeping it; None where it keeps none.

        ``servers`` are addresses to ask in place of those of the settings. Raises ``InvalidInputError`` for a file
        that carries nothing.
        """

    def classes(self, *, anew: bool = False) -> JsonObject | None:
        """The node classes of its servers, as ``/object_info`` tells of them; None where none is known.

        Those that were heard last, without waiting for a server; ``anew`` asks them again, where that was not just now.
        """

    def take_graph(self, graph: JsonObject, files: Mapping[str, SentFile]) -> SentGraph | None:
        """A graph in API format that is to be run as it is, with files for some of its inputs, by a field's name.

        None where it runs no graphs. Raises ``InvalidInputError`` for a graph that is too large.
        """

    def add(self, file_name: str, content: FileContent) -> str | None:
        """Keep a workflow file; returns the workflow's name, or None where it keeps none.

        Raises ``InvalidInputError`` for a file that is no workflow and ``ConflictError`` when the name is taken.
        """

    def remove(self, name: str) -> bool:
        """Take a workflow file away; False where it keeps none. Raises ``NotFoundError`` for an unknown name."""

    def close(self) -> None:
        """Let go of the servers."""


class Decorator(Protocol):
    """Something that goes on around what makers make, whoever that is."""

    def shown(self, workflow: Workflow) -> Workflow:
        """A workflow as a prompt may use it: with the fields that this adds to its form."""

    def around(self, chosen: Chosen, kind: Kind, prompt: Prompt) -> Chosen:
        """What runs the prompt, with this around it where the prompt asks for it. Raises as ``Maker.choose``."""


@dataclass(frozen=True)
class MakerList:
    """The makers, the first that chooses wins; and what goes around them, the last outermost."""

    makers: Sequence[Maker]
    decorators: Sequence[Decorator] = ()


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
