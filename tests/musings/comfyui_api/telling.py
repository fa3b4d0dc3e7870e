"""Prompts, jobs and artifacts as values, for what tells of them."""

from datetime import UTC, datetime
from typing import Any

from musings.models import Artifact, ArtifactType, Kind, Prompt, PromptStatus
from musings.store.queue.comfyui_jobs import ComfyUIJob

THEN = datetime(2026, 11, 28, 12, tzinfo=UTC)


def prompt(status: str = PromptStatus.COMPLETED, **more: Any) -> Prompt:
    given: dict[str, Any] = {
        **dict.fromkeys(("config_name", "output_reference", "error_message", "processing_duration"), None),
        **dict.fromkeys(("artifact_status", "artifact_metadata", "max_attempts", "next_attempt_at"), None),
        **dict.fromkeys(("external_id", "progress", "workflow"), None),
        **{"id": 7, "prompt_text": "a fox", "prompt_type": "image", "kind": Kind.IMAGE, "status": status},
        **{"priority": 5, "metadata": {}, "created_at": THEN, "processed_at": THEN, "completed_at": THEN},
        **{"attempt": 1, "uncounted_attempts": 0, "cancel_requested": False, "parameters": {}, "starred": False},
        **more,
    }
    return Prompt(**given)


def job(found: Prompt | None = None, **more: Any) -> ComfyUIJob:
    given: dict[str, Any] = {
        **{"prompt": found or prompt(), "job_id": "j", "graph_hash": "h", "outputs": ["2"], "client_id": "c"},
        **{"owner": None, "number": None, "extra_data": {}, "forgotten": False, "created_at": THEN},
        **more,
    }
    return ComfyUIJob(**given)


def made(kind: str, path: str, **metadata: Any) -> Artifact:
    return Artifact(1, 7, ArtifactType(kind), path, None, metadata, THEN)
