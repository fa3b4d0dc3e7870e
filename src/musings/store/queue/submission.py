"""A request that was checked becomes a row of the queue."""

import hashlib
import json
from datetime import timedelta

from sqlalchemy import Connection, insert, select

from musings.errors import ConflictError, QueueFullError
from musings.models import NewPrompt, Prompt, PromptStatus
from musings.store import rows, times
from musings.store.database import left_out
from musings.store.gallery import uploads, workflows
from musings.store.queue import due
from musings.store.queue.states import submitted
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE


def add(connection: Connection, new: NewPrompt, max_pending: int | None = None) -> tuple[Prompt, bool]:
    """Store a prompt with the version of its workflow; returns it and whether it is new.

    The same idempotency key with the same request returns the first row; with another request it raises
    ``ConflictError``. Raises ``QueueFullError`` where ``max_pending`` prompts wait already (0 and None: no bound),
    and ``InvalidInputError`` for an upload that is not there any more.
    """
    # Of what was asked for alone: what is added here, such as the version, may differ when it is asked again.
    digest = _digest(new)
    if new.idempotency_key is not None:
        # Looked up first: a repeated request must succeed even when the queue is full by now.
        earlier = connection.execute(select(prompts).where(prompts.c.idempotency_key == new.idempotency_key)).first()
        if earlier is not None:
            if earlier.request_hash != digest:
                raise ConflictError(
                    f"The idempotency key was used before, for another request (prompt {earlier.id}).",
                    hint="Use a new key for a new request.",
                )
            return rows.prompt(earlier), False
    require_room(connection, max_pending)
    # In this transaction: an upload that housekeeping removes just now is either kept or refused.
    uploads.use(connection, new.parameters)
    if new.version is not None:
        # The version in the same transaction: the prompt must run with the workflow that was there when it was asked
        # for.
        workflows.keep(connection, new.version)
    row = connection.execute(
        insert(prompts)
        .values(
            prompt_text=rows.storable(new.prompt_text),
            prompt_type=new.prompt_type,
            **submitted(new.prompt_type),
            priority=new.priority,
            config_name=new.config_name,
            metadata=rows.dump(dict(new.metadata)) if new.metadata else None,
            created_at=times.now(),
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
    # A trigger of another program may swallow the row without an error.
    if row is None:
        raise left_out("prompts")
    due.enqueue(connection, [row.id])
    return rows.prompt(row), True


def made_with(connection: Connection, key: str) -> Prompt | None:
    """The prompt of an idempotency key, also one in the trash."""
    found = connection.execute(select(prompts).where(prompts.c.idempotency_key == key)).first()
    return None if found is None else rows.prompt(found)


def is_key_known(connection: Connection, prefix: str, within: timedelta = timedelta(days=1)) -> bool:
    """Whether a prompt was made lately with an idempotency key that begins so. ``prefix`` is ASCII."""
    # Two bounds and no LIKE, which would not use the index of the keys.
    begins = (prompts.c.idempotency_key >= prefix, prompts.c.idempotency_key < f"{prefix}\x7f")
    lately = prompts.c.created_at > times.now() - within
    return connection.execute(select(prompts.c.id).where(*begins, lately).limit(1)).first() is not None


def require_room(connection: Connection, max_pending: int | None) -> None:
    """Raise ``QueueFullError`` where :func:`add` would. Counted along the queue's index, no further than the bound."""
    if not max_pending:
        return
    waiting = select(prompts.c.id).where(prompts.c.status == PromptStatus.PENDING, IS_LIVE)
    # The row at the bound and not a count: counting a long queue would cost more with every prompt.
    if connection.execute(waiting.order_by(prompts.c.priority).offset(max_pending - 1).limit(1)).first() is not None:
        raise QueueFullError(
            f"{max_pending:,} prompts wait already, which is as many as processing.max_pending allows.",
            hint="Try again when some are done, or cancel what nobody needs.",
        )


def _digest(new: NewPrompt) -> str:
    request = [
        new.prompt_text,
        new.prompt_type,
        new.priority,
        dict(new.metadata),
        new.workflow,
        dict(new.parameters),
    ]
    # Sorted keys: two clients may write the same object in another order.
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
