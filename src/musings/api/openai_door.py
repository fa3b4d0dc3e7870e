"""What stands before the routes of OpenAI's protocol: every error in its shape, and the headers that name the prompt.

Plain ASGI, outermost, so that refusals of the request checks and of the access control are translated as well.
"""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from musings.api import problems
from musings.api.authorization import is_openai
from musings.api.calls import LostCalls
from musings.openai_api.refusals import ApiRefusal, of_problem

PROMPT = "X-Musings-Prompt"
SHOULD_RETRY = "x-should-retry"
"""What OpenAI's clients obey: a call that became a prompt must not become two."""


def install(app: FastAPI) -> None:
    app.state.lost_calls = LostCalls()
    app.add_exception_handler(ApiRefusal, _refused)
    app.add_middleware(OpenAIDoor)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiRefusal)  # noqa: S101 (the registration says so)
    return JSONResponse(error.body, error.status, error.headers)


class OpenAIDoor:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_openai(scope["path"]):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        # Pictures in base64 get hardly smaller, and trying to costs a caller longer than sending them does.
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self._app({**scope, "headers": plain}, receive, _Translated(send, state))


class _Translated:
    """``send`` that holds back a problem document until it is whole, and sends an error of OpenAI's in its place."""

    def __init__(self, send: Send, state: Mapping[str, Any]) -> None:
        self._send = send
        self._state = state
        self._start: Message | None = None
        self._problem = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._mark(message)
            if Headers(raw=message["headers"]).get("content-type") == problems.MEDIA_TYPE:
                self._start = message
                return
        if self._start is not None:
            self._problem += message.get("body", b"")
            if message.get("more_body"):
                return
            start, self._start = self._start, None
            message = {**message, "body": _translate(start, self._problem)}
            self._mark(start)
            await self._send(start)
        await self._send(message)

    def _mark(self, start: Message) -> None:
        prompt = self._state.get("prompt")
        if prompt is None:
            return
        headers = MutableHeaders(scope=start)
        headers[PROMPT] = str(prompt)
        if start["status"] >= 400 and not self._state.get("repeatable"):
            headers[SHOULD_RETRY] = "false"


def _translate(start: Message, problem: bytes) -> bytes:
    """The body of the error; ``start`` then says so. A ``HEAD`` has none."""
    found = json.loads(problem) if problem else {"status": start["status"]}
    start["status"], error = of_problem(found)
    body = json.dumps(error).encode("ascii") if problem else b""
    headers = MutableHeaders(scope=start)
    headers["Content-Type"] = "application/json"
    if problem:
        headers["Content-Length"] = str(len(body))
    return body
