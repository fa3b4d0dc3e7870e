"""From rows to values. Other programs write these tables, so nothing found in a column may break the reading."""

import json
from typing import Any

from sqlalchemy import Row

from musings.models import (
    KIND_OF_TYPE,
    Artifact,
    Attempt,
    Json,
    JsonObject,
    Prompt,
    PromptStatus,
    StoredWriting,
)

WAITING_STATUSES = ("pending", "unprocessed", "queued")


def prompt(row: Row[Any]) -> Prompt:
    kind_name = row.prompt_type or "text"
    return Prompt(
        id=row.id,
        prompt_text=str(row.prompt_text),
        prompt_type=str(kind_name),
        kind=KIND_OF_TYPE.get(kind_name),
        status=PromptStatus.PENDING if row.status is None or row.status in WAITING_STATUSES else str(row.status),
        priority=_integer(row.priority, 5),
        config_name=row.config_name,
        metadata=json_object(row.metadata),
        created_at=row.created_at,
        processed_at=row.processed_at,
        completed_at=row.completed_at,
        output_reference=row.output_reference,
        error_message=row.error_message,
        processing_duration=_seconds(row.processing_duration),
        artifact_status=row.artifact_status,
        artifact_metadata=json_object(row.artifact_metadata) or None,
        attempt=row.attempt,
        uncounted_attempts=row.uncounted_attempts,
        max_attempts=row.max_attempts,
        next_attempt_at=row.next_attempt_at,
        cancel_requested=bool(row.cancel_requested),
        external_id=row.external_id,
        progress=json_object(row.progress) or None,
        workflow=row.workflow,
        parameters=json_object(row.parameters),
        starred=bool(row.starred),
    )


def artifact(row: Row[Any]) -> Artifact:
    return Artifact(
        id=row.id,
        prompt_id=row.prompt_id,
        artifact_type=row.artifact_type or "other",
        file_path=row.file_path or "",
        preview_path=row.preview_path,
        metadata=json_object(row.metadata),
        created_at=row.created_at,
    )


def attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        attempt=row.attempt,
        status=row.status,
        backend=row.backend,
        started_at=row.started_at,
        finished_at=row.finished_at,
        external_id=row.external_id,
        parameters=json_object(row.parameters),
        workflow_hash=row.workflow_hash,
        error=row.error,
        error_class=row.error_class,
        log_excerpt=row.log_excerpt,
    )


def writing(row: Row[Any]) -> StoredWriting:
    return StoredWriting(
        id=row.id,
        title=row.title,
        content=row.content,
        content_type=row.content_type,
        mood=row.mood,
        word_count=row.word_count,
        line_count=row.line_count,
        character_count=row.character_count,
        explicit_content=bool(row.explicit_content),
        created_at=row.file_timestamp,
    )


def dump(value: Json) -> str:
    """JSON for a column: readable in a shell, and never NaN, which strict readers refuse."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "), allow_nan=False, default=str)


def json_object(value: Any) -> JsonObject:
    """A JSON column that should hold an object. What is not one is kept under ``value``, not lost."""
    if value is None or value == "":
        return {}
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        return {"value": str(value)}
    if isinstance(found, dict):
        return found
    return {} if found is None else {"value": found}


def _integer(value: Any, default: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return default


def _seconds(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None
