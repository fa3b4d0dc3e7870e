"""The shapes of answers: what the API sends, and what the command line prints as JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from musings.models import Kind
from musings.store import times

Time = Annotated[
    datetime,
    PlainSerializer(times.rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""RFC 3339, UTC, milliseconds."""


JsonMap = dict[str, Any]


class Progress(BaseModel):
    model_config = ConfigDict(extra="allow")
    value: float = 0
    max: float = 1
    stage: str = ""
    eta_seconds: float | None = None


class AttemptMeta(BaseModel):
    attempt: int
    status: str = Field(description="running, completed, failed, cancelled, lost or released")
    backend: str | None
    started_at: Time | None
    finished_at: Time | None
    seconds: float | None
    error: str | None
    error_class: str | None


class ArtifactMeta(BaseModel):
    id: int
    prompt_id: int
    artifact_type: str
    file_path: str
    preview_path: str | None
    metadata: JsonMap
    created_at: Time | None
    file_url: str
    preview_url: str | None


class GalleryItem(ArtifactMeta):
    prompt_text: str
    prompt_type: str
    kind: Kind | None
    starred: bool


class WritingMeta(BaseModel):
    id: int
    title: str | None
    content: str | None
    content_type: str | None
    mood: str | None
    word_count: int | None
    line_count: int | None
    character_count: int | None
    explicit_content: bool
    created_at: Time | None


class PromptResponse(BaseModel):
    id: int
    prompt_text: str
    prompt_type: str
    kind: Kind | None
    status: str
    priority: int
    config_name: str | None
    metadata: JsonMap
    workflow: str | None
    parameters: JsonMap
    created_at: Time | None
    processed_at: Time | None
    completed_at: Time | None
    output_reference: int | None
    error_message: str | None
    processing_duration: float | None
    artifact_status: str | None
    artifact_metadata: JsonMap | None
    attempt: int = Field(description="the number of the last attempt; it only grows, and counts nothing")
    attempts_used: int = Field(description="how many attempts count against max_attempts")
    max_attempts: int
    next_attempt_at: Time | None = Field(description="while pending: it is not tried before")
    waiting_reason: str | None = Field(
        description="why a pending prompt was looked at and put back, and what to do; null while it waits for its turn"
    )
    cancel_requested: bool
    starred: bool
    deleted_at: Time | None = Field(description="when it went to the trash")
    workflow_hash: str | None = Field(description="the version of the workflow file that it was submitted with")
    newer_workflow: bool = Field(description="whether that file has changed since; it runs with its own version")
    enhance: bool | None = Field(
        description="whether the poets were asked to write the words first; null leaves it to the type"
    )
    unused_words: str | None = Field(description="said of a prompt whose words its workflow has no place for")
    reproduces: int | None = Field(description="the prompt whose recorded recipe it runs again")
    musing_id: int | None = Field(description="the musing (a run of a chain) that it is a step of")
    musing_step: str | None = Field(description="which step of it")
    musing_number: int | None = Field(description="which result of that step, 1 being the first")
    position: int | None = Field(description="place in the queue while pending, 1 being next")
    progress: Progress | None
    attempts: list[AttemptMeta]
    artifacts: list[ArtifactMeta]
    writing: WritingMeta | None


class PromptReceipt(BaseModel):
    """What a token without the scope `read` is told of a prompt that it made or changed."""

    id: int
    status: str
    created_at: Time | None


class PromptList(BaseModel):
    items: list[PromptResponse]
    next_cursor: str | None


class GalleryList(BaseModel):
    items: list[GalleryItem]
    next_cursor: str | None


class DayRun(BaseModel):
    """Artifacts in a row that were made on one day; ``day`` is ``2026-11-28`` (UTC), null where none is known."""

    day: str | None
    count: int


class GalleryIndex(BaseModel):
    """Artifacts in brief, newest first. ``ids``, ``types`` and ``ratios`` are of one length, ``days`` adds up to it.

    A ratio is width over height, null where it is not known.
    """

    ids: list[int]
    types: list[str]
    ratios: list[float | None]
    days: list[DayRun]
    next_cursor: str | None


class PeriodCount(BaseModel):
    """``period`` is ``2026-11-28`` or ``2026-11`` (UTC), null for artifacts whose time is not known."""

    period: str | None
    count: int


class GalleryCounts(BaseModel):
    items: list[PeriodCount]
    total: int


class PromptArtifacts(BaseModel):
    prompt_id: int
    artifacts: list[ArtifactMeta]


class AttemptLog(BaseModel):
    attempt: int
    status: str
    backend: str | None
    started_at: Time | None
    finished_at: Time | None
    parameters: JsonMap
    error: str | None
    log: str


class PromptLog(BaseModel):
    prompt_id: int
    attempts: list[AttemptLog]


class DryRunProblem(BaseModel):
    where: str = Field(description="a place of the request, or a server")
    what: str
    remedy: str


class DryRunEstimate(BaseModel):
    """Seconds, from what such prompts took here."""

    p10: float
    p50: float
    p90: float


class DryRun(BaseModel):
    """What would become of a prompt. ``ok``: it would be taken, and something that answers would run it."""

    ok: bool
    problems: list[DryRunProblem]
    would_run_on: list[str]
    estimate: DryRunEstimate | None


class DryRunReceipt(BaseModel):
    """The same for a token without the scope `read`: nothing of where it would run, nor of what such prompts took."""

    ok: bool
    problems: list[DryRunProblem]


class UploadMeta(BaseModel):
    """A file that was sent. ``ref`` is what a parameter of type image, audio or video takes."""

    ref: str
    content_type: str
    bytes: int
    width: int | None = Field(None, description="pixels")
    height: int | None = Field(None, description="pixels")
    duration: float | None = Field(None, description="seconds")
    file_url: str


class FormFieldMeta(BaseModel):
    name: str
    type: str
    label: str
    default: Any
    minimum: float | None
    maximum: float | None
    step: float | None
    choices: list[str]
    help: str
    role: str | None
    required: bool
    advanced: bool


class WorkflowChanges(BaseModel):
    """What became of the fields of a workflow when its file changed."""

    model_config = ConfigDict(from_attributes=True)

    since: Time = Field(description="when the change was seen")
    said: list[str] = Field(description="what moved, what is gone and what is new, as sentences")


class WorkflowMeta(BaseModel):
    name: str
    kind: Kind
    title: str
    description: str
    source: str = Field(description="sketch, poets, speech, comfyui or script")
    form: list[FormFieldMeta]
    hash: str | None = Field(description="names the file as it is now; null for the built-in ones")
    problem: str | None = Field(description="what is wrong with its file")
    takes_text: bool = Field(description="whether the words of a prompt go anywhere")
    default: bool = Field(description="whether it serves prompts of its kind that name none")
    usable: bool = Field(description="whether nothing is known, without asking a server, that keeps it from running")
    reason: str | None = Field(description="why it is not usable")
    changes: WorkflowChanges | None = Field(None, description="what its last change moved; null where it moved nothing")


class WorkflowPreset(BaseModel):
    """Values that somebody keeps for a workflow."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    values: dict[str, Any] = Field(description="by the names that the fields have now")
    gone: list[str] = Field(description="fields that had a value and that the file has no more")
    saved_at: Time


class WorkflowPresetReceipt(BaseModel):
    """What a token without the scope `read` is told of a preset that it kept."""

    name: str


class WorkflowPresetList(BaseModel):
    items: list[WorkflowPreset]
    next_cursor: str | None


class WorkflowPresetBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: dict[str, Any] = Field(description="the values of fields, by name; not all need one")


class WorkflowReceipt(BaseModel):
    """What a token without the scope `read` is told of a workflow that it imported or chose."""

    name: str
    kind: Kind
    problem: str | None
    default: bool
    usable: bool
    reason: str | None


class WorkflowList(BaseModel):
    items: list[WorkflowMeta]
    next_cursor: str | None


class WorkflowProblem(BaseModel):
    """Something that a server lacks for a workflow."""

    model_config = ConfigDict(from_attributes=True)

    server: str = Field(validation_alias=AliasChoices("server", "where"))
    message: str
    kind: str = Field("", description="missing node, missing model, wrong value …; empty where it does not answer")
    wanted: str = Field("", description="the node, model or value that is wrong")
    nearest: str | None = Field(None, description="what is there and most like it")
    allowed: list[str] = Field([], description="what may stand there instead, 30 at most")
    pack: str | None = Field(None, description="the node pack that brings a missing node, where that is known")
    address: str | None = Field(None, description="where a missing model can be had, where the file says so")


class WorkflowCheck(BaseModel):
    """``usable``: at least one server that answers, or this machine, can run it."""

    name: str
    usable: bool
    problems: list[WorkflowProblem]


class WorkflowInspection(BaseModel):
    """A file that was shown and not kept: what it would be as a workflow, and whether it could run."""

    workflow: WorkflowMeta
    file_name: str = Field(description="under which name it would be kept")
    remarks: list[str] = Field(description="what was found where, and what was left out")
    usable: bool
    places: list[str] = Field(description="the servers that could run it now")
    problems: list[WorkflowProblem]
    program: str | None = Field(description="the other program whose file this is; then it is no workflow")
    settings: dict[str, Any] = Field(description="what was made with that program, by role: prompt, seed, width …")


class Backend(BaseModel):
    kind: str = Field(description="comfyui, script, llm, speech or sketch")
    url: str | None
    reachable: bool
    version: str | None
    queue_length: int | None
    last_error: str | None
    asleep: bool = Field(description="it does not answer, and is woken when a prompt needs it")


class BackendList(BaseModel):
    items: list[Backend]
    next_cursor: str | None


class RunningPrompt(BaseModel):
    id: int
    kind: Kind | None
    prompt_text: str
    progress: Progress | None


class WorkerState(BaseModel):
    """``mode``: a worker runs; none runs now, and a schedule comes by; neither, though one or the other once did."""

    mode: Literal["running", "scheduled", "none"]
    alive: bool = Field(description="whether a worker runs now")
    pid: int | None = Field(description="its process; null between the runs of a schedule")
    heartbeat_at: Time | None = Field(description="when a worker was heard of last")
    last_run_at: Time | None = Field(description="when a run of the schedule was there last")
    next_run_at: Time | None = Field(description="when the schedule is due to look again")
    message: str = Field(description="the same in words")


class Eta(BaseModel):
    """Seconds until the queue is empty, from the durations of the last prompts of each kind."""

    p50: float | None
    p90: float | None


class QueueStats(BaseModel):
    paused: bool
    by_status: dict[str, int]
    by_kind: dict[str, dict[str, int]]
    pending: int
    processing: int
    oldest_pending_seconds: float | None
    running: list[RunningPrompt]
    rate_per_hour: float
    eta_seconds: Eta
    worker: WorkerState | None
    disk_low: bool = Field(description="whether media prompts wait because the disk is nearly full")
    disk_message: str | None = Field(description="the same in words")
    hours_message: str | None = Field(description="which kinds wait for the hours in which they may begin, in words")
    engine: dict[str, bool] = Field(description="which kinds are served by the built-in sketch engine")


class QueueReceipt(BaseModel):
    """What a token without the scope `read` is told of the queue that it paused or resumed."""

    paused: bool


class Health(BaseModel):
    status: str
    version: str


class Check(BaseModel):
    ok: bool
    detail: str


class Readiness(BaseModel):
    status: str
    checks: dict[str, Check]
