"""The state machine of a prompt, as data: its states, the transitions between them, and who may make which.

``status`` and ``artifact_status`` of a prompt change by :func:`transition` alone. It changes a row only where the
transition may begin in the status that the row has, so a forbidden transition changes nothing.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, or_, update
from sqlalchemy.sql.dml import Update

from musings.models import TYPES_OF_KIND, ArtifactStatus, Kind, PromptStatus
from musings.store import rows, times
from musings.store.queue import due
from musings.store.tables import ANEW, prompts

TEXT_TYPES = TYPES_OF_KIND[Kind.TEXT]
NOW = bindparam("now", type_=times.UtcTime)
"""The time of the statement: give it as ``{"now": times.now()}`` to whatever executes it."""


class AttemptStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    RELEASED = "released"


class Step(StrEnum):
    """Where a worker is with a prompt: ``working`` on it itself; what runs ``outside`` it only waits for."""

    WORKING = "working"
    OUTSIDE = "outside"
    FETCHING = "fetching"
    FINISHING = "finishing"


class Foreign(StrEnum):
    """What other programs write into ``status``."""

    WAITING = auto()
    """NULL, or one of the older words for ``pending``."""
    UNKNOWN = auto()
    """A word that Musings does not know."""


class Actor(StrEnum):
    """Who makes a transition. The value names the one module that does."""

    SUBMITTER = "submission"
    CANCELLER = "cancellation"
    RETRIER = "retries"
    ADMISSION = "admission"
    STAGES = "stages"
    CLAIM = "claims"
    ATTEMPT = "endings"
    RECORDER = "artifacts"
    RECOVERY = "recovery"
    ADOPTION = "adopted_rows"


class Transition(StrEnum):
    SUBMIT = auto()
    CANCEL = auto()
    RETRY = auto()
    ADMIT = auto()
    REFUSE = auto()
    TAKE_UP = auto()
    CLAIM = auto()
    COMPLETE = auto()
    PUT_BACK = auto()
    RELEASE = auto()
    FAIL = auto()
    STOP = auto()
    RECORD = auto()
    REQUEUE = auto()
    GIVE_UP = auto()
    STOP_LOST = auto()
    ADOPT = auto()


Statuses = frozenset[PromptStatus | Foreign]


@dataclass(frozen=True)
class Rule:
    """A transition: the statuses that it may begin in, the one that it ends in, who makes it, what else it sets."""

    begins: Statuses
    ends: PromptStatus
    by: Actor
    sets: Mapping[str, object] = field(default_factory=dict)


_PENDING: Statuses = frozenset({PromptStatus.PENDING})
# A transition out of it is made by who holds the attempt, or by recovery when nobody does.
_PROCESSING: Statuses = frozenset({PromptStatus.PROCESSING})
# Rows that other programs set to waiting are cancelled and admitted as ours are.
_OUTSIDE: Statuses = frozenset({PromptStatus.PENDING, Foreign.WAITING})
# Also unknown words: retrying is how an owner brings such a row back.
_STOPPED: Statuses = frozenset({PromptStatus.PENDING, PromptStatus.FAILED, PromptStatus.CANCELLED, *Foreign})
# What is recorded by another program's tool may be in any state; the files are there, so that it is completed.
_ANYTHING: Statuses = frozenset({*PromptStatus, *Foreign})

# What belongs to a running attempt; kept, it would look as if something still ran.
_ENDED: Mapping[str, object] = {
    "completed_at": NOW,
    "cancel_requested": False,
    "progress": None,
    "external_id": None,
}
_WAITS_AGAIN: Mapping[str, object] = {
    "progress": None,
    "worker_step": None,
    "death_step": None,
    "worker_deaths": 0,  # this ending was written by a living worker
}

RULES: Mapping[Transition, Rule] = MappingProxyType(
    {
        Transition.SUBMIT: Rule(frozenset(), PromptStatus.PENDING, Actor.SUBMITTER),
        Transition.CANCEL: Rule(
            # ``completed_at`` also for what never ran: lists of what ended are sorted by it.
            _OUTSIDE,
            PromptStatus.CANCELLED,
            Actor.CANCELLER,
            {"completed_at": NOW, "next_attempt_at": None},
        ),
        Transition.RETRY: Rule(
            _STOPPED,
            PromptStatus.PENDING,
            Actor.RETRIER,
            {
                **ANEW,
                "next_attempt_at": None,
                "completed_at": None,
                "error_message": None,
                "cancel_requested": False,
                "progress": None,
            },
        ),
        Transition.ADMIT: Rule(_OUTSIDE, PromptStatus.PENDING, Actor.ADMISSION, {**ANEW, "cancel_requested": False}),
        Transition.REFUSE: Rule(_OUTSIDE, PromptStatus.FAILED, Actor.ADMISSION, {"completed_at": NOW}),
        Transition.TAKE_UP: Rule(
            frozenset({PromptStatus.COMPLETED}),
            PromptStatus.PENDING,
            Actor.STAGES,
            {**ANEW, "completed_at": None, "next_attempt_at": None, "error_message": None},
        ),
        Transition.CLAIM: Rule(
            _PENDING,
            PromptStatus.PROCESSING,
            Actor.CLAIM,
            {
                # In the statement itself: the next fencing token can be taken only once.
                "attempt": prompts.c.attempt + 1,
                # When it ran first; later attempts have their own times.
                "processed_at": func.coalesce(prompts.c.processed_at, NOW),
                "next_attempt_at": None,
                "progress": None,
                "worker_step": Step.WORKING,
            },
        ),
        Transition.COMPLETE: Rule(
            _PROCESSING, PromptStatus.COMPLETED, Actor.ATTEMPT, {**_ENDED, "error_message": None}
        ),
        Transition.PUT_BACK: Rule(_PROCESSING, PromptStatus.PENDING, Actor.ATTEMPT, _WAITS_AGAIN),
        Transition.RELEASE: Rule(
            _PROCESSING,
            PromptStatus.PENDING,
            Actor.ATTEMPT,
            # A stop of the worker is not the prompt's fault, so that the attempt does not count.
            {**_WAITS_AGAIN, "error_message": None, "uncounted_attempts": prompts.c.uncounted_attempts + 1},
        ),
        Transition.FAIL: Rule(_PROCESSING, PromptStatus.FAILED, Actor.ATTEMPT, _ENDED),
        Transition.STOP: Rule(_PROCESSING, PromptStatus.CANCELLED, Actor.ATTEMPT, _ENDED),
        Transition.RECORD: Rule(
            _ANYTHING,
            PromptStatus.COMPLETED,
            Actor.RECORDER,
            {"completed_at": func.coalesce(prompts.c.completed_at, NOW), "error_message": None},
        ),
        Transition.REQUEUE: Rule(
            _PROCESSING,
            PromptStatus.PENDING,
            Actor.RECOVERY,
            # ``death_step`` and the count of deaths are not reset: recovery has just set them.
            {"error_message": None, "next_attempt_at": None, "progress": None, "worker_step": None},
        ),
        Transition.GIVE_UP: Rule(_PROCESSING, PromptStatus.FAILED, Actor.RECOVERY, _ENDED),
        Transition.STOP_LOST: Rule(_PROCESSING, PromptStatus.CANCELLED, Actor.RECOVERY, _ENDED),
        Transition.ADOPT: Rule(_PROCESSING, PromptStatus.PENDING, Actor.ADOPTION),  # in a file that has no engine yet
    }
)

# For media: what the owner's page shows, which knows only this column.
_MEDIA: Mapping[PromptStatus, ArtifactStatus] = {
    PromptStatus.PENDING: ArtifactStatus.PENDING,
    PromptStatus.PROCESSING: ArtifactStatus.PROCESSING,
    PromptStatus.COMPLETED: ArtifactStatus.READY,
    PromptStatus.FAILED: ArtifactStatus.ERROR,
    PromptStatus.CANCELLED: ArtifactStatus.ERROR,
}
_OLDER_WORDS = tuple(word for word in rows.WAITING_STATUSES if word != PromptStatus.PENDING)
# NULL is text, as in admission.
_IS_TEXT = func.coalesce(prompts.c.prompt_type, "text").in_(TEXT_TYPES)


def artifact_status(prompt_type: str, status: PromptStatus) -> ArtifactStatus | None:
    """The artifact status that belongs to a status. A text prompt has none."""
    return None if prompt_type in TEXT_TYPES else _MEDIA[status]


def submitted(prompt_type: str) -> dict[str, object]:
    """The columns of a new row that the state machine sets."""
    status = RULES[Transition.SUBMIT].ends
    return {"status": status, "artifact_status": artifact_status(prompt_type, status)}


def transition(connection: Connection, name: Transition, where: ColumnElement[bool], **values: Any) -> list[int]:
    """Make a transition of every prompt in ``where`` that it may begin with; returns their ids.

    ``values`` are further columns to set. To wait in the queue is told to the engine in the same transaction.
    """
    # The transition's own condition and the caller's: a row in another status is passed over, not an error.
    made = statement(name).where(where).values(values).returning(prompts.c.id)
    ids = list(connection.execute(made, {"now": times.now()}).scalars())
    # Any transition that ends in waiting, so that none can forget to tell the engine.
    if RULES[name].ends is PromptStatus.PENDING:
        due.enqueue(connection, ids)
    return ids


@functools.cache
def statement(name: Transition) -> Update:
    """The UPDATE that makes a transition, of all prompts yet; execute it with a value for :data:`NOW`."""
    rule = RULES[name]
    return (
        update(prompts)
        .where(may_begin(name))
        .values(status=rule.ends, artifact_status=case((_IS_TEXT, None), else_=_MEDIA[rule.ends]), **rule.sets)
    )


def may_begin(name: Transition) -> ColumnElement[bool]:
    """Whether a prompt is in a status in which a transition may begin.

    An expression and not the column, so that no index of statuses is taken for it: the other conditions of a statement
    say which rows it is about, and a queue may be long.
    """
    begins = RULES[name].begins
    # NULL counts as the first of the older words for waiting.
    status = func.coalesce(prompts.c.status, _OLDER_WORDS[0])
    words = [*(each for each in PromptStatus if each in begins), *(_OLDER_WORDS if Foreign.WAITING in begins else ())]
    if Foreign.UNKNOWN in begins:
        return or_(status.in_(words), status.not_in((*PromptStatus, *_OLDER_WORDS)))
    return status.in_(words)
