"""A call at the door of another protocol: a prompt of the queue that its caller waits for.

Whoever hangs up is waited for no longer, and the prompt goes on, unless the call asked for it to be cancelled then.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Annotated

import anyio
from fastapi import Depends, Header
from starlette.requests import Request

from musings import errors
from musings.api.access_control import access_of
from musings.api.broadcast import Waiter, has_ended
from musings.api.services import Given, Services
from musings.api.waiting import expect, until_ended
from musings.models import Artifact, NewPrompt, Prompt, PromptStatus, StoredWriting
from musings.openai_api.refusals import ApiRefusal, of_faults
from musings.requests.request import PromptRequest
from musings.security.scopes import Caller
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import attempts, cancellation, pause, submission
from musings.store.writings import writings

STREAM = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""The headers of a stream of events."""
BEAT, BEAT_SECONDS = b": still at work\n\n", 10.0
"""How a stream shows that it lives, and how often: proxies cut what is silent for a minute or two."""
PAUSED_SECONDS = 30
MOST_LOST = 1_000
RETRIES = "x-stainless-retry-count"
"""How often OpenAI's clients have sent a request before; they send no idempotency key by themselves."""


@dataclass(frozen=True)
class Result:
    """A prompt that was completed, with what it made."""

    prompt: Prompt
    artifacts: list[Artifact]
    writing: StoredWriting | None


class LostCalls:
    """The prompts of callers that hung up without an answer, for the retries of those.

    In memory, because a client tries again within seconds. Each is handed out once: a second call with the same words
    wants a second picture. For one event loop.
    """

    def __init__(self) -> None:
        self._prompts: OrderedDict[str, int] = OrderedDict()

    def note(self, call: str, prompt_id: int) -> None:
        self._prompts[call] = prompt_id
        while len(self._prompts) > MOST_LOST:
            self._prompts.popitem(last=False)

    def taken_up(self, call: str) -> int | None:
        return self._prompts.pop(call, None)


class Call:
    """One call. ``key`` is its ``Idempotency-Key``, which counts for its caller and its route alone."""

    def __init__(self, services: Services, request: Request, lost: LostCalls, key: str | None) -> None:
        self._services = services
        self._request = request
        self._lost = lost
        self._key = key
        self._waiter: Waiter | None = None
        self._same = ""
        self._cancels = False
        self._answered = False
        self._place = ExitStack()

    @property
    def services(self) -> Services:
        return self._services

    async def submit(self, wanted: PromptRequest, names: Mapping[str, str], *, cancels: bool = False) -> Prompt:
        """Make it a prompt, or find the one that it is already.

        ``names`` are the caller's for what our check may find (see ``refusals.of_faults``). ``cancels``: when the
        caller hangs up. Raises ``ApiRefusal``, what ``submission.add`` raises, and ``HTTPException`` (503) where too
        many requests wait already.
        """
        # Before it is a prompt: who is told to come again must find nothing begun.
        self._place.enter_context(self._services.places.held())
        caller = access_of(self._request).caller
        who = f"{caller.kind}:{caller.id}"
        self._same = json.dumps([who, self._request.url.path, vars(wanted)], sort_keys=True, default=str)
        key = None if self._key is None else f"openai:{who}:{self._request.url.path}:{self._key}"
        asked = _owned(replace(wanted, idempotency_key=key), caller)
        again = None
        if key is None and self._request.headers.get(RETRIES, "0") != "0":
            again = self._lost.taken_up(self._same)
        prompt = await anyio.to_thread.run_sync(self._taken, asked, names, again)
        self._cancels = cancels
        self._waiter = Waiter(asyncio.get_running_loop(), prompt.id)
        # For the headers of the answer, whatever it will be (see ``openai_door``).
        self._request.state.prompt = prompt.id
        self._request.state.repeatable = key is not None
        return prompt

    def about(self, prompt: Prompt) -> None:
        """The answer is about a prompt that was there before, which its header names."""
        self._request.state.prompt = prompt.id

    async def result(self) -> Result:
        """Wait for the end, and say what was made. Raises ``ApiRefusal`` where that is nothing, or not yet."""
        waiter = self._expected()
        seconds = self._services.settings.doors.wait_seconds
        services = self._services
        await until_ended(self._request, services.broadcaster, services.database, waiter.prompt_id, seconds)
        if await self._request.is_disconnected():
            raise ApiRefusal(499, "The caller hung up.", code="hung_up")
        return await self.ended()

    async def beats(self) -> AsyncIterator[bytes]:
        """Wait for the end, with a beat at once and every now and then, for a stream; then ask for :meth:`ended`.

        A stream hears by itself when its caller hangs up.
        """
        waiter = self._expected()
        yield BEAT
        await expect(waiter, self._services.broadcaster, self._services.database)
        with anyio.move_on_after(self._services.settings.doors.wait_seconds):
            while True:
                with anyio.move_on_after(BEAT_SECONDS):
                    await waiter.woken()
                    return
                yield BEAT

    async def ended(self) -> Result:
        """What was made. Raises as :meth:`result`."""
        waiter = self._expected()
        try:
            return await anyio.to_thread.run_sync(result_of, self._services.database, waiter.prompt_id)
        finally:
            self._answered = True

    def answered(self) -> None:
        """The caller knows what there is to know: the call is not lost when it ends here."""
        self._answered = True

    async def over(self) -> None:
        """The answer was sent, or its caller is gone."""
        self._place.close()
        if self._waiter is None:
            return
        self._services.broadcaster.forget(self._waiter)
        if self._answered:
            return
        if self._cancels:
            await anyio.to_thread.run_sync(self._cancel, self._waiter.prompt_id)
        else:
            self._lost.note(self._same, self._waiter.prompt_id)

    def _expected(self) -> Waiter:
        if self._waiter is None:
            raise RuntimeError("submit first")
        return self._waiter

    def _taken(self, asked: PromptRequest, names: Mapping[str, str], again: int | None) -> Prompt:
        services = self._services
        if again is not None and (found := services.database.reading(prompts.by_ids, [again])):
            return found[0]
        try:
            return _added(services, services.checked(asked))
        except errors.ConflictError as error:
            words = f"{error} {error.hint or ''}".strip()
            raise ApiRefusal(422, words, param="Idempotency-Key", code="idempotency_key_reused") from error
        except errors.InvalidInputError as error:
            raise of_faults(error, names) from error

    def _cancel(self, prompt_id: int) -> None:
        try:
            self._services.database.writing(cancellation.cancel, prompt_id)
        except (errors.ConflictError, errors.NotFoundError):  # it ended in this moment, or was thrown away
            return


async def _lost_calls(request: Request) -> LostCalls:
    found: LostCalls = request.app.state.lost_calls
    return found


async def _calling(
    request: Request,
    services: Given,
    lost: Annotated[LostCalls, Depends(_lost_calls)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> AsyncIterator[Call]:
    """A call of one request, whose end is seen to when the request is over, also that of a stream."""
    if not services.settings.doors.openai:
        raise ApiRefusal(404, "This door is closed: doors.openai is false in the configuration.", code="door_closed")
    call = Call(services, request, lost, idempotency_key)
    try:
        yield call
    finally:
        await call.over()


Calling = Annotated[Call, Depends(_calling)]
"""The call, as a parameter of a route."""


def _owned(wanted: PromptRequest, caller: Caller) -> PromptRequest:
    """With its owner, twice: in the instructions, which nobody changes, and beside the metadata, for people."""
    if not caller.is_known:
        return wanted
    owner = f"{caller.name} ({caller.kind} {caller.id})"
    metadata = dict(wanted.metadata or {})
    return replace(wanted, owner=owner, metadata={**metadata, "openai": {**metadata.get("openai", {}), "owner": owner}})


def _added(services: Services, new: NewPrompt) -> Prompt:
    with services.database.write() as connection:
        prompt, is_new = submission.add(connection, new, services.settings.processing.max_pending)
        # Asked last, in the same transaction: what was taken before the pause is answered for.
        if is_new and pause.is_paused(connection):
            words = "The queue is paused: nothing new is started."
            raise ApiRefusal(503, words, code="paused", retry_after=PAUSED_SECONDS)
    return prompt


def created(prompt: Prompt) -> int:
    """When a prompt was made, in seconds since 1970; 0 where a row of another program does not say."""
    return 0 if prompt.created_at is None else int(prompt.created_at.timestamp())


def result_of(database: Database, prompt_id: int) -> Result:
    """What a prompt made. Raises ``ApiRefusal`` where that is nothing, or not yet."""
    with database.read() as connection:  # one: what is told of a prompt is of one moment
        try:
            prompt = prompts.get(connection, prompt_id)
        except errors.NotFoundError as error:
            raise ApiRefusal(409, f"Prompt {prompt_id} was thrown away.", code="deleted") from error
        if prompt.status != PromptStatus.COMPLETED:
            tried = attempts.of_prompts(connection, [prompt_id])[prompt_id]
            raise _without_result(prompt, tried[-1].error_class if tried else None)
        written = prompt.output_reference
        return Result(
            prompt,
            artifacts.of_prompts(connection, [prompt_id]),
            writings.by_ids(connection, [written]).get(written) if written is not None else None,
        )


def _without_result(prompt: Prompt, error_class: str | None) -> ApiRefusal:
    """Why a prompt has no result."""
    if not has_ended(prompt):
        words = f"Prompt {prompt.id} goes on, and its result will be in the gallery. It is {prompt.status}."
        return ApiRefusal(504, f"{words} {prompt.waiting_reason or ''}".strip(), code="still_working")
    if prompt.status == PromptStatus.CANCELLED:
        return ApiRefusal(409, prompt.error_message or f"Prompt {prompt.id} was cancelled.", code="cancelled")
    fault = vars(errors).get(error_class or "")
    is_theirs = isinstance(fault, type) and issubclass(fault, errors.UserFault | errors.InvalidInputError)
    return ApiRefusal(400 if is_theirs else 500, prompt.error_message or "It failed.", code="failed")
