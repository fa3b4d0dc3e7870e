"""The values that the rooms hand to each other. All frozen, none knows a database or a socket."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from comfyui_workflows.form_field import FormField as FormField
from musings.models.instructions import Instructions as Instructions

Json = Any
"""What ``json.loads`` can return."""

JsonObject = Mapping[str, Json]


class Kind(StrEnum):
    """What comes out of a prompt. Every prompt type belongs to one."""

    TEXT = "text"
    IMAGE = "image"
    MUSIC = "music"
    VOICE = "voice"
    VIDEO = "video"


TYPES_OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("text", "poem", "poetry", "prose", "story", "dialogue", "song", "lyrics"),
    Kind.IMAGE: ("image", "image_prompt"),
    Kind.MUSIC: ("music", "audio", "lyrics_prompt"),
    Kind.VOICE: ("voice", "speech"),
    Kind.VIDEO: ("video", "animation"),
}

KIND_OF_TYPE: Mapping[str, Kind] = {name: kind for kind, names in TYPES_OF_KIND.items() for name in names}


def no_prompt_type(name: str, meant: str = "") -> str:
    """The same words for every prompt of an unknown type, whoever submitted or inserted it."""
    return f"{name} is no prompt type.{meant} Known types: {', '.join(KIND_OF_TYPE)}"


MEDIA_KINDS = (Kind.IMAGE, Kind.MUSIC, Kind.VOICE, Kind.VIDEO)


def serves(made: Kind, wanted: Kind) -> bool:
    """Whether what makes ``made`` may be named for prompts of a kind.

    A film for a picture too: before films were a kind, their workflows were those of pictures, and prompts named them.
    """
    return made is wanted or (wanted is Kind.IMAGE and made is Kind.VIDEO)


UPLOAD_REFERENCE = re.compile(r"upload:([0-9a-f]{64})", re.ASCII)
"""How a parameter names a file that somebody sent."""


class PromptStatus(StrEnum):
    """``pending`` → ``processing`` → ``completed`` | ``failed`` | ``cancelled``."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ArtifactStatus(StrEnum):
    """Of a prompt that asks for media; NULL where it asks for none."""

    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    ERROR = "error"


class ArtifactType(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True)
class Job:
    """One attempt at one prompt, as a pipeline sees it.

    ``directory`` is absolute, exists, is empty and belongs to this attempt alone. ``parameters`` are checked
    against the form and complete: every field of the form is present. ``resume`` is what an earlier attempt had
    started outside (see ``Context.started``), or None. ``writing`` is the one that the prompt is linked to or names:
    what an earlier stage wrote, or what is to be read aloud. ``inputs`` are the files of those fields whose value names
    an artifact or an upload, by the field's name. ``drawn`` are the fields whose value nobody gave: a seed of ours.
    ``instructions`` are those of the prompt.
    """

    prompt_id: int
    attempt: int
    kind: Kind
    prompt_type: str
    text: str
    parameters: JsonObject
    directory: Path
    workflow: str | None = None
    metadata: JsonObject = field(default_factory=dict)
    resume: str | None = None
    writing: "StoredWriting | None" = None
    inputs: Mapping[str, Path] = field(default_factory=dict)
    drawn: frozenset[str] = frozenset()
    instructions: Instructions = field(default_factory=Instructions)


@dataclass(frozen=True)
class MadeFile:
    """A file that a pipeline left in the job's directory. ``metadata`` uses the names of docs/reference/api.md.

    ``is_ours``: we have written it ourselves, so that it may be changed; what came from elsewhere is kept as it came.
    """

    path: Path
    artifact_type: ArtifactType
    metadata: JsonObject = field(default_factory=dict)
    preview: Path | None = None
    is_ours: bool = False


@dataclass(frozen=True)
class Writing:
    """A text result, before it has a row."""

    title: str
    content: str
    content_type: str
    mood: str | None = None
    explicit_content: bool = False
    notes: str | None = None


@dataclass(frozen=True)
class WorkflowVersion:
    """A workflow file as it was: ``content`` is its text, with that of its sidecar; ``hash`` names both (sha256)."""

    hash: str
    name: str
    source: str
    content: str


@dataclass(frozen=True)
class Outcome:
    """What one attempt made. ``backend`` is ``sketch``, or the server, script or model that made it."""

    files: tuple[MadeFile, ...]
    backend: str
    writing: Writing | None = None


@dataclass(frozen=True)
class Prompt:
    """A row of ``prompts``, its JSON columns read. ``kind`` is None when another program wrote an unknown type.

    ``workflow_hash`` names the version of the workflow file that it was submitted with (``workflow_versions``).
    ``instructions`` are what was decided at submission; nothing in the caller's ``metadata`` is one. ``held``: the run
    of a chain that it belongs to is paused.
    """

    id: int
    prompt_text: str
    prompt_type: str
    kind: Kind | None
    status: str
    priority: int
    config_name: str | None
    metadata: JsonObject
    created_at: datetime | None
    processed_at: datetime | None
    completed_at: datetime | None
    output_reference: int | None
    error_message: str | None
    processing_duration: float | None
    artifact_status: str | None
    artifact_metadata: JsonObject | None
    attempt: int
    uncounted_attempts: int
    max_attempts: int | None
    next_attempt_at: datetime | None
    cancel_requested: bool
    external_id: str | None
    progress: JsonObject | None
    workflow: str | None
    parameters: JsonObject
    starred: bool
    deleted_at: datetime | None = None
    server_crashes: int = 0
    waits: int = 0
    waits_for: str | None = None
    workflow_hash: str | None = None
    instructions: Instructions = field(default_factory=Instructions)
    held: bool = False

    @property
    def attempts_used(self) -> int:
        """How many attempts count against the cap."""
        return max(0, self.attempt - self.uncounted_attempts)

    @property
    def waiting_reason(self) -> str | None:
        """Why a prompt that was looked at was put back, and what to do; None while it simply waits for its turn."""
        if self.status != PromptStatus.PENDING:
            return None
        return "Its musing is paused. Resume that to let it go on." if self.held else self.error_message


@dataclass(frozen=True)
class NewPrompt:
    """A request that was checked and may become a row.

    ``version`` is stored with it, in one transaction. ``instructions`` None is a row as another program would write
    it, whose ``metadata`` may ask for ``enhance`` and ``parameters``.
    """

    prompt_text: str
    prompt_type: str
    priority: int = 5
    metadata: JsonObject = field(default_factory=dict)
    workflow: str | None = None
    parameters: JsonObject = field(default_factory=dict)
    config_name: str | None = None
    idempotency_key: str | None = None
    max_attempts: int = 3
    workflow_hash: str | None = None
    instructions: Instructions | None = None
    version: WorkflowVersion | None = None


@dataclass(frozen=True)
class Artifact:
    """A row of ``prompt_artifacts``. Paths are relative to the media root, with ``/``."""

    id: int
    prompt_id: int
    artifact_type: str
    file_path: str
    preview_path: str | None
    metadata: JsonObject
    created_at: datetime | None


@dataclass(frozen=True)
class NewArtifact:
    """A file that is in its place below the media root, and what its row will say."""

    artifact_type: ArtifactType
    file_path: str
    preview_path: str | None = None
    metadata: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Upload:
    """A row of ``musings_uploads``: a file that somebody sent. ``facts``: width, height (px), duration (s)."""

    sha256: str
    content_type: str
    bytes: int
    file_path: str
    facts: JsonObject = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """How a parameter names it."""
        return f"upload:{self.sha256}"

    @property
    def artifact_type(self) -> ArtifactType:
        """What the artifact of such a file would be."""
        medium = self.content_type.partition("/")[0]
        return ArtifactType(medium) if medium in ("image", "audio", "video") else ArtifactType.OTHER


@dataclass(frozen=True)
class Attempt:
    """A row of ``attempts``. ``status``: running, completed, failed, cancelled, lost or released."""

    attempt: int
    status: str
    backend: str | None
    started_at: datetime | None
    finished_at: datetime | None
    external_id: str | None
    parameters: JsonObject
    workflow_hash: str | None
    error: str | None
    error_class: str | None
    log_excerpt: str | None


@dataclass(frozen=True)
class StoredWriting:
    """A row of ``writings``."""

    id: int
    title: str | None
    content: str | None
    content_type: str | None
    mood: str | None
    word_count: int | None
    line_count: int | None
    character_count: int | None
    explicit_content: bool
    created_at: datetime | None
    notes: str | None = None

    @property
    def as_markdown(self) -> str:
        """The title as a heading, and the text."""
        title = f"# {self.title}\n\n" if self.title else ""
        return f"{title}{(self.content or '').rstrip()}\n"


T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list, newest first. ``next_cursor`` is None on the last part."""

    items: tuple[T, ...]
    next_cursor: str | None
