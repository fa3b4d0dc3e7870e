"""Errors as RFC 9457 problem documents. The only place where an error of ours becomes an HTTP answer."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from musings import logs
from musings.errors import (
    BusyError,
    ConflictError,
    DiskFullError,
    Fault,
    InvalidInputError,
    MusingsError,
    NotFoundError,
    PathError,
    StoreError,
    UnreachableError,
    UserFault,
)

MEDIA_TYPE = "application/problem+json"

STATUS_OF: tuple[tuple[type[MusingsError], int], ...] = (
    (InvalidInputError, 422),
    (UserFault, 422),
    (NotFoundError, 404),
    (PathError, 404),
    (ConflictError, 409),
    (BusyError, 503),
    (DiskFullError, 507),
    (UnreachableError, 503),
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
            "model": Problem,
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


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
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have every error of the application answered by a problem document."""
    app.add_exception_handler(MusingsError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _ours(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MusingsError)  # noqa: S101 (the registration says so)
    status = next(code for kind, code in STATUS_OF if isinstance(error, kind))
    faults = error.faults if isinstance(error, InvalidInputError) else ()
    headers = {"Retry-After": "5"} if status == 503 else None
    if status >= 500:
        logs.get("api").error("request failed", error=error.explained)
    return answer(status, error.explained, faults=faults, headers=headers)


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (the registration says so)
    found = error.errors()
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


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (the registration says so)
    return answer(error.status_code, str(error.detail), headers=dict(error.headers or {}))


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    logs.get("api").error("bug in a route", path=request.url.path, exc_info=error)
    detail = f"Musings made a mistake ({type(error).__name__}). The log of the API has the report."
    return answer(500, detail)
