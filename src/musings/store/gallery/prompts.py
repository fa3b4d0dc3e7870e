"""Prompts as people see them: add, find, list, change, cancel, retry. The runner's side is in ``queue``."""

import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    insert,
    or_,
    select,
    table,
    true,
    tuple_,
    union_all,
    update,
)

from musings.errors import ConflictError, Fault, InvalidInputError, NotFoundError, QueueFullError
from musings.models import (
    KIND_OF_TYPE,
    ArtifactStatus,
    JsonObject,
    Kind,
    NewPrompt,
    Page,
    Prompt,
    PromptStatus,
    WorkflowVersion,
)
from musings.store import rows, times
from musings.store.database import Database, left_out
from musings.store.gallery import uploads, workflows
from musings.store.queue import leftovers
from musings.store.tables import ANEW, prompts

prompts_fts = table("musings_prompts_fts", column("rowid"), column("musings_prompts_fts"))

IS_WAITING = or_(prompts.c.status.is_(None), prompts.c.status.in_(rows.WAITING_STATUSES))
IS_LIVE = prompts.c.deleted_at.is_(None)
CONDEMNED = datetime(1970, 1, 1, tzinfo=UTC)
"""``deleted_at`` of a prompt that is being removed for good: its files may be gone, so it never comes back."""
IS_IN_TRASH = and_(prompts.c.deleted_at.is_not(None), prompts.c.deleted_at != CONDEMNED)
MOST_IDS = 10**16  # in the cursor of the queue
MOST_WORDS = 64  # of a search
MOST_PARTS = 24  # of a list


@dataclass(frozen=True)
class PromptFilter:
    """Which prompts to list. Empty means all; ``deleted`` means those in the trash in place of all others."""

    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    text: str | None = None
    artifact_status: str | None = None
    starred: bool | None = None
    since: datetime | None = None
    deleted: bool = False


def add(database: Database, new: NewPrompt, max_pending: int | None = None) -> tuple[Prompt, bool]:
    """Store a prompt with the version of its workflow; returns it and whether it is new.

    The same idempotency key with the same request returns the first row; with another request it raises
    ``ConflictError``. Raises ``QueueFullError`` where ``max_pending`` prompts wait already (0 and None: no bound),
    and ``InvalidInputError`` for an upload that is not there any more.
    """
    digest = _digest(new)
    with database.write() as connection:
        if new.idempotency_key is not None:
            earlier = connection.execute(
                select(prompts).where(prompts.c.idempotency_key == new.idempotency_key)
            ).first()
            if earlier is not None:
                if earlier.request_hash != digest:
                    raise ConflictError(
                        f"The idempotency key was used before, for another request (prompt {earlier.id}).",
                        hint="Use a new key for a new request.",
                    )
                return rows.prompt(earlier), False
        _require_room(connection, max_pending)
        uploads.use(connection, new.parameters)
        if new.version is not None:
            workflows.keep_in(connection, new.version)
        row = connection.execute(
            insert(prompts)
            .values(
                prompt_text=rows.storable(new.prompt_text),
                prompt_type=new.prompt_type,
                status=PromptStatus.PENDING,
                priority=new.priority,
                config_name=new.config_name,
                metadata=rows.dump(dict(new.metadata)) if new.metadata else None,
                created_at=times.now(),
                artifact_status=None if KIND_OF_TYPE[new.prompt_type] is Kind.TEXT else ArtifactStatus.PENDING,
                workflow=new.workflow,
                parameters=rows.dump(dict(new.parameters)) if new.parameters else None,
                max_attempts=new.max_attempts,
                idempotency_key=new.idempotency_key,
                request_hash=digest,
                workflow_hash=new.workflow_hash,
                instructions=None if new.instructions is None else rows.dump(new.instructions.to_json()),
            )
            .returning(prompts)
        ).first()
        if row is None:
            raise left_out("prompts")
        return rows.prompt(row), True


def require_room(database: Database, max_pending: int | None) -> None:
    """Raise ``QueueFullError`` where :func:`add` would."""
    with database.read() as connection:
        _require_room(connection, max_pending)


def get(database: Database, prompt_id: int) -> Prompt:
    """One prompt, or ``NotFoundError``."""
    with database.read() as connection:
        return fetch(connection, prompt_id)


def by_ids(database: Database, ids: Sequence[int]) -> list[Prompt]:
    """Those of these prompts that are there."""
    with database.read() as connection:
        found = connection.execute(select(prompts).where(prompts.c.id.in_(ids), IS_LIVE))
        return [rows.prompt(row) for row in found]


def fetch(connection: Connection, prompt_id: int) -> Prompt:
    row = connection.execute(select(prompts).where(prompts.c.id == prompt_id, IS_LIVE)).first()
    if row is None:
        raise NotFoundError(f"There is no prompt {prompt_id}.")
    return rows.prompt(row)


def listing(database: Database, wanted: PromptFilter, limit: int, cursor: str | None) -> Page[Prompt]:
    """Prompts, newest first. Raises ``InvalidInputError`` for a cursor that is none of ours."""
    query = _newest_first(wanted, limit, position_of(cursor))
    with database.read() as connection:
        found = tuple(rows.prompt(row) for row in connection.execute(query))
    return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)


def in_line(database: Database, wanted: PromptFilter, limit: int, cursor: str | None) -> Page[Prompt]:
    """Waiting prompts in the order in which they run: by priority, then by age. ``wanted`` may narrow them down.

    The cursor is the place of the last one (its priority, then 16 digits of its id), so what starts, arrives or is
    cancelled in between neither repeats nor hides another. What does not wait stands in no line: another status or the
    trash gives an empty page. Raises ``InvalidInputError`` for a cursor that is none of ours.
    """
    position = position_of(cursor)
    place = None if position is None else divmod(position, MOST_IDS)
    if wanted.deleted or (wanted.statuses and PromptStatus.PENDING not in wanted.statuses):
        return Page((), None)
    merged = union_all(*(_part_in_line(part, key, wanted, limit, place) for part, key in _IN_LINE)).subquery()
    keys = select(merged.c.id, merged.c.priority).order_by(merged.c.priority, merged.c.id).limit(limit + 1).subquery()
    query = select(prompts, keys.c.priority.label("place")).join(keys, keys.c.id == prompts.c.id)
    with database.read() as connection:
        found = connection.execute(query.order_by(keys.c.priority, keys.c.id)).all()
    last = found[limit - 1] if len(found) > limit else None
    cursor = str(last.place * MOST_IDS + last.id) if last else None
    return Page(tuple(rows.prompt(row) for row in found[:limit]), cursor)


def change(
    database: Database,
    prompt_id: int,
    *,
    priority: int | None = None,
    metadata: JsonObject | None = None,
    starred: bool | None = None,
) -> Prompt:
    """Change what may be changed at any time. What is None stays."""
    values: dict[str, object] = {}
    if priority is not None:
        values["priority"] = priority
    if metadata is not None:
        values["metadata"] = rows.dump(dict(metadata))
    if starred is not None:
        values["starred"] = starred
    with database.write() as connection:
        if metadata is not None:
            # A row of another program may ask in its metadata; what is written there later must not.
            values["instructions"] = rows.dump(fetch(connection, prompt_id).instructions.to_json())
        if values:
            connection.execute(update(prompts).where(prompts.c.id == prompt_id, IS_LIVE).values(values))
        return fetch(connection, prompt_id)


def cancel(database: Database, prompt_id: int) -> Prompt:
    """Cancel a waiting prompt at once; ask a running one to stop. A finished one is a ``ConflictError``."""
    with database.write() as connection:
        found = fetch(connection, prompt_id)
        if found.status == PromptStatus.PENDING:
            values = {
                "status": PromptStatus.CANCELLED,
                "completed_at": times.now(),
                "next_attempt_at": None,
                "artifact_status": None if found.kind is Kind.TEXT else ArtifactStatus.ERROR,
                "error_message": "Cancelled before it started.",
            }
        elif found.status == PromptStatus.PROCESSING:
            values = {"cancel_requested": True}
        elif found.status == PromptStatus.CANCELLED:
            return found
        else:
            raise ConflictError(f"Prompt {prompt_id} is {found.status}: there is nothing to cancel.")
        if found.status == PromptStatus.PENDING:
            leftovers.note(connection, prompt_id, found.attempt, found.external_id)
        connection.execute(update(prompts).where(prompts.c.id == prompt_id).values(values))
        return fetch(connection, prompt_id)


def retry(database: Database, prompt_id: int, latest: WorkflowVersion | None = None) -> Prompt:
    """Queue a failed or cancelled prompt again, with a fresh count of attempts. Others are a ``ConflictError``.

    It runs with the version of the workflow that it was submitted with, or with ``latest`` where that is given.
    """
    with database.write() as connection:
        found = fetch(connection, prompt_id)
        if found.status == PromptStatus.PENDING and found.next_attempt_at is None:
            return found
        if found.status in (PromptStatus.COMPLETED, PromptStatus.PROCESSING):
            raise ConflictError(
                f"Prompt {prompt_id} is {found.status}: only a failed or cancelled prompt can be tried again.",
                hint="Submit it anew to make another.",
            )
        _again(connection, prompts.c.id == prompt_id)
        if latest is not None:
            workflows.keep_in(connection, latest)
            newest = update(prompts).where(prompts.c.id == prompt_id).values(workflow_hash=latest.hash)
            connection.execute(newest)
        return fetch(connection, prompt_id)


def retry_all_failed(database: Database) -> list[int]:
    """Queue every failed prompt again; returns their ids."""
    with database.write() as connection:
        return _again(connection, and_(prompts.c.status == PromptStatus.FAILED, IS_LIVE))


def positions(database: Database, found: Sequence[Prompt]) -> dict[int, int]:
    """Where the waiting prompts among ``found`` stand in the queue, 1 being next.

    Counted along the queue's index: all of the more urgent priorities, then only the gaps between those asked for.
    """
    waiting = sorted((p.priority, p.id) for p in found if p.status == PromptStatus.PENDING)
    where: dict[int, int] = {}
    in_line = and_(prompts.c.status == PromptStatus.PENDING, IS_LIVE)
    count = select(func.count()).select_from(prompts).where(in_line)
    with database.read() as connection:
        for priority, group in itertools.groupby(waiting, key=lambda each: each[0]):
            ahead = connection.execute(count.where(prompts.c.priority < priority)).scalar_one()
            before = -1
            for _, prompt_id in group:
                gap = count.where(prompts.c.priority == priority, prompts.c.id >= before, prompts.c.id < prompt_id)
                ahead += connection.execute(gap).scalar_one()
                where[prompt_id] = ahead + 1
                before = prompt_id
    return where


def match_expression(text: str) -> str:
    """What a person typed, as an FTS5 query: every word must occur, the last one may be a beginning.

    Each word is a quoted string, so that no character of it has a meaning (https://sqlite.org/fts5.html, section 3).
    """
    plain = rows.storable(text).replace("\0", " ").replace('"', " ")
    words = [f'"{word}"' for word in plain.split()[:MOST_WORDS]]
    return " ".join(words) + "*" if words else '""'


def _newest_first(wanted: PromptFilter, limit: int, before: int | None) -> Select[tuple[object, ...]]:
    """The page's ids first, then its rows: what is sorted and left out is small then, however much is stored."""
    ids = _found_by_words(wanted, limit, before) if wanted.text else _by_parts(wanted, limit, before)
    return select(prompts).where(prompts.c.id.in_(ids.scalar_subquery())).order_by(prompts.c.id.desc())


# What is in the queue stands there in order (an index has it so); what another program has put beside it comes in at
# the place that it will be admitted to.
_ADMITTED = and_(prompts.c.status == PromptStatus.PENDING, prompts.c.max_attempts.is_not(None))
_OUTSIDE = and_(
    IS_WAITING,
    or_(prompts.c.max_attempts.is_(None), prompts.c.status.is_(None), prompts.c.status != PromptStatus.PENDING),
)
_ADMITTED_TO: ColumnElement[int] = case(
    (
        func.typeof(prompts.c.priority).in_(("integer", "real")),
        func.max(1, func.min(10, cast(prompts.c.priority, Integer))),
    ),
    else_=5,
)
_IN_LINE: tuple[tuple[ColumnElement[bool], ColumnElement[int]], ...] = (
    (_ADMITTED, prompts.c.priority),
    (_OUTSIDE, _ADMITTED_TO),
)


def _part_in_line(
    part: ColumnElement[bool],
    key: ColumnElement[int],
    wanted: PromptFilter,
    limit: int,
    place: tuple[int, int] | None,
) -> Select[int, int]:
    conditions = [part, *_conditions(wanted)]
    if wanted.types:
        conditions.append(func.coalesce(prompts.c.prompt_type, "text").in_(wanted.types))
    if wanted.text:
        matching = prompts_fts.c.musings_prompts_fts.op("MATCH")(match_expression(wanted.text))
        conditions.append(prompts.c.id.in_(select(prompts_fts.c.rowid).where(matching)))
    if place is not None:
        conditions.append(tuple_(key, prompts.c.id) > place)
    ordered = select(prompts.c.id, key.label("priority")).where(*conditions).order_by(key, prompts.c.id)
    inner = ordered.limit(limit + 1).subquery()
    return select(inner.c.id, inner.c.priority)


def _found_by_words(wanted: PromptFilter, limit: int, before: int | None) -> Select[int]:
    matching = prompts_fts.c.musings_prompts_fts.op("MATCH")(match_expression(wanted.text or ""))
    earlier = [] if before is None else [prompts_fts.c.rowid < before]
    ids = select(prompts.c.id).join(prompts_fts, prompts_fts.c.rowid == prompts.c.id)
    ids = ids.where(matching, or_(*_parts(wanted)), *earlier, *_conditions(wanted))
    return ids.order_by(prompts_fts.c.rowid.desc()).limit(limit + 1)


def _by_parts(wanted: PromptFilter, limit: int, before: int | None) -> Select[int]:
    """The newest of each part, then the newest of those."""
    earlier = [] if before is None else [prompts.c.id < before]
    conditions = [*earlier, *_conditions(wanted)]
    parts = [
        select(prompts.c.id).where(part, *conditions).order_by(prompts.c.id.desc()).limit(limit + 1)
        for part in _parts(wanted)
    ]
    if len(parts) == 1:
        return parts[0]
    merged = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    return select(merged.c.id).order_by(merged.c.id.desc()).limit(limit + 1)


def _parts(wanted: PromptFilter) -> list[ColumnElement[bool]]:
    """Statuses and types asked for, one by one or pair by pair: within each, an index has the ids in order already."""
    waiting = [*rows.WAITING_STATUSES, None] if PromptStatus.PENDING in wanted.statuses else []
    statuses = _each(prompts.c.status, [*(each for each in wanted.statuses if each != PromptStatus.PENDING), *waiting])
    types = _each(prompts.c.prompt_type, [*wanted.types, *([None] if "text" in wanted.types else [])])
    if not statuses or not types:
        return statuses or types or [true()]
    if len(statuses) * len(types) > MOST_PARTS:
        return [and_(status, or_(*types)) for status in statuses]
    return [and_(status, prompt_type) for status, prompt_type in itertools.product(statuses, types)]


def _each(column: ColumnElement[str], values: Sequence[str | None]) -> list[ColumnElement[bool]]:
    return [column.is_(None) if value is None else column == value for value in dict.fromkeys(values)]


def _conditions(wanted: PromptFilter) -> list[ColumnElement[bool]]:
    """What every part of a page must be beside its part."""
    conditions: list[ColumnElement[bool]] = [IS_IN_TRASH if wanted.deleted else IS_LIVE]
    if wanted.artifact_status:
        conditions.append(prompts.c.artifact_status == wanted.artifact_status)
    if wanted.starred is not None:
        conditions.append(prompts.c.starred == wanted.starred)
    if wanted.since is not None:
        conditions.append(times.at_or_after(prompts.c.created_at, wanted.since))
    return conditions


def position_of(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise InvalidInputError([Fault("cursor", "is not a cursor of this list")], hint="Start again without a cursor.")
    return int(cursor)


# A job that a server still has, or may have, is not joined, and taken away there (``pipelines.whereabouts``).
_LEFT_BEHIND = case(
    (prompts.c.external_id.like("comfy|%"), "comfy|||" + func.substr(prompts.c.external_id, len("comfy|") + 1)),
    else_=None,
)


def _require_room(connection: Connection, max_pending: int | None) -> None:
    """Counted along the queue's index, and no further than the bound."""
    if not max_pending:
        return
    waiting = select(prompts.c.id).where(prompts.c.status == PromptStatus.PENDING, IS_LIVE)
    if connection.execute(waiting.order_by(prompts.c.priority).offset(max_pending - 1).limit(1)).first() is not None:
        raise QueueFullError(
            f"{max_pending:,} prompts wait already, which is as many as processing.max_pending allows.",
            hint="Try again when some are done, or cancel what nobody needs.",
        )


def _again(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    texts = [name for name, kind in KIND_OF_TYPE.items() if kind is Kind.TEXT]
    statement = (
        update(prompts)
        .where(which)
        .values(
            status=PromptStatus.PENDING,
            **ANEW,
            next_attempt_at=None,
            completed_at=None,
            error_message=None,
            cancel_requested=False,
            progress=None,
            external_id=_LEFT_BEHIND,
            artifact_status=ArtifactStatus.PENDING,
        )
        .returning(prompts.c.id, prompts.c.prompt_type)
    )
    found = connection.execute(statement).all()
    plain = [row.id for row in found if (row.prompt_type or "text") in texts]
    if plain:
        connection.execute(update(prompts).where(prompts.c.id.in_(plain)).values(artifact_status=None))
    return [row.id for row in found]


def _digest(new: NewPrompt) -> str:
    request = [
        new.prompt_text,
        new.prompt_type,
        new.priority,
        dict(new.metadata),
        new.workflow,
        dict(new.parameters),
    ]
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
