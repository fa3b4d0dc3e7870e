"""The two ways of bytes: httpx with an event loop, and without one."""

import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import anyio
import httpx

from musings.remote.connection import Connection, answer_of, built, no_reply
from musings.remote.server_events import EventLines
from musings.remote.wire import ServerAnswer, ServerEvent, ServerRequest, StreamRefused

CHUNK_BYTES = 1 << 18


class BlockingWire:
    """Waits within its calls: its coroutines never wait for an event loop."""

    def __init__(self, connection: Connection) -> None:
        self._http = httpx.Client(**connection.options)

    def close(self) -> None:
        self._http.close()

    async def ask(self, request: ServerRequest) -> ServerAnswer:
        try:
            with built(self._http, request) as made:
                response = self._http.send(made)
        except httpx.HTTPError as error:
            raise no_reply(error) from error
        return answer_of(response, response.content)

    async def save(self, request: ServerRequest, target: Path) -> ServerAnswer:
        try:
            with built(self._http, request) as made:
                response = self._http.send(made, stream=True)
            try:
                # A refusal is small and has words; it does not belong into the file.
                if response.status_code != 200:
                    return answer_of(response, response.read())
                with target.open("wb") as file:
                    for chunk in response.iter_bytes(CHUNK_BYTES):
                        file.write(chunk)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise no_reply(error) from error
        return answer_of(response)

    async def listen(self, request: ServerRequest, quiet_seconds: float) -> AsyncGenerator[ServerEvent, None]:
        try:
            with built(self._http, replace(request, seconds=quiet_seconds)) as made:
                response = self._http.send(made, stream=True)
            try:
                if not _is_stream(response):
                    raise StreamRefused(answer_of(response, response.read()))
                lines = EventLines()
                for line in response.iter_lines():
                    if (event := lines.take(line)) is not None:
                        yield event
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise no_reply(error) from error

    async def pause(self, seconds: float) -> None:
        time.sleep(seconds)


class AsyncWire:
    """``transport`` is another way than the network."""

    def __init__(self, connection: Connection, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # A transport of one's own is not to be passed by because of a proxy in the environment.
        self._http = httpx.AsyncClient(**connection.options, transport=transport, trust_env=transport is None)

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, request: ServerRequest) -> ServerAnswer:
        try:
            with built(self._http, request) as made:
                response = await self._http.send(made)
        except httpx.HTTPError as error:
            raise no_reply(error) from error
        return answer_of(response, response.content)

    async def save(self, request: ServerRequest, target: Path) -> ServerAnswer:
        try:
            with built(self._http, request) as made:
                response = await self._http.send(made, stream=True)
            try:
                if response.status_code != 200:
                    return answer_of(response, await response.aread())
                async with await anyio.open_file(target, "wb") as file:
                    async for chunk in response.aiter_bytes(CHUNK_BYTES):
                        await file.write(chunk)
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise no_reply(error) from error
        return answer_of(response)

    async def listen(self, request: ServerRequest, quiet_seconds: float) -> AsyncGenerator[ServerEvent, None]:
        try:
            with built(self._http, replace(request, seconds=quiet_seconds)) as made:
                response = await self._http.send(made, stream=True)
            try:
                if not _is_stream(response):
                    raise StreamRefused(answer_of(response, await response.aread()))
                lines = EventLines()
                async for line in response.aiter_lines():
                    if (event := lines.take(line)) is not None:
                        yield event
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise no_reply(error) from error

    async def pause(self, seconds: float) -> None:
        await anyio.sleep(seconds)


def _is_stream(response: httpx.Response) -> bool:
    kind = response.headers.get("content-type", "")
    return response.status_code == 200 and kind.startswith("text/event-stream")
