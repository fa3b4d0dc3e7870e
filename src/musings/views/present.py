"""From stored values to answers."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from pydantic import ValidationError

from musings.hours import Hours
from musings.models import MEDIA_KINDS, Artifact, Attempt, Json, JsonObject, Kind, Prompt, StoredWriting
from musings.store.chains import steps
from musings.store.chains.steps import StepOf
from musings.store.database import Database
from musings.store.gallery import artifacts, lists, stats, workflows
from musings.store.housekeeping import disks
from musings.store.queue import attempts, schedule, workers
from musings.store.queue.workers import WorkerRow
from musings.store.writings import writings
from musings.views import schemas

ETA_DRAWS = 200
NOBODY = "no worker runs"
MOST_LEVELS = 100
NO_HOURS: Mapping[Kind, Hours] = {}

IsAlive = Callable[[WorkerRow], bool]
"""Whether a worker that signed in still works."""


class ListedWorkflow(Protocol):
    """A workflow that prompts can be made with; the fields of ``WorkflowMeta`` are read from it, too."""

    @property
    def kind(self) -> Kind: ...

    @property
    def source(self) -> str: ...


class WorkflowLister(Protocol):
    """Names the workflows there are; the first of a kind serves the prompts of it that name none."""

    def workflows(self) -> Sequence[ListedWorkflow]: ...


def prompt_responses(
    database: Database,
    found: Sequence[Prompt],
    default_attempts: int,
    current: Callable[[], Mapping[str, str]] = dict,
) -> list[schemas.PromptResponse]:
    """Prompts with everything that belongs to them, in six queries however many there are.

    ``current`` says the hash of each workflow's file as it is now, by its name.
    """
    ids = [prompt.id for prompt in found]
    if not ids:
        return []
    made: dict[int, list[Artifact]] = {prompt_id: [] for prompt_id in ids}
    with database.read() as connection:  # one: what is shown of a prompt is of one moment
        for artifact in artifacts.of_prompts(connection, ids):
            made[artifact.prompt_id].append(artifact)
        tried = attempts.of_prompts(connection, ids)
        texts = writings.by_ids(connection, [p.output_reference for p in found if p.output_reference is not None])
        places = lists.positions(connection, found)
        parts = steps.of_prompts(connection, ids)
        pinned = workflows.names(connection, {each.workflow_hash for each in found if each.workflow_hash is not None})
    outdated = _outdated(pinned, current)
    return [
        schemas.PromptResponse(
            **{name: getattr(prompt, name) for name in _COPIED},
            metadata=shallow(prompt.metadata),
            parameters=shallow(prompt.parameters),
            artifact_metadata=None if prompt.artifact_metadata is None else shallow(prompt.artifact_metadata),
            max_attempts=prompt.max_attempts or default_attempts,
            newer_workflow=prompt.workflow_hash in outdated,
            enhance=prompt.instructions.enhance,
            unused_words=prompt.instructions.unused_words,
            reproduces=prompt.instructions.reproduces,
            **_musing_of(parts.get(prompt.id)),
            position=places.get(prompt.id),
            progress=progress_of(prompt),
            attempts=[attempt_meta(each) for each in tried[prompt.id]],
            artifacts=[artifact_meta(each) for each in made[prompt.id]],
            writing=writing_meta(texts.get(prompt.output_reference or 0)),
        )
        for prompt in found
    ]


_COPIED = (
    "id", "prompt_text", "prompt_type", "kind", "status", "priority", "config_name", "workflow", "created_at",
    "processed_at", "completed_at", "output_reference", "error_message", "processing_duration", "artifact_status",
    "attempt", "attempts_used", "next_attempt_at", "waiting_reason", "cancel_requested", "starred", "deleted_at",
    "workflow_hash",
)  # fmt: skip


def _musing_of(part: StepOf | None) -> dict[str, Any]:
    return {
        "musing_id": part and part.run_id,
        "musing_step": part and part.step,
        "musing_number": part and part.number,
    }


def _outdated(pinned: Mapping[str, str], current: Callable[[], Mapping[str, str]]) -> Collection[str]:
    """Of pinned versions, each with the name of its workflow, those whose file is there, and another one by now."""
    now = current() if pinned else {}
    return {digest for digest, name in pinned.items() if now.get(name, digest) != digest}


def progress_of(prompt: Prompt) -> schemas.Progress | None:
    """None, too, when another program wrote what is no progress."""
    try:
        return schemas.Progress.model_validate(prompt.progress) if prompt.progress else None
    except ValidationError:
        return None


def shallow(value: JsonObject) -> dict[str, Json]:
    """A JSON object that can be shown: one that is nested deeper than any serializer goes is named only."""
    return dict(value) if _is_shallow(value, MOST_LEVELS) else {"value": "nested too deeply to be shown"}


def _is_shallow(value: Json, levels: int) -> bool:
    inner = value.values() if isinstance(value, Mapping) else value
    nested = (each for each in inner if isinstance(each, dict | list))
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in nested)


def attempt_meta(found: Attempt) -> schemas.AttemptMeta:
    seconds = None
    if found.started_at and found.finished_at:
        seconds = round((found.finished_at - found.started_at).total_seconds(), 3)
    return schemas.AttemptMeta(
        attempt=found.attempt,
        status=found.status,
        backend=found.backend,
        started_at=found.started_at,
        finished_at=found.finished_at,
        seconds=seconds,
        error=found.error,
        error_class=found.error_class,
    )


def attempt_log(found: Attempt) -> schemas.AttemptLog:
    return schemas.AttemptLog(
        attempt=found.attempt,
        status=found.status,
        backend=found.backend,
        started_at=found.started_at,
        finished_at=found.finished_at,
        parameters=shallow(found.parameters),
        error=found.error,
        log=found.log_excerpt or "",
    )


def artifact_meta(found: Artifact) -> schemas.ArtifactMeta:
    return schemas.ArtifactMeta(
        id=found.id,
        prompt_id=found.prompt_id,
        artifact_type=found.artifact_type,
        file_path=found.file_path,
        preview_path=found.preview_path,
        metadata=shallow(found.metadata),
        created_at=found.created_at,
        file_url=f"/api/artifacts/{found.id}",
        preview_url=f"/media/{quote(found.preview_path)}" if found.preview_path else None,
    )


def gallery_item(found: Artifact, prompt: Prompt) -> schemas.GalleryItem:
    return schemas.GalleryItem(
        **artifact_meta(found).__dict__,
        prompt_text=prompt.prompt_text,
        prompt_type=prompt.prompt_type,
        kind=prompt.kind,
        starred=prompt.starred,
    )


def writing_meta(found: StoredWriting | None) -> schemas.WritingMeta | None:
    return None if found is None else schemas.WritingMeta.model_validate(found, from_attributes=True)


def workflow_list(
    makers: WorkflowLister, changes: Callable[[Sequence[Any]], Mapping[str, object]] = lambda _found: {}
) -> list[schemas.WorkflowMeta]:
    """Every workflow; ``changes`` tells by name what became of the fields of those whose file changed."""
    found = makers.workflows()
    changed = changes(found)
    metas = [schemas.WorkflowMeta.model_validate(each, from_attributes=True) for each in found]
    return [
        each.model_copy(update={"changes": schemas.WorkflowChanges.model_validate(told)})
        if (told := changed.get(each.name)) is not None
        else each
        for each in metas
    ]


def worker_state(database: Database, is_alive: IsAlive) -> schemas.WorkerState | None:
    """Who works on the queue: a worker now, a schedule that comes by, or nobody; None when nobody ever did."""
    with database.read() as connection:
        row, planned = workers.foremost(connection, is_alive), schedule.find(connection)
    return _worker_state(row, planned, is_alive)


def _worker_state(
    row: WorkerRow | None, planned: schedule.Schedule | None, is_alive: IsAlive
) -> schemas.WorkerState | None:
    if row is None and planned is None:
        return None
    alive = row is not None and is_alive(row)
    comes_by = planned is not None and planned.is_kept
    heard = row if alive or not comes_by else None  # what a killed run left behind is not the schedule's
    last_run = planned.last_run_at if planned is not None else None
    return schemas.WorkerState(
        mode="running" if alive else "scheduled" if comes_by else "none",
        alive=alive,
        pid=heard.pid if heard is not None else None,
        heartbeat_at=heard.heartbeat_at if heard is not None else last_run,
        last_run_at=last_run,
        next_run_at=planned.next_run_at if planned is not None and comes_by else None,
        message=_worker_in_words(row, planned, alive=alive),
    )


def _worker_in_words(row: WorkerRow | None, planned: schedule.Schedule | None, *, alive: bool) -> str:
    if row is not None and alive:
        return f"a worker is at work (process {row.pid})"
    if planned is not None and planned.is_kept:
        return planned.in_words()
    was_later = row is not None and (planned is None or (planned.last_run_at or row.heartbeat_at) < row.heartbeat_at)
    if planned is not None and planned.is_regular and not was_later:
        return planned.in_words()
    if row is not None:
        return f"the worker (process {row.pid}) is dead or stuck since {row.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC"
    return NOBODY


def queue_stats(
    database: Database, makers: WorkflowLister, is_alive: IsAlive, hours: Mapping[Kind, Hours] = NO_HOURS
) -> schemas.QueueStats:
    """``hours`` are those of the kinds that have some."""
    with database.read() as connection:
        found, low = stats.queue_stats(connection), disks.summary(connection)
        row, planned = workers.foremost(connection, is_alive), schedule.find(connection)
    worker = _worker_state(row, planned, is_alive)
    media_wait = low is not None and any(found.by_kind.get(kind, {}).get("pending") for kind in MEDIA_KINDS)
    off = _outside_hours(found, hours, datetime.now(UTC))
    stands = found.paused or off is not None or worker is None or not worker.alive or found.head_waits or media_wait
    served = {str(each.kind): each.source == "sketch" for each in reversed(makers.workflows())}
    return schemas.QueueStats(
        paused=found.paused,
        by_status=found.by_status,
        by_kind=found.by_kind,
        pending=found.by_status["pending"],
        processing=found.by_status["processing"],
        oldest_pending_seconds=found.oldest_pending_seconds,
        running=[
            schemas.RunningPrompt(
                id=prompt.id,
                kind=prompt.kind,
                prompt_text=prompt.prompt_text[:200],
                progress=progress_of(prompt),
            )
            for prompt in found.running
        ],
        rate_per_hour=found.rate_per_hour,
        eta_seconds=schemas.Eta(p50=None, p90=None) if stands else _eta(found),
        worker=worker,
        disk_low=low is not None,
        disk_message=low,
        hours_message=off,
        engine=served,
    )


def _outside_hours(found: stats.QueueFigures, hours: Mapping[Kind, Hours], now: datetime) -> str | None:
    """What waits for its hours, in words; None where nothing does."""
    waiting = [
        (kind, its)
        for kind, its in hours.items()
        if found.by_kind.get(kind, {}).get("pending") and not its.are_now(now)
    ]
    said = []
    for kind, its in waiting:
        # In the owner's zone, as the windows were written.
        begin = its.begin_next(now)
        since = f", the next time from {begin.astimezone(its.zone):%A %H:%M}" if begin is not None else ""
        said.append(f"{kind} prompts begin {its} only{since}")
    return f"{'; '.join(said)} (processing.hours)." if said else None


def _eta(found: stats.QueueFigures) -> schemas.Eta:
    """How long the queue will take: the kinds run beside each other, the prompts of one kind one after another.

    Each waiting prompt takes as long as one of the recent ones of its kind, drawn at random (a fixed draw, so that
    the answer does not flicker); p50 and p90 are over many such draws.
    """
    waiting = {
        kind: min(500, counts.get("pending", 0) + counts.get("processing", 0)) for kind, counts in found.by_kind.items()
    }
    waiting = {kind: count for kind, count in waiting.items() if count and kind in set(Kind)}
    if not waiting or any(kind not in found.durations for kind in waiting):
        return schemas.Eta(p50=None, p90=None)
    draw = random.Random(0)  # noqa: S311 (no secret)
    sums = sorted(
        max(sum(draw.choices(found.durations[kind], k=count)) for kind, count in waiting.items())
        for _ in range(ETA_DRAWS)
    )
    return schemas.Eta(p50=round(sums[ETA_DRAWS // 2], 1), p90=round(sums[ETA_DRAWS * 9 // 10], 1))
