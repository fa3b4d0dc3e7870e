"""Starting a run: everything is checked before anything is stored, and the first prompts are stored with the run."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from musings.chains import advance, library, states
from musings.chains.definition import Chain
from musings.chains.parameters import values_of
from musings.chains.progress import progress_of
from musings.chains.states import RunState
from musings.errors import Fault, InvalidInputError
from musings.makers.choice import Makers
from musings.models import JsonObject
from musings.requests.intake import check_words
from musings.store.chains import runs
from musings.store.chains.runs import ChainRun, NewRun

IDEA_CHARACTERS = 20_000


@dataclass(frozen=True)
class RunRequest:
    """As it came: nothing of it is checked. With the same ``idempotency_key`` it can come again."""

    chain: str
    idea: str
    parameters: JsonObject = field(default_factory=dict)
    priority: int = 5
    idempotency_key: str | None = None


@dataclass(frozen=True)
class PreparedRun:
    """A run that was checked, with what becomes due at once."""

    listed: library.ListedChain
    new: NewRun
    first: RunState
    ready: Sequence[advance.ReadyStep]


def start(
    advancing: advance.Advance, makers: Makers, request: RunRequest, max_pending: int | None = None
) -> tuple[RunState, bool]:
    """Start a run with its first prompts; returns it and whether it is new.

    Raises ``NotFoundError`` for an unknown chain, ``InvalidInputError`` for what cannot be made, ``ConflictError`` for
    a key that was used for another request, and ``QueueFullError``.
    """
    database = advancing.database
    prepared = prepare(advancing, makers, request)
    run, is_new = database.writing(begin, prepared, max_pending)
    # Steps that are skipped at once make others due.
    advancing.whole(run.id)
    return database.reading(states.of, run.id), is_new


def prepare(advancing: advance.Advance, makers: Makers, request: RunRequest) -> PreparedRun:
    """Check a run with its first prompts; raises as ``start`` does. A workflow's file is read, or a server asked, so
    that it is done outside of a transaction.
    """
    listed = advancing.database.reading(library.named, request.chain)
    new = _checked(listed.chain, listed.hash, request)
    library.check_makers(listed.chain, makers)
    first = _first(listed.chain, new)
    ready = advancing.ready(first)
    refused = [Fault(f"steps.{each.found.step.name}", each.refusal) for each in ready if each.refusal is not None]
    if refused:
        raise InvalidInputError(refused)
    return PreparedRun(listed, new, first, ready)


def begin(connection: Connection, prepared: PreparedRun, max_pending: int | None = None) -> tuple[ChainRun, bool]:
    """Store it; returns the run and whether it is new. Call ``Advance.whole`` after the transaction, or leave that to
    whoever looks at runs.
    """
    library.keep(connection, prepared.listed)
    run, is_new = runs.add(connection, prepared.new)
    # A request that came again finds its prompts, which were stored with the run.
    if is_new:
        advance.write(connection, replace(prepared.first, run=run), prepared.ready, max_pending)
    return run, is_new


def _checked(chain: Chain, digest: str, request: RunRequest) -> NewRun:
    if not request.idea.strip() or len(request.idea) > IDEA_CHARACTERS:
        raise InvalidInputError([Fault("idea", f"must be 1 to {IDEA_CHARACTERS:,} characters")])
    check_words("idea", request.idea)
    if not 1 <= request.priority <= 10:
        raise InvalidInputError([Fault("priority", f"must be from 1 (most urgent) to 10, not {request.priority}")])
    values = values_of(chain, request.parameters)
    # Of what was asked for: the chain of that name may be another one when it is asked again.
    asked = json.dumps([request.chain, request.idea, dict(request.parameters), request.priority], sort_keys=True)
    return NewRun(
        chain=chain.name,
        chain_hash=digest,
        idea=request.idea,
        parameters=values,
        priority=request.priority,
        idempotency_key=request.idempotency_key,
        request_hash=hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest(),
    )


def _first(chain: Chain, new: NewRun) -> RunState:
    """A run that has just begun, before it has a row."""
    run = ChainRun(
        id=0,
        chain=new.chain,
        chain_hash=new.chain_hash,
        idea=new.idea,
        parameters=new.parameters,
        priority=new.priority,
        created_at=datetime.now(UTC),
        paused_at=None,
        cancelled_at=None,
        generation=1,
        observed_generation=0,
        acts=0,
    )
    return RunState(run, chain, progress_of(chain, run, (), {}))
