"""From rows to values. Other programs write these tables, so nothing found in a column may break the reading."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from musings.models import (
    KIND_OF_TYPE,
    Artifact,
    Attempt,
    Instructions,
    Json,
    JsonObject,
    Prompt,
    PromptStatus,
    StoredWriting,
)

WAITING_STATUSES = ("pending", "unprocessed", "queued")
HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
HUGE_EXPONENT = re.compile(r"[eE]\+?\d{3}")
LARGEST_INTEGER = 2**63 - 1
_JSON = json.JSONDecoder(parse_constant=lambda _: None)  # made once: ``json.loads`` would make one for each column


def prompt(row: Row[Any]) -> Prompt:
    kind_name = words(row.prompt_type) or "text"
    status = words(row.status)
    metadata = json_object(row.metadata)
    return Prompt(
        id=row.id,
        prompt_text=words(row.prompt_text) or "",
        prompt_type=kind_name,
        kind=KIND_OF_TYPE.get(kind_name),
        status=PromptStatus.PENDING if status is None or status in WAITING_STATUSES else status,
        priority=_integer(row.priority, 5),
        config_name=words(row.config_name),
        metadata=metadata,
        created_at=row.created_at,
        processed_at=row.processed_at,
        completed_at=row.completed_at,
        output_reference=_integer(row.output_reference, None),
        error_message=words(row.error_message),
        processing_duration=_seconds(row.processing_duration),
        artifact_status=words(row.artifact_status),
        artifact_metadata=json_object(row.artifact_metadata) or None,
        attempt=_integer(row.attempt, 0),
        uncounted_attempts=_integer(row.uncounted_attempts, 0),
        max_attempts=_integer(row.max_attempts, None),
        next_attempt_at=row.next_attempt_at,
        cancel_requested=bool(row.cancel_requested),
        external_id=words(row.external_id),
        progress=json_object(row.progress) or None,
        workflow=words(row.workflow),
        parameters=json_object(row.parameters),
        starred=bool(row.starred),
        deleted_at=row.deleted_at,
        server_crashes=_integer(row.server_crashes, 0),
        waits=_integer(row.waits, 0),
        waits_for=words(row.waits_for),
        workflow_hash=words(row.workflow_hash),
        instructions=instructions(row.instructions, metadata),
        held=bool(row.held),
    )


def instructions(column: Any, metadata: JsonObject) -> Instructions:
    """The instructions of a row. NULL is a row that is not admitted yet, or older than the column: ask its metadata."""
    return Instructions.asked_in(metadata) if column is None else Instructions.from_json(json_object(column))


def artifact(row: Row[Any]) -> Artifact:
    return Artifact(
        id=row.id,
        prompt_id=row.prompt_id,
        artifact_type=words(row.artifact_type) or "other",
        file_path=words(row.file_path) or "",
        preview_path=words(row.preview_path),
        metadata=json_object(row.metadata),
        created_at=row.created_at,
    )


def attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        attempt=_integer(row.attempt, 0),
        status=words(row.status) or "",
        backend=words(row.backend),
        started_at=row.started_at,
        finished_at=row.finished_at,
        external_id=words(row.external_id),
        parameters=json_object(row.parameters),
        workflow_hash=words(row.workflow_hash),
        error=words(row.error),
        error_class=words(row.error_class),
        log_excerpt=words(row.log_excerpt),
    )


def writing(row: Row[Any]) -> StoredWriting:
    return StoredWriting(
        id=row.id,
        title=words(row.title),
        content=words(row.content),
        content_type=words(row.content_type),
        mood=words(row.mood),
        word_count=_integer(row.word_count, None),
        line_count=_integer(row.line_count, None),
        character_count=_integer(row.character_count, None),
        explicit_content=bool(row.explicit_content),
        created_at=row.file_timestamp,
        notes=words(row.notes),
    )


def dump(value: Json) -> str:
    """JSON for a column: readable in a shell, and never NaN or half a surrogate pair, which strict readers refuse."""
    try:
        written = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), allow_nan=False, default=str)
    except ValueError:
        written = json.dumps(_finite(value), ensure_ascii=False, separators=(", ", ": "), default=str)
    return storable(written)


def storable(text: str) -> str:
    """Text as a column and a file can hold it: halves of surrogate pairs, which no encoding has, become ``?``."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def words(value: Any) -> str | None:
    """A column that should hold text, whatever it holds."""
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def json_object(value: Any) -> JsonObject:
    """A JSON column that should hold an object. What is not one is kept under ``value``, not lost."""
    text = words(value)
    if not text:
        return {}
    try:
        found = _JSON.decode(text)
        if HALF_PAIR.search(text) or HUGE_EXPONENT.search(text):
            found = json.loads(storable(json.dumps(_finite(found), ensure_ascii=False)))
    except (ValueError, RecursionError):
        return {"value": text}
    if isinstance(found, dict):
        return found
    return {} if found is None else {"value": found}


def _finite(value: Json) -> Json:
    """The same without NaN and infinities, which JSON has no words for: they become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value


def _integer(value: Any, default: Any) -> Any:
    try:
        return max(-LARGEST_INTEGER, min(LARGEST_INTEGER, int(value)))
    except (TypeError, ValueError, OverflowError):
        return default


def _seconds(value: Any) -> float | None:
    try:
        found = None if value is None else float(value)
    except (TypeError, ValueError):
        return None
    return found if found is None or math.isfinite(found) else None
