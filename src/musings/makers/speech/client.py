"""A speech server: ``POST /v1/audio/speech`` as OpenAI defined it and the local servers speak it.

https://platform.openai.com/docs/api-reference/audio/createSpeech. The request runs in an event loop of its own, so
that it can be broken off at any moment.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from musings.backoff import backoff
from musings.errors import AttemptError, PassingFault, Unavailable, UserFault
from musings.makers.openai_errors import refusal, unreachable, upper, without_credentials

KEY_NAME = "MUSINGS_SECRET_SPEECH_API_KEY"
CHECK_SECONDS = 0.1
MOST_BYTES = 200_000_000
MOST_WORD_BYTES = 100_000
"""Of an answer in words: an error says what it has to say at its beginning."""
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class SpeechServer:
    """One server and how to talk to it. ``url`` ends with the version, such as ``…/v1``; times are seconds."""

    url: str
    model: str
    format: str
    key: str = field(default="", repr=False)
    timeout_seconds: float = 120
    connect_seconds: float = 5
    max_retries: int = 2

    @property
    def place(self) -> str:
        """Its address as it may be shown and stored."""
        return without_credentials(self.url)

    @property
    def who(self) -> str:
        """The server in a sentence."""
        return f"the speech server at {self.place}"


def say(server: SpeechServer, text: str, voice: str, speed: float, target: Path, check: Callable[[], None]) -> None:
    """Have a piece of text spoken into ``target``, in the server's format; ``speed`` 1 is the voice's own.

    ``check`` is called ten times a second, and what it raises breaks the request off. A passing refusal is asked
    again ``max_retries`` times. Raises ``UserFault``, ``PassingFault``, and ``Unavailable`` where nobody answers.
    """
    asyncio.run(_checked(_patiently(server, _request(server, text, voice, speed), target), check))


def trouble(server: SpeechServer) -> str | None:
    """Why the server cannot be reached, or None: any answer at all will do, for no route is common to all of them."""
    try:
        # As a stream, because what it answers is not read.
        with httpx.stream("GET", f"{server.url}/models", timeout=httpx.Timeout(5, connect=server.connect_seconds)):
            pass
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return str(unreachable(server.who, str(error)))
    return None


def _request(server: SpeechServer, text: str, voice: str, speed: float) -> dict[str, object]:
    return {
        "model": server.model,
        "input": text,
        "voice": voice,
        "response_format": server.format,
        "speed": speed,
    }


async def _checked(work: Coroutine[None, None, None], check: Callable[[], None]) -> None:
    """Wait for ``work``, and break it off when ``check`` raises."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            check()
            await asyncio.wait({task}, timeout=CHECK_SECONDS)
    finally:
        task.cancel()
        await asyncio.wait({task})
    task.result()


async def _patiently(server: SpeechServer, request: dict[str, object], target: Path) -> None:
    for left in reversed(range(server.max_retries + 1)):
        try:
            await _fetch(server, request, target)
        except PassingFault as fault:
            wait = (
                fault.retry_after
                if fault.retry_after is not None
                else backoff(server.max_retries - left + 1, FIRST_WAIT_SECONDS)
            )
            if left == 0 or wait > LONGEST_WAIT_SECONDS:
                raise
            await asyncio.sleep(wait)
        else:
            return


async def _fetch(server: SpeechServer, request: dict[str, object], target: Path) -> None:
    headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}
    timeout = httpx.Timeout(server.timeout_seconds, connect=server.connect_seconds)
    try:
        async with (
            httpx.AsyncClient(timeout=timeout, headers=headers) as client,
            client.stream("POST", f"{server.url}/audio/speech", json=request) as answer,
        ):
            if answer.status_code >= 400:
                body = await _words(answer)
                raise refusal(server.who, answer.status_code, body, answer.headers, KEY_NAME)
            await _write(server, answer, target)
    except httpx.InvalidURL as error:
        raise UserFault(f"voice.url is no address: {server.url} ({error}).") from error
    except httpx.TimeoutException as error:
        raise PassingFault(
            f"{upper(server.who)} took longer than {server.timeout_seconds:g} s.",
            hint="Raise voice.timeout_seconds, or lower voice.max_characters.",
        ) from error
    except httpx.ConnectError as error:
        raise Unavailable(str(unreachable(server.who, str(error))), hint="Start it, or correct voice.url.") from error
    except httpx.HTTPError as error:
        raise PassingFault(f"{upper(server.who)} broke off in the middle of an answer ({error}).") from error


async def _words(answer: httpx.Response) -> str:
    """The beginning of an answer that is no sound."""
    body = b""
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) >= MOST_WORD_BYTES:
            break
    return body[:MOST_WORD_BYTES].decode("utf-8", "replace")


async def _write(server: SpeechServer, answer: httpx.Response, target: Path) -> None:
    """The sound, as it comes. Raises ``AttemptError`` for one that never ends and for words in its place."""
    if "json" in answer.headers.get("content-type", ""):
        body = await _words(answer)
        raise UserFault(f"{upper(server.who)} answered with words instead of sound: {body[:200]}", log=body)
    size = 0
    with target.open("wb") as file:
        async for chunk in answer.aiter_bytes():
            size += len(chunk)
            if size > MOST_BYTES:
                raise AttemptError(f"{upper(server.who)} sends more than {MOST_BYTES:,} bytes for one sentence.")
            file.write(chunk)
    if size == 0:
        raise PassingFault(f"{upper(server.who)} answered with nothing.")
