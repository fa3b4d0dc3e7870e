"""Prompts that came in by ComfyUI's own protocol, under the ids that their callers chose.

A row stands beside its prompt and says what only that protocol knows; how far the prompt is stands in its own row.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from musings.models import JsonObject, Prompt, PromptStatus
from musings.store import rows, times
from musings.store.queue import comfyui_labels
from musings.store.tables import comfyui_jobs as jobs
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE

GOING_ON = (PromptStatus.PROCESSING, PromptStatus.PENDING)


@dataclass(frozen=True)
class NewJob:
    """What a job is besides its prompt. ``outputs`` are the nodes that are to be made; ``owner`` who sent it."""

    job_id: str
    graph_hash: str
    outputs: Sequence[str]
    client_id: str | None = None
    owner: str | None = None
    number: float | None = None
    extra_data: JsonObject | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ComfyUIJob:
    """A job with its prompt. ``forgotten``: it was taken out of queue and history."""

    prompt: Prompt
    job_id: str
    graph_hash: str
    outputs: Sequence[str]
    client_id: str | None
    owner: str | None
    number: float | None
    extra_data: JsonObject
    forgotten: bool
    created_at: datetime

    @property
    def is_there(self) -> bool:
        """Whether this protocol tells of it."""
        return not self.forgotten and self.prompt.deleted_at is None


def add(connection: Connection, prompt_id: int, new: NewJob) -> None:
    """Note a job, in the transaction that stores its prompt."""
    values = {
        "prompt_id": prompt_id,
        "job_id": new.job_id,
        "graph_hash": new.graph_hash,
        "client_id": new.client_id,
        "owner": new.owner,
        "number": new.number,
        "extra_data": rows.dump(dict(new.extra_data)) if new.extra_data else None,
        "outputs": rows.dump({"nodes": list(new.outputs)}),
        "created_at": times.now(),
    }
    connection.execute(insert(jobs).values(**values))
    comfyui_labels.add(connection, prompt_id, new.labels)


def find(connection: Connection, job_id: str) -> ComfyUIJob | None:
    """A job by the id that its caller chose, whatever became of it: no two have one id."""
    row = connection.execute(_joined().where(jobs.c.job_id == job_id)).first()
    return None if row is None else _job(row)


def named(connection: Connection, job_id: str) -> list[ComfyUIJob]:
    """The same as a list, empty where this protocol does not tell of it."""
    found = find(connection, job_id)
    return [found] if found is not None and found.is_there else []


def of_prompts(connection: Connection, prompt_ids: Collection[int]) -> list[ComfyUIJob]:
    """The jobs of these prompts, whatever became of them."""
    return [_job(row) for row in connection.execute(_joined().where(jobs.c.prompt_id.in_(prompt_ids)))]


def going_on(connection: Connection) -> list[ComfyUIJob]:
    """What runs or waits, each in the order in which it is begun."""
    query = _listed().where(prompts.c.status.in_(GOING_ON)).order_by(prompts.c.priority, prompts.c.id)
    return [_job(row) for row in connection.execute(query)]


def remaining(connection: Connection) -> int:
    """How many run or wait."""
    return count(connection, GOING_ON)


def count(connection: Connection, statuses: Collection[str]) -> int:
    """How many are in these states."""
    query = select(func.count()).select_from(jobs.join(prompts, prompts.c.id == jobs.c.prompt_id))
    return int(connection.execute(query.where(IS_THERE, prompts.c.status.in_(statuses))).scalar_one())


def ended(connection: Connection, most: int, offset: int | None = None) -> list[ComfyUIJob]:
    """Jobs that have ended, in the order in which they did: the newest ``most``, or with ``offset`` from the oldest."""
    when, query = (func.coalesce(prompts.c.completed_at, prompts.c.created_at), jobs.c.prompt_id), _listed()
    query = query.where(prompts.c.status.not_in(GOING_ON)).limit(most)
    if offset is not None:
        return [_job(row) for row in connection.execute(query.order_by(*when).offset(offset))]
    # Read from the end and turned round: the oldest are many, and nobody asked for them.
    newest = connection.execute(query.order_by(*(each.desc() for each in when)))
    return [_job(row) for row in newest][::-1]


def listed(connection: Connection, statuses: Collection[str], most: int, offset: int) -> list[ComfyUIJob]:
    """Jobs in these states, newest first."""
    query = _listed().where(prompts.c.status.in_(statuses)).order_by(jobs.c.prompt_id.desc())
    return [_job(row) for row in connection.execute(query.limit(most).offset(offset))]


def page(
    connection: Connection, labels: Mapping[str, str], statuses: Collection[str], most: int, before: int | None
) -> list[ComfyUIJob]:
    """Jobs that carry these labels, newest first: the prompts older than ``before``. No status means any."""
    query = _listed().where(*comfyui_labels.labelled(labels)).order_by(jobs.c.prompt_id.desc()).limit(most)
    if statuses:
        query = query.where(prompts.c.status.in_(statuses))
    if before is not None:
        query = query.where(jobs.c.prompt_id < before)
    return [_job(row) for row in connection.execute(query)]


def of_client(connection: Connection, client_id: str) -> list[ComfyUIJob]:
    """What runs for a client."""
    mine = (jobs.c.client_id == client_id, prompts.c.status == PromptStatus.PROCESSING)
    return [_job(row) for row in connection.execute(_listed().where(*mine).order_by(jobs.c.prompt_id))]


def forget(connection: Connection, prompt_ids: Collection[int]) -> None:
    """Take jobs out of the queue and the history of this protocol; their prompts and results stay."""
    connection.execute(update(jobs).where(jobs.c.prompt_id.in_(prompt_ids)).values(forgotten=True))


def forget_ended(connection: Connection, owner: str | None) -> None:
    """The same for everything of an owner that has ended."""
    over = select(prompts.c.id).where(prompts.c.status.not_in(GOING_ON))
    mine = jobs.c.owner.is_(None) if owner is None else jobs.c.owner == owner
    connection.execute(update(jobs).where(mine, jobs.c.prompt_id.in_(over)).values(forgotten=True))


IS_THERE: ColumnElement[bool] = IS_LIVE & (jobs.c.forgotten == False)  # noqa: E712 (SQL)


def _joined() -> Select[Any]:
    mine = [column.label(f"job_{column.name}") for column in jobs.c]
    return select(prompts, *mine).join(jobs, prompts.c.id == jobs.c.prompt_id)


def _listed() -> Select[Any]:
    return _joined().where(IS_THERE)


def _job(row: Row[Any]) -> ComfyUIJob:
    return ComfyUIJob(
        prompt=rows.prompt(row),
        job_id=row.job_job_id,
        graph_hash=row.job_graph_hash,
        outputs=[str(each) for each in rows.json_object(row.job_outputs).get("nodes", ())],
        client_id=row.job_client_id,
        owner=row.job_owner,
        number=row.job_number,
        extra_data=rows.json_object(row.job_extra_data),
        forgotten=bool(row.job_forgotten),
        created_at=row.job_created_at,
    )
