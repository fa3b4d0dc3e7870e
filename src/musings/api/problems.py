"""Errors as RFC 9457 problem documents. The only place where an error of ours becomes an HTTP answer."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from musings import logs
from musings.api import page
from musings.errors import (
    BusyError,
    ConflictError,
    DiskFullError,
    Fault,
    InvalidInputError,
    MusingsError,
    NotFoundError,
    PassingFault,
    PathError,
    QueueFullError,
    RefusedError,
    StoreError,
    UnreachableError,
    UserFault,
)

MEDIA_TYPE = "application/problem+json"
BUSY_SECONDS, FULL_SECONDS = 5, 30
"""When to come again: to a database that is busy, to a queue that is full."""

REFERENCE = "#/components/schemas/{model}"

STATUS_OF: tuple[tuple[type[MusingsError], int], ...] = (
    (InvalidInputError, 422),
    (UserFault, 422),
    (NotFoundError, 404),
    (PathError, 404),
    (ConflictError, 409),
    (RefusedError, 409),
    (QueueFullError, 503),
    (BusyError, 503),
    (DiskFullError, 507),
    (UnreachableError, 503),
    (PassingFault, 503),
    (StoreError, 503),
    (MusingsError, 500),
)


class ProblemError(BaseModel):
    where: str
    message: str


class Problem(BaseModel):
    """RFC 9457. ``errors`` lists each fault of a request that could not be taken."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError] | None = None


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem answers of a route, for OpenAPI."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
        }
        for status in statuses
    }


def describe(openapi: dict[str, Any]) -> None:
    """Add to an OpenAPI document what holds for every route: problems, and what the request checks answer."""
    shape = Problem.model_json_schema(ref_template=REFERENCE)
    openapi["components"]["schemas"] |= {**shape.pop("$defs"), "Problem": shape}
    for methods in openapi["paths"].values():
        for method, operation in methods.items():
            everywhere = (421, 500) if method == "get" else (403, 413, 421, 500)
            body = (400, 415) if "requestBody" in operation else ()
            given = operation["responses"] | {str(k): v for k, v in responses(*everywhere, *body).items()}
            operation["responses"] = dict(sorted(given.items()))


def answer(
    status: int,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    kind: str = "",
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    title = HTTPStatus(status).phrase
    name = kind or title.lower().replace(" ", "-")
    body: dict[str, Any] = {"type": f"urn:musings:{name}", "title": title, "status": status, "detail": detail}
    if faults:
        body["errors"] = [{"where": fault.where, "message": fault.message} for fault in faults]
    return _Answer(body, status, headers, media_type=MEDIA_TYPE)


class _Answer(JSONResponse):
    def render(self, content: Any) -> bytes:
        """In ASCII, because a problem quotes what came in, and that may be no Unicode."""
        return json.dumps(content).encode("ascii")


def install(app: FastAPI, redact: Callable[[str], str] = lambda words: words) -> None:
    """Answer every error that routes raise on purpose by a problem document; the request checks see to the others.

    ``redact`` takes secrets out of what an error of ours says.
    """

    def ours(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, MusingsError)  # noqa: S101 (the registration says so)
        return of(error, redact)

    app.add_exception_handler(MusingsError, ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def of(error: MusingsError, redact: Callable[[str], str] = lambda words: words) -> JSONResponse:
    """The answer to an error of ours."""
    status = next(code for kind, code in STATUS_OF if isinstance(error, kind))
    faults = error.faults if isinstance(error, InvalidInputError) else ()
    patience = FULL_SECONDS if isinstance(error, QueueFullError) else BUSY_SECONDS
    headers = {"Retry-After": str(patience)} if status == 503 else None
    if status >= 500:
        logs.get("api").error("request failed", error=error.explained)
    return answer(status, redact(error.explained), faults=faults, headers=headers)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (the registration says so)
    found = error.errors()
    if isinstance(error.body, bytes) and error.body:  # FastAPI leaves a body of another type as it came
        given = request.headers.get("content-type", "none")
        return answer(415, f"Send the body as application/json; its Content-Type was {given[:100]}.")
    if any(each["type"] == "json_invalid" for each in found):
        return answer(400, f"The body is not valid JSON: {found[0].get('ctx', {}).get('error', 'it cannot be read')}.")
    faults = [Fault(_where(each["loc"]), _message(each)) for each in found]
    return answer(422, "; ".join(f"{fault.where}: {fault.message}" for fault in faults), faults=faults)


def _where(location: Sequence[str | int]) -> str:
    parts = [str(part) for part in location]
    return ".".join(parts[1:] if len(parts) > 1 else parts)


def _message(found: dict[str, Any]) -> str:
    if found["type"] == "extra_forbidden":
        return "is not a field of this request"
    return str(found["msg"]).removeprefix("Value error, ")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (the registration says so)
    path = request.url.path
    if error.status_code == 404 and page.wants_page(request.method, path, request.headers.get("accept")):
        return page.nowhere()
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return answer(404, f"There is nothing at {path[:200]}.", headers=headers)
    if error.status_code == 405:
        headers["Allow"] = allowed = ", ".join(_methods(request))
        return answer(405, f"{request.method} is not possible at {path[:200]}; possible: {allowed}.", headers=headers)
    return answer(error.status_code, _WORDS.get(error.detail, error.detail), headers=headers)


def _methods(request: Request) -> list[str]:
    """What a path allows (RFC 9110, section 15.5.6 wants all of it; Starlette names the first route's alone)."""
    return [
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


_WORDS = {
    "There was an error parsing the body": "The body cannot be read as JSON: is it UTF-8, and are its numbers sane?",
}
"""What FastAPI says, as we say it."""


def unexpected(path: str, error: Exception) -> JSONResponse:
    """The answer to a bug of ours."""
    logs.get("api").error("bug in a route", path=path, exc_info=error)
    detail = f"Musings made a mistake ({type(error).__name__}). The log of the API has the report."
    return answer(500, detail)
