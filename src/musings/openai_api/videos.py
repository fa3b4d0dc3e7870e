"""Films as OpenAI's asynchronous jobs: the ``video`` object, lists of it, and what a job is called.

https://platform.openai.com/docs/api-reference/videos
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeGuard

from musings.models import Artifact, FormField, Kind, Prompt, PromptStatus

VIDEO = re.compile(r"video_([0-9]{1,18})", re.ASCII)
STATUSES: Mapping[str, str] = {
    PromptStatus.PROCESSING: "in_progress",
    PromptStatus.COMPLETED: "completed",
    PromptStatus.FAILED: "failed",
    # The protocol has no other word for a job that ends without a film; its error says which it was.
    PromptStatus.CANCELLED: "failed",
}
MOST_UNFINISHED = 99
"""Percent. A film is there when it was verified and stored, not when its last frame was drawn."""


def name_of(prompt_id: int) -> str:
    """What a job is called."""
    return f"video_{prompt_id}"


def number_of(name: str) -> int | None:
    """The prompt of a job's name; None for what is no such name."""
    found = VIDEO.fullmatch(name)
    return None if found is None else int(found[1])


def job(prompt: Prompt, form: Sequence[FormField], film: Artifact | None) -> dict[str, Any]:
    """The object ``video``. ``form`` is that of the prompt's workflow; ``film`` is what was made.

    ``seconds`` and ``size`` are those of the film, before that what was asked for, and null where nobody can say.
    """
    made = film is not None
    status = STATUSES.get(prompt.status, "queued")
    is_lost = status == "completed" and not made
    said = prompt.metadata.get("openai")  # the caller's own, where it came another way
    model = said.get("model") if isinstance(said, dict) else None
    return {
        "id": name_of(prompt.id),
        "object": "video",
        "created_at": _stamp(prompt.created_at) or 0,
        "completed_at": _stamp(prompt.completed_at) if status == "completed" else None,
        "expires_at": None,
        "status": "failed" if is_lost else status,
        "progress": 100 if status == "completed" and made else _percent(prompt),
        "model": model if isinstance(model, str) else prompt.workflow or Kind.VIDEO.value,
        "prompt": prompt.prompt_text,
        "seconds": _seconds(prompt, form, film),
        "size": _size(prompt, form, film),
        "remixed_from_video_id": None,
        "error": _error(prompt, is_lost=is_lost) if status == "failed" or is_lost else None,
    }


def listed(jobs: Sequence[Mapping[str, Any]], *, more: bool) -> dict[str, Any]:
    """A part of the list of jobs."""
    ids = [each["id"] for each in jobs]
    edges = {"first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}
    return {"object": "list", "data": list(jobs), "has_more": more, **edges}


def deleted(prompt: Prompt) -> dict[str, Any]:
    """The answer to a deletion."""
    return {"id": name_of(prompt.id), "object": "video.deleted", "deleted": True}


def _error(prompt: Prompt, *, is_lost: bool) -> dict[str, str]:
    # The row is completed and stays so: what is wrong is that this protocol knows no result but a film.
    if is_lost:
        words = "The workflow made something, and none of it is a film, or the film is there no more."
        return {"code": "no_video", "message": words}
    if prompt.status == PromptStatus.CANCELLED:
        return {"code": "cancelled", "message": prompt.error_message or f"Prompt {prompt.id} was cancelled."}
    return {"code": "failed", "message": prompt.error_message or "It failed."}


def _percent(prompt: Prompt) -> int:
    told = prompt.progress or {}
    value, most = told.get("value"), told.get("max")
    if prompt.status != PromptStatus.PROCESSING or not _is_number(value) or not _is_number(most) or most <= 0:
        return 0
    return max(0, min(MOST_UNFINISHED, int(100 * value / most)))


def _seconds(prompt: Prompt, form: Sequence[FormField], film: Artifact | None) -> str | None:
    found: Any = film.metadata.get("duration") if film is not None else _asked(prompt, form, "duration")
    return f"{round(found, 2):g}" if _is_number(found) else None


def _size(prompt: Prompt, form: Sequence[FormField], film: Artifact | None) -> str | None:
    if film is not None:
        width, height = film.metadata.get("width"), film.metadata.get("height")
    else:
        width, height = _asked(prompt, form, "width"), _asked(prompt, form, "height")
    return f"{int(width)}x{int(height)}" if _is_number(width) and _is_number(height) else None


def _asked(prompt: Prompt, form: Sequence[FormField], role: str) -> Any:
    """What the field of a role was given, or has by default; None where the form has none."""
    field = next((each for each in form if each.role == role), None)
    return None if field is None else prompt.parameters.get(field.name, field.default)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _stamp(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
