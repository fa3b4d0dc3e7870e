"""The values that the rooms of the house hand to each other. All frozen, none knows a database or a socket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

Json = Any
"""What ``json.loads`` can return."""

JsonObject = Mapping[str, Json]


class Kind(StrEnum):
    """What comes out of a prompt. Every prompt type belongs to one."""

    TEXT = "text"
    IMAGE = "image"
    MUSIC = "music"
    VOICE = "voice"


TYPES_OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("text", "poem", "poetry", "prose", "story", "dialogue", "song", "lyrics"),
    Kind.IMAGE: ("image", "image_prompt"),
    Kind.MUSIC: ("music", "audio", "lyrics_prompt"),
    Kind.VOICE: ("voice", "speech"),
}

KIND_OF_TYPE: Mapping[str, Kind] = {name: kind for kind, names in TYPES_OF_KIND.items() for name in names}

MEDIA_KINDS = (Kind.IMAGE, Kind.MUSIC, Kind.VOICE)


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
class FormField:
    """One input of a form: what a person may set for a prompt, and within which bounds.

    ``type`` is one of ``text``, ``longtext``, ``int``, ``float``, ``bool``, ``choice``, ``image``, ``audio``.
    ``role`` says what the field means whatever its name: ``prompt``, ``negative_prompt``, ``seed``, ``width``,
    ``height``, ``count``, ``duration`` (s), ``steps``, ``cfg``, ``voice``, ``language``, ``speed``, ``tags``, ``lyrics``.
    """

    name: str
    type: str
    label: str
    default: Json = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    role: str | None = None
    required: bool = False
    advanced: bool = False


@dataclass(frozen=True)
class Job:
    """One attempt at one prompt, as a pipeline sees it.

    ``directory`` is absolute, exists, is empty and belongs to this attempt alone. ``parameters`` are checked
    against the form and complete: every field of the form is present. ``resume`` is what an earlier attempt had
    started outside (see ``Context.started``), or None.
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


@dataclass(frozen=True)
class MadeFile:
    """A file that a pipeline left in the job's directory. ``metadata`` uses the names of INTERFACE section 3."""

    path: Path
    artifact_type: ArtifactType
    metadata: JsonObject = field(default_factory=dict)
    preview: Path | None = None


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
class Outcome:
    """What one attempt made. ``backend`` is ``sketch``, or the server, script or model that made it."""

    files: tuple[MadeFile, ...]
    backend: str
    writing: Writing | None = None
