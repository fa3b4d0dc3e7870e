"""What a schedule makes: a prompt or a run of a chain, as somebody would ask for it by hand, checked each time anew."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection

from musings.chains import starting
from musings.chains.advance import Advance
from musings.chains.taking import advance_with
from musings.errors import Fault, InvalidInputError
from musings.makers.choice import Makers
from musings.models import JsonObject, NewPrompt
from musings.requests.request import PromptRequest
from musings.requests.submitting import checked_with
from musings.store.database import Database
from musings.store.queue import submission
from musings.store.schedules.schedules import Firing

LABEL = "schedule"
"""Beside the metadata of a prompt, for people: the name of the schedule that made it."""

HEADLINES = "headlines"
"""Where the feed stands that a schedule reads, beside what it makes."""

Wanted = PromptRequest | starting.RunRequest


@dataclass(frozen=True)
class ReadyWork:
    """Something that was checked and may be stored. ``max_pending`` as of ``processing``."""

    work: NewPrompt | starting.PreparedRun
    max_pending: int | None

    def store(self, connection: Connection) -> tuple[Firing, bool]:
        """Store it; returns what it is and whether it is new. Raises ``QueueFullError`` and ``ConflictError``."""
        if isinstance(self.work, NewPrompt):
            prompt, is_new = submission.add(connection, self.work, self.max_pending)
            return Firing(prompt_id=prompt.id), is_new
        run, is_new = starting.begin(connection, self.work, self.max_pending)
        return Firing(musing_id=run.id), is_new


@dataclass(frozen=True)
class Workroom:
    """With what the requests of schedules are checked: the makers of whoever asks.

    ``allowed_hosts`` are those of this network that a feed may be on, as of ``webhooks``.
    """

    database: Database
    makers: Makers
    max_attempts: int
    max_pending: int | None
    allowed_hosts: Collection[str] = ()

    @property
    def advance(self) -> Advance:
        """What turns what is due in musings into prompts."""
        return advance_with(self.makers, self.database, self.max_attempts)

    def ready(self, wanted: Wanted) -> ReadyWork:
        """Check it. Raises ``InvalidInputError`` and ``NotFoundError``; it may ask servers: not in a transaction."""
        if isinstance(wanted, starting.RunRequest):
            return ReadyWork(starting.prepare(self.advance, self.makers, wanted), self.max_pending)
        # As a person would be answered: what is gone since it was kept is found here, and not when the prompt runs.
        found = checked_with(self.database, self.makers, wanted, max_attempts=self.max_attempts)
        return ReadyWork(found, self.max_pending)


def words_of(wanted: Wanted) -> str:
    """The words of a prompt, or the idea of a musing."""
    return wanted.prompt_text if isinstance(wanted, PromptRequest) else wanted.idea


def with_words(wanted: Wanted, words: str) -> Wanted:
    """The same for other words."""
    if isinstance(wanted, PromptRequest):
        return replace(wanted, prompt_text=words)
    return replace(wanted, idea=words)


def as_json(wanted: Wanted) -> JsonObject:
    """As it is stored: ``{"prompt": …}`` or ``{"musing": …}`` with what was given."""
    name = "prompt" if isinstance(wanted, PromptRequest) else "musing"
    given = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    return {name: {key: value for key, value in given.items() if value is not None}}


def wanted_of(request: JsonObject, name: str, key: str | None = None) -> Wanted:
    """The request of a schedule of this name, with an idempotency key for this time.

    Raises ``InvalidInputError`` for what is none, such as one that a later version wrote.
    """
    kinds: Mapping[str, type[Wanted]] = {"prompt": PromptRequest, "musing": starting.RunRequest}
    try:
        [(kind, given)] = ((key, value) for key, value in request.items() if key != HEADLINES)
        values: dict[str, Any] = {**given, "idempotency_key": key}
        # For people who look at the prompt; what they say themselves stands.
        if kind == "prompt":
            values["metadata"] = {LABEL: name, **(values.get("metadata") or {})}
        return kinds[kind](**values)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(
            [Fault("request", "is neither a prompt nor a musing that this version knows")]
        ) from error
