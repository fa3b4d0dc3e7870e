"""What a server refuses, as errors with its own words. It says no in RFC 9457 documents; others stand before it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from musings.errors import ConflictError, Fault, InvalidInputError, MusingsError, NotFoundError, one_stop
from musings.remote.errors import (
    AccessRefused,
    RequestTooLarge,
    ServerMismatch,
    ServerUnavailable,
    TooManyRequests,
)
from musings.remote.wire import ServerAnswer, ServerRequest
from musings.version import VERSION

Model = TypeVar("Model", bound=BaseModel)

PROBLEM = "application/problem+json"
NO_ROUTE = "There is nothing at "
MOST_WORDS = 2_000
AGAIN = (429, 502, 503, 504)
"""Statuses that say "not now"."""
NEW_TOKEN = "`musings token create NAME` on the server makes one; set it as MUSINGS_TOKEN."  # noqa: S105 (a hint)


@dataclass(frozen=True)
class Refusal:
    """The words of a refusal, whoever said them. ``is_ours``: a Musings server did."""

    status: int
    detail: str
    faults: tuple[Fault, ...] = ()
    is_ours: bool = False


def retry_after(answer: ServerAnswer, now: Callable[[], float] = time.time) -> float | None:
    """How many seconds ``Retry-After`` says to wait (RFC 9110, section 10.2.3), if it says so."""
    given = answer.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return float(given[:12])
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - now())
    except (TypeError, ValueError, OverflowError):
        return None


def read(answer: ServerAnswer, model: type[Model]) -> Model:
    """A good answer as a value. Raises ``ServerMismatch`` for what no Musings server says."""
    try:
        return taken(json.loads(answer.content), model)
    except (ValueError, RecursionError):
        # None is no answer of ours either: the one error for all that is none.
        return taken(None, model)


def taken(given: object, model: type[Model]) -> Model:
    """A part of an answer as a value. Raises as :func:`read`."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise ServerMismatch(
            "What answers there is no Musings server, or one of a version that this client does not know.",
            hint="Look at the address, and bring client and server to the same version.",
        ) from error


def refusal_of(answer: ServerAnswer) -> Refusal:
    if not answer.headers.get("content-type", "").startswith(PROBLEM):
        return Refusal(answer.status, f"it answers {answer.status} without a reason of a Musings server's")
    try:
        found: Any = json.loads(answer.content)
        faults = tuple(Fault(str(each["where"]), str(each["message"])) for each in found.get("errors") or ())
        return Refusal(answer.status, str(found["detail"])[:MOST_WORDS], faults, is_ours=True)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refusal(answer.status, f"it answers {answer.status} in a way that cannot be read")


def error_of(answer: ServerAnswer, request: ServerRequest, server_version: str | None = None) -> MusingsError:
    """The error that a refusal is. ``server_version``: where the server says that it is of another one than we are."""
    said = refusal_of(answer)
    words = said.detail if said.is_ours else f"The server refuses {request.method} {request.path}: {said.detail}"
    hint = _versions(server_version)
    if answer.status == 401:
        return AccessRefused(words, status=401, hint=NEW_TOKEN)
    if answer.status == 403:
        return AccessRefused(words, status=403)
    # Our own 404 about a route is no missing prompt: this server does not know what was asked.
    if answer.status == 404 and not (said.is_ours and not said.detail.startswith(NO_ROUTE)):
        return ServerMismatch(
            f"The server has no {request.method} {request.path}.",
            hint=hint or "Is the address that of a Musings server, and nothing before it in the way?",
        )
    if answer.status == 404:
        return NotFoundError(words)
    if answer.status == 409:
        return ConflictError(words)
    if answer.status == 413:
        return RequestTooLarge(words)
    if answer.status == 429:
        return TooManyRequests(words, retry_after=retry_after(answer))
    # Without faults it is about the request as a whole, such as a key that was used for another one.
    if answer.status == 422 and said.faults:
        return InvalidInputError(list(said.faults), hint=hint)
    if answer.status in (400, 405, 415, 421, 422):
        return ServerMismatch(words, hint=hint)
    if answer.status in AGAIN or answer.status == 507:
        return ServerUnavailable(words, retry_after=retry_after(answer))
    return MusingsError(one_stop(words), hint=hint)


def is_about_versions(answer: ServerAnswer) -> bool:
    """Whether the refusal may be because client and server are of different versions."""
    return answer.status in (400, 404, 405, 415, 422)


def _versions(server: str | None) -> str | None:
    if server is None or server == VERSION:
        return None
    return f"The server is Musings {server}, this client {VERSION}: bring both to the same version."
