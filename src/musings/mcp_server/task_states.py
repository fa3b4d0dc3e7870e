"""Prompts and musings as tasks of the extension ``io.modelcontextprotocol/tasks`` (SEP-2663): ids, states, results.

Nothing is kept of a task. Its id names a prompt or a musing, and what it says is read from that whenever somebody asks.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mcp.types import CallToolResult, ElicitRequest, ElicitRequestFormParams
from pydantic import BaseModel

from musings.mcp_server.musing_facts import asked_words, message_of, of_musing
from musings.mcp_server.results import facts_of, of_prompt
from musings.remote.answers import FINISHED, RemoteMusing, RemotePrompt, RemoteStep
from musings.remote.operations import Operations

Wire = dict[str, Any]
"""A part of a message, in the protocol's own names."""

ID = re.compile(r"(prompt|musing)-([1-9][0-9]{0,17})-([0-9a-f]{32})")
POLL_MS, PERSON_POLL_MS = 2_000, 5_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TaskSubject:
    """What a task is: ``kind`` is prompt or musing."""

    kind: str
    number: int


Found = RemotePrompt | RemoteMusing


def subject_of(task_id: str) -> TaskSubject | None:
    """What an id names, whether or not it is there; None for what is no id of ours."""
    parts = ID.fullmatch(task_id)
    return TaskSubject(parts[1], int(parts[2])) if parts else None


async def found_by(queue: Operations, subject: TaskSubject) -> Found:
    """The row of a task. Raises what :class:`Operations` raises."""
    return await (queue.prompt if subject.kind == "prompt" else queue.musing)(subject.number)


def id_of(found: Found) -> str:
    """The id of a task: which row it is, and 128 bits of a sum over what the row has had since it was made.

    The specification wants ids that nobody can count up. The sum needs no key that could be lost or changed, and only
    who may read the row can work it out; it opens nothing, as every request is authorised by itself.
    """
    kind, words = ("prompt", found.prompt_text) if isinstance(found, RemotePrompt) else ("musing", found.idea)
    made = found.created_at.isoformat() if found.created_at is not None else ""
    digest = hashlib.sha256("\0".join((kind, str(found.id), made, words)).encode("utf-8", "surrogatepass"))
    return f"{kind}-{found.id}-{digest.hexdigest()[:32]}"


def is_named(found: Found, task_id: str) -> bool:
    return hmac.compare_digest(id_of(found), task_id)


def has_ended(found: Found) -> bool:
    return found.is_finished if isinstance(found, RemotePrompt) else found.status in FINISHED


def created(found: Found, can_ask: bool) -> Wire:
    """``CreateTaskResult``, in the place of a tool's result."""
    return {"resultType": "task", **_common(found, *_status(found, can_ask))}


def detailed(found: Found, can_ask: bool, form: Callable[[], Wire]) -> Wire:
    """``DetailedTask``: how it stands, with what came of it, or what a gate asks. ``form`` is the schema of an answer.

    A failure of ours is a result that says so (``isError``): the status ``failed`` is for errors of the protocol.
    """
    status, words = _status(found, can_ask)
    task = _common(found, status, words)
    if status == "completed":
        task["result"] = _dumped(_result(found))
    if status == "input_required":
        task["inputRequests"] = {key: _question(step, form()) for key, step in asking(found).items()}
    return task


def asking(found: Found) -> dict[str, RemoteStep]:
    """The steps whose gates ask, by the key of each question.

    A step that is made anew asks about other prompts, so their newest is part of the key: no key ever names two
    questions.
    """
    if isinstance(found, RemotePrompt):
        return {}
    asked = [each for each in found.steps if each.ask is not None]
    return {f"{each.name}-{max((one.id for one in each.prompts), default=0)}": each for each in asked}


def _status(found: Found, can_ask: bool) -> tuple[str, str]:
    """The status in the words of the specification, and for people."""
    if isinstance(found, RemotePrompt):
        facts = facts_of(found)
        if found.is_finished:
            return ("cancelled" if found.status == "cancelled" else "completed"), facts.message
        return "working", facts.progress or facts.message
    said = message_of(found)
    if has_ended(found):
        return ("cancelled" if found.status == "cancelled" else "completed"), said
    # Whoever cannot ask a person is told to wait: on the page somebody can answer as well.
    return ("input_required" if found.status == "asking" and can_ask else "working"), said


def _common(found: Found, status: str, words: str) -> Wire:
    prompts = [found] if isinstance(found, RemotePrompt) else [each for step in found.steps for each in step.prompts]
    times = [time for each in prompts for time in (each.created_at, each.processed_at, each.completed_at) if time]
    # A row that another program wrote may have no times, and a task must.
    created_at = found.created_at or min(times, default=EARLIEST)
    return {
        "taskId": id_of(found),
        "status": status,
        "statusMessage": words,
        "createdAt": created_at.isoformat(),
        "lastUpdatedAt": max([created_at, *times]).isoformat(),
        # A prompt is kept until somebody throws it away.
        "ttlMs": None,
        "pollIntervalMs": PERSON_POLL_MS if status == "input_required" else POLL_MS,
    }


def _result(found: Found) -> CallToolResult:
    return of_prompt(found) if isinstance(found, RemotePrompt) else of_musing(found)


def _question(step: RemoteStep, form: Wire) -> Wire:
    return _dumped(ElicitRequest(params=ElicitRequestFormParams(message=asked_words(step), requested_schema=form)))


def _dumped(value: BaseModel) -> Wire:
    return value.model_dump(by_alias=True, mode="json", exclude_none=True)
