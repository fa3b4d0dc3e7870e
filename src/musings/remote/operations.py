"""What a client does, written once for both wires: ask, ask again, wait, send and fetch files."""

import json
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from musings.backoff import backoff
from musings.errors import MusingsError, NotFoundError, UsageError
from musings.files import atomic
from musings.files.digests import sha256_of
from musings.files.result_names import result_name, writing_name
from musings.remote import refusals
from musings.remote.answers import (
    PromptPage,
    RemoteArtifact,
    RemoteChain,
    RemoteChains,
    RemoteDryRun,
    RemoteHealth,
    RemoteHits,
    RemoteMusing,
    RemotePresets,
    RemoteProgress,
    RemotePrompt,
    RemoteQueue,
    RemoteUpload,
    RemoteWorkflow,
    RemoteWorkflows,
)
from musings.remote.errors import ServerUnavailable, StillWorking
from musings.remote.wire import NoReply, ServerAnswer, ServerEvent, ServerRequest, StreamRefused, Wire

Model = TypeVar("Model", bound=BaseModel)
Told = Callable[[RemoteProgress], None]
Seen = Callable[[RemoteQueue], None]

PATIENCE_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
STRANGER_SECONDS = 5.0
"""For how long one is tried that has never answered: the address may be wrong."""
QUIET_SECONDS = 40.0
"""A stream that lives says something every fifteen seconds."""
MOST_DEAF = 2
POLL_SECONDS = 20
POLL_PAUSE = 0.5
FOLLOW_SECONDS = 1.0


class Operations:
    """``patience``: seconds that a call may spend waiting for a server that is away or says "not now".

    Every method raises what ``refusals.error_of`` makes of a refusal, and ``ServerUnavailable``.
    """

    def __init__(
        self, wire: Wire, place: str, patience: float = PATIENCE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._wire = wire
        self._place = place
        self._patience = patience
        self._clock = clock
        self._has_answered = False

    async def submit(
        self,
        text: str,
        *,
        prompt_type: str = "text",
        workflow: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        count: int | None = None,
        priority: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        enhance: bool | None = None,
        idempotency_key: str | None = None,
    ) -> RemotePrompt:
        """Queue a prompt. It is sent under a key of its own, so that a second try never makes a second prompt."""
        body = _body(
            prompt_text=text,
            prompt_type=prompt_type,
            workflow=workflow,
            parameters=parameters,
            count=count,
            priority=priority,
            metadata=metadata,
            enhance=enhance,
        )
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return await self._read(ServerRequest("POST", "/api/prompts", body=body, headers=headers), RemotePrompt)

    async def rehearse(
        self,
        text: str,
        *,
        prompt_type: str = "text",
        workflow: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        count: int | None = None,
        priority: int | None = None,
        enhance: bool | None = None,
    ) -> RemoteDryRun:
        """What would become of a prompt; nothing is queued."""
        body = _body(
            prompt_text=text,
            prompt_type=prompt_type,
            workflow=workflow,
            parameters=parameters,
            count=count,
            priority=priority,
            enhance=enhance,
        )
        request = ServerRequest("POST", "/api/prompts", query={"validate": "true"}, body=body)
        return await self._read(request, RemoteDryRun)

    async def prompt(self, prompt_id: int) -> RemotePrompt:
        return await self._read(ServerRequest("GET", f"/api/prompts/{prompt_id}"), RemotePrompt)

    async def prompts(
        self,
        *,
        status: str | None = None,
        prompt_type: str | None = None,
        search: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> PromptPage:
        """Prompts, newest first. ``status`` and ``prompt_type`` are comma lists; a kind means all its types."""
        wanted = {"status": status, "prompt_type": prompt_type, "q": search, "limit": str(limit), "cursor": cursor}
        query = {name: value for name, value in wanted.items() if value is not None}
        return await self._read(ServerRequest("GET", "/api/prompts", query=query), PromptPage)

    async def cancel(self, prompt_id: int) -> RemotePrompt:
        """Cancel a waiting prompt at once, or ask a running one to stop."""
        request = ServerRequest("POST", f"/api/prompts/{prompt_id}/cancel", repeatable=False)
        return await self._read(request, RemotePrompt)

    async def retry(self, prompt_id: int) -> RemotePrompt:
        """Queue a failed or cancelled prompt again."""
        request = ServerRequest("POST", f"/api/prompts/{prompt_id}/retry", repeatable=False)
        return await self._read(request, RemotePrompt)

    async def wait(
        self,
        prompt_id: int,
        timeout: float | None = None,
        on_progress: Told | None = None,
        on_queue: Seen | None = None,
    ) -> RemotePrompt:
        """The prompt when it has ended: completed, failed or cancelled. Raises ``StillWorking`` after ``timeout`` s.

        By the stream of events; where none comes through, by asking again and again. ``on_queue`` is told of the
        queue at first and when it changes.
        """
        until = None if timeout is None else self._clock() + timeout
        deaf = 0  # streams in a row that told nothing
        while True:
            left = None if until is None else until - self._clock()
            if left is not None and left <= 0:
                # Looked at once more after the time is over: what ended in the last pause is no timeout.
                found = await self.prompt(prompt_id)
            elif deaf < MOST_DEAF and (left is None or left > POLL_SECONDS):
                heard = await self._by_events(prompt_id, until, on_progress, on_queue)
                deaf = deaf + 1 if heard is None else 0
                found = heard or await self.prompt(prompt_id)
                if not found.is_finished:  # a stream that ends at once, time after time, is not opened without end
                    await self._wire.pause(POLL_PAUSE)
            else:
                found = await self._by_asking(prompt_id, left)
                if found.progress is not None and on_progress is not None:
                    on_progress(found.progress)
            if found.is_finished:
                return found
            if left is not None and left <= 0:
                raise StillWorking(f"Prompt {prompt_id} is still {found.status}.", prompt_id=prompt_id)

    async def upload(self, path: str | Path) -> RemoteUpload:
        """Send a picture, a sound or a film; its ``ref`` is what a parameter takes. Raises ``UsageError``."""
        file = Path(path)
        if not file.is_file():
            raise UsageError(f"{file} is no file that can be read.")
        try:
            return await self._read(ServerRequest("POST", "/api/uploads", file=file), RemoteUpload)
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}.") from error

    async def download(self, prompt: RemotePrompt, folder: str | Path) -> list[Path]:
        """Put what a prompt made into a folder, which is made where it is missing; returns the files.

        Each file has its name when it is whole and its sum was compared, and not before. A file that has the name
        already is replaced. A text without a file is written as Markdown. Raises ``UsageError`` where it cannot write.
        """
        target = Path(folder)
        try:
            target.mkdir(parents=True, exist_ok=True)
            kept = [
                await self._fetch(each, target / result_name(each.prompt_id, each.id, each.file_path))
                for each in prompt.artifacts
            ]
            if prompt.writing is not None and not kept:  # of a row whose text is in no file
                request = ServerRequest("GET", f"/api/writings/{prompt.writing.id}/text")
                kept.append(await self._saved(request, target / writing_name(prompt.id), None))
        except OSError as error:
            raise UsageError(f"Nothing can be written to {target}: {error.strerror}.") from error
        return kept

    async def workflows(self) -> list[RemoteWorkflow]:
        """Every workflow with its form; the one that serves prompts of its kind by default says so."""
        return (await self._read(ServerRequest("GET", "/api/workflows"), RemoteWorkflows)).items

    async def presets(self, workflow: str) -> RemotePresets:
        name = quote(workflow, safe="")
        return await self._read(ServerRequest("GET", f"/api/workflows/{name}/presets"), RemotePresets)

    async def chains(self) -> list[RemoteChain]:
        """Every chain, with its parameters and steps."""
        return (await self._read(ServerRequest("GET", "/api/chains"), RemoteChains)).items

    async def start_musing(self, chain: str, idea: str, parameters: Mapping[str, Any] | None = None) -> RemoteMusing:
        """Start a chain with an idea, under a key of its own, so that a second try never starts a second one."""
        body = _body(chain=chain, idea=idea, parameters=parameters)
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return await self._read(ServerRequest("POST", "/api/musings", body=body, headers=headers), RemoteMusing)

    async def musing(self, musing_id: int) -> RemoteMusing:
        return await self._read(ServerRequest("GET", f"/api/musings/{musing_id}"), RemoteMusing)

    async def answer_gate(self, musing_id: int, step: str, answer: Mapping[str, Any]) -> RemoteMusing:
        """Answer what the gate of a step asks; ``answer`` as in docs/chains.md."""
        path = f"/api/musings/{musing_id}/gates/{quote(step, safe='')}"
        # Not sent twice: the second would meet a gate that asks nothing any more, and look like a failure.
        return await self._read(ServerRequest("POST", path, body=dict(answer), repeatable=False), RemoteMusing)

    async def cancel_musing(self, musing_id: int) -> RemoteMusing:
        """Cancel what waits of a musing, ask what runs to stop, and let nothing more become due."""
        request = ServerRequest("POST", f"/api/musings/{musing_id}/cancel", repeatable=False)
        return await self._read(request, RemoteMusing)

    async def follow_musing(
        self, musing_id: int, seconds: float, tell: Callable[[RemoteMusing], Awaitable[None]]
    ) -> RemoteMusing:
        """The musing when it asks, is paused or has ended, or as it is after so many seconds; as :meth:`follow`."""
        until = self._clock() + seconds
        while True:
            found = await self.musing(musing_id)
            left = until - self._clock()
            if not found.goes_on or left <= 0:
                return found
            await tell(found)
            await self._wire.pause(min(FOLLOW_SECONDS, left))

    async def search(self, words: str, *, limit: int = 50, cursor: str | None = None) -> RemoteHits:
        """Writings, the best match first, then prompts, the newest first."""
        query = {"q": words, "limit": str(limit), **({} if cursor is None else {"cursor": cursor})}
        return await self._read(ServerRequest("GET", "/api/search", query=query), RemoteHits)

    async def fetch(self, path: str) -> ServerAnswer:
        """A file by its path on the server, whole, with its type. For what is small; see :meth:`download`."""
        request = ServerRequest("GET", path)
        answer = await self._sent(request, lambda: self._wire.ask(request))
        if answer.status != 200:
            raise await self._error(answer, request)
        return answer

    async def follow(
        self, prompt_id: int, seconds: float, tell: Callable[[RemotePrompt], Awaitable[None]]
    ) -> RemotePrompt:
        """The prompt at its end, or as it is after so many seconds; ``tell`` is told of it each second or two."""
        until = self._clock() + seconds
        while True:
            left = until - self._clock()
            found = await self._by_asking(prompt_id, max(0.0, min(left, FOLLOW_SECONDS)))
            if found.is_finished or left <= 0:
                return found
            await tell(found)

    async def queue(self) -> RemoteQueue:
        """What the queue says of itself; more in ``model_extra`` (QueueStats in docs/reference/api.md)."""
        return await self._read(ServerRequest("GET", "/api/queue/stats"), RemoteQueue)

    async def health(self) -> RemoteHealth:
        return await self._read(ServerRequest("GET", "/health"), RemoteHealth)

    async def _by_events(
        self, prompt_id: int, until: float | None, on_progress: Told | None, on_queue: Seen | None
    ) -> RemotePrompt | None:
        """The prompt when its stream ended or is no use for a while; None where no stream comes through."""
        heard: RemotePrompt | None = None
        request = ServerRequest("GET", "/api/events")
        with suppress(NoReply):
            try:
                async with aclosing(self._wire.listen(request, QUIET_SECONDS)) as events:
                    async for event in events:
                        if heard is None:  # what ended before the stream was open is told by no event
                            heard = await self.prompt(prompt_id)
                        heard = _changed(event, heard, on_progress, on_queue)
                        if heard.is_finished or (until is not None and until - self._clock() < POLL_SECONDS):
                            return heard
            except StreamRefused as refused:
                if refused.answer.status in (401, 403):
                    raise await self._error(refused.answer, request) from refused
        return heard

    async def _by_asking(self, prompt_id: int, left: float | None) -> RemotePrompt:
        seconds = POLL_SECONDS if left is None else max(0, min(POLL_SECONDS, int(left)))
        query = {"wait": str(seconds)} if seconds else {}
        request = ServerRequest("GET", f"/api/prompts/{prompt_id}", query=query, seconds=seconds + 10.0)
        found = await self._read(request, RemotePrompt)
        if not found.is_finished:  # a server that knows no long poll answers at once
            await self._wire.pause(POLL_PAUSE if left is None else min(POLL_PAUSE, max(0.0, left)))
        return found

    async def _fetch(self, artifact: RemoteArtifact, target: Path) -> Path:
        return await self._saved(
            ServerRequest("GET", f"/api/artifacts/{artifact.id}"), target, artifact.metadata.get("sha256")
        )

    async def _saved(self, request: ServerRequest, target: Path, sha256: object) -> Path:
        # Fetched beside its name: whatever dies here leaves the target as it was.
        with atomic.replacing(target) as partial:
            answer = await self._sent(request, lambda: self._wire.save(request, partial))
            if answer.status != 200:
                raise await self._error(answer, request)
            if isinstance(sha256, str) and sha256_of(partial) != sha256:
                raise MusingsError(
                    f"{request.path} came with other bytes than the server has recorded.",
                    hint="Fetch it again; `musings check-files --verify` on the server says whether it is whole there.",
                )
        return target

    async def _read(self, request: ServerRequest, model: type[Model]) -> Model:
        answer = await self._sent(request, lambda: self._wire.ask(request))
        if answer.status >= 300:
            raise await self._error(answer, request)
        return refusals.read(answer, model)

    async def _sent(self, request: ServerRequest, send: Callable[[], Any]) -> ServerAnswer:
        """The answer, tried for as long as is safe and the patience lasts."""
        tries, waited = 0, 0.0
        while True:
            tries += 1
            # A server that starts again is there in a second or two; one that is away for long is asked less often.
            pause = backoff(tries, FIRST_PAUSE, LONGEST_PAUSE)
            try:
                answer: ServerAnswer = await send()
            except NoReply as lost:
                most = self._patience if self._has_answered else min(self._patience, STRANGER_SECONDS)
                if (lost.sent and not request.repeatable) or waited + pause > most:
                    raise self._away(lost, request) from lost
            else:
                self._has_answered = True
                if not _comes_again(answer, request):
                    return answer
                # Never earlier than we were told, also where we would have come sooner.
                pause = max(pause, refusals.retry_after(answer) or 0.0)
                if waited + pause > self._patience:
                    raise await self._error(answer, request)
            await self._wire.pause(pause)
            waited += pause

    def _away(self, lost: NoReply, request: ServerRequest) -> ServerUnavailable:
        hint = "Is it running, and is the address right?"
        if lost.sent and not request.repeatable:
            hint = "It may have been done all the same: look before you send it again."
        return ServerUnavailable(f"The Musings server at {self._place} does not answer: {lost}.", hint=hint)

    async def _error(self, answer: ServerAnswer, request: ServerRequest) -> MusingsError:
        # Asked for only where it may be the reason: an older server knows fewer routes and fields.
        version = None
        if refusals.is_about_versions(answer):
            with suppress(NoReply, MusingsError):
                version = refusals.read(await self._wire.ask(ServerRequest("GET", "/health")), RemoteHealth).version
        return refusals.error_of(answer, request, version)


def _comes_again(answer: ServerAnswer, request: ServerRequest) -> bool:
    """Whether to send it again after a while. 429 and 503 say that nothing was done, 502 and 504 do not."""
    if answer.status in (429, 503):
        return True
    return answer.status in refusals.AGAIN and request.repeatable


def _changed(event: ServerEvent, prompt: RemotePrompt, on_progress: Told | None, on_queue: Seen | None) -> RemotePrompt:
    """The prompt after an event. Raises ``NotFoundError`` when it was thrown away."""
    try:
        data = json.loads(event.data) if event.data else None
    except ValueError:
        return prompt
    if not isinstance(data, dict):
        return prompt
    # The state of the queue is about every prompt, so it has no id.
    if event.name == "queue" and on_queue is not None:
        on_queue(refusals.taken(data, RemoteQueue))
    if data.get("id") != prompt.id:
        return prompt
    if event.name == "progress" and on_progress is not None:
        on_progress(refusals.taken(data.get("progress") or {}, RemoteProgress))
    if event.name != "prompt":
        return prompt
    if data.get("prompt") is None:
        raise NotFoundError(f"Prompt {prompt.id} was thrown away.")
    return refusals.taken(data["prompt"], RemotePrompt)


def _body(**given: Any) -> dict[str, Any]:
    """What was said of a prompt; the server has its own word for what was not."""
    return {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in given.items() if value is not None
    }
