"""What a server answers, with types.

A server of another version may say more or less than we know: what is unknown is kept (``model_extra``), and what an
older one does not say has a default.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

FINISHED = ("completed", "failed", "cancelled")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class RemoteProgress(_Answer):
    value: float = 0
    max: float = 1
    stage: str = ""
    eta_seconds: float | None = None


class RemoteAttempt(_Answer):
    attempt: int
    status: str = ""
    backend: str | None = None
    seconds: float | None = None
    error: str | None = None


class RemoteArtifact(_Answer):
    """A file that was made. ``file_path`` is relative to the server's media root; ``file_url`` to its address."""

    id: int
    prompt_id: int
    artifact_type: str = "other"
    file_path: str
    preview_path: str | None = None
    metadata: dict[str, Any] = {}
    created_at: datetime | None = None
    file_url: str = ""
    preview_url: str | None = None


class RemoteWriting(_Answer):
    id: int
    title: str | None = None
    content: str | None = None
    content_type: str | None = None


class RemotePrompt(_Answer):
    """A prompt as the server knows it (PromptResponse in docs/reference/api.md).

    To a token without the scope ``read`` a server tells ``id``, ``status`` and ``created_at`` alone.
    """

    id: int
    status: str
    prompt_text: str = ""
    prompt_type: str = ""
    kind: str | None = None
    priority: int = 5
    metadata: dict[str, Any] = {}
    workflow: str | None = None
    parameters: dict[str, Any] = {}
    created_at: datetime | None = None
    processed_at: datetime | None = None
    completed_at: datetime | None = None
    error_message: str | None = None
    processing_duration: float | None = None
    artifact_status: str | None = None
    artifact_metadata: dict[str, Any] | None = None
    attempts_used: int = 0
    max_attempts: int = 0
    next_attempt_at: datetime | None = None
    waiting_reason: str | None = None
    cancel_requested: bool = False
    starred: bool = False
    newer_workflow: bool = False
    unused_words: str | None = None
    position: int | None = None
    progress: RemoteProgress | None = None
    attempts: list[RemoteAttempt] = []
    artifacts: list[RemoteArtifact] = []
    writing: RemoteWriting | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self.status in FINISHED

    @property
    def succeeded(self) -> bool:
        return self.status == "completed"


class PromptPage(_Answer):
    """Prompts, newest first. ``next_cursor`` asks for the page after; None at the end."""

    items: list[RemotePrompt]
    next_cursor: str | None = None


class RemoteHit(_Answer):
    """``type``: writing or prompt."""

    type: str
    id: int
    title: str = ""
    status: str | None = None


class RemoteHits(_Answer):
    items: list[RemoteHit]
    next_cursor: str | None = None


class RemoteUpload(_Answer):
    """A file that was sent. ``ref`` is what a parameter of type image, audio or video takes."""

    ref: str
    content_type: str = ""
    bytes: int = 0


class RemoteField(_Answer):
    name: str
    type: str = ""


class RemoteWorkflow(_Answer):
    """``default``: it serves prompts of its kind that name none."""

    name: str
    kind: str
    title: str = ""
    description: str = ""
    form: list[RemoteField] = []
    default: bool = False


class RemoteWorkflows(_Answer):
    items: list[RemoteWorkflow]


class RemotePreset(_Answer):
    name: str
    values: dict[str, Any] = {}
    gone: list[str] = []


class RemotePresets(_Answer):
    items: list[RemotePreset]


class RemoteChainPart(_Answer):
    """A parameter or a step of a chain; ``ask`` is what the gate of a step asks."""

    name: str
    title: str = ""
    kind: str | None = None
    ask: str | None = None
    default: Any = None


class RemoteChain(_Answer):
    name: str
    title: str = ""
    description: str = ""
    parameters: list[RemoteChainPart] = []
    steps: list[RemoteChainPart] = []


class RemoteChains(_Answer):
    items: list[RemoteChain]


class RemoteStep(_Answer):
    """``ask`` is what its gate asks of a person now; None while nothing is asked."""

    name: str
    title: str = ""
    kind: str | None = None
    state: str = ""
    problem: str | None = None
    ask: str | None = None
    question: str | None = None
    prompts: list[RemotePrompt] = []


class RemoteMusing(_Answer):
    """A run of a chain. To a token without the scope ``read`` a server tells ``id`` and ``status`` alone."""

    id: int
    status: str
    chain: str = ""
    title: str = ""
    idea: str = ""
    problem: str | None = None
    created_at: datetime | None = None
    steps: list[RemoteStep] = []

    @property
    def goes_on(self) -> bool:
        """Whether more comes of it by itself."""
        return self.status == "running"


class RemoteProblem(_Answer):
    where: str = ""
    what: str
    remedy: str = ""


class RemoteEstimate(_Answer):
    """Seconds."""

    p10: float
    p50: float
    p90: float


class RemoteDryRun(_Answer):
    """What would become of a prompt. ``ok``: it would be taken, and something that answers would run it."""

    ok: bool
    problems: list[RemoteProblem] = []
    would_run_on: list[str] = []
    estimate: RemoteEstimate | None = None


class RemoteWorker(_Answer):
    """``mode``: ``running``, ``scheduled`` (none runs now, a schedule comes by) or ``none``."""

    mode: str
    message: str = ""


class RemoteQueue(_Answer):
    paused: bool = False
    worker: RemoteWorker | None = None


class RemoteHealth(_Answer):
    status: str
    version: str = ""
