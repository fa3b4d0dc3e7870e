"""Errors in OpenAI's shape: ``{"error": {"message", "type", "param", "code"}}``.

https://platform.openai.com/docs/guides/error-codes/api-errors
"""

from collections.abc import Mapping
from typing import Any

from musings.errors import Fault, InvalidInputError

TYPES: Mapping[int, str] = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}
CODES: Mapping[int, str] = {
    401: "invalid_api_key",
    403: "insufficient_permissions",
    404: "not_found",
    409: "conflict",
    413: "request_too_large",
    429: "rate_limit_exceeded",
    503: "service_unavailable",
    504: "still_working",
    507: "disk_full",
}


class ApiRefusal(Exception):
    """A call that is not taken, or ended without a result.

    ``param`` names the field of the request; ``retry_after`` (s) says when to come again.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(status, message, param=param, code=code)
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


def error_body(status: int, message: str, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """The JSON object of an error with this HTTP status."""
    kind = TYPES.get(status) or ("server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code or CODES.get(status)}}


def of_problem(problem: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """The status and the body for a problem document (RFC 9457) of ours."""
    status = int(problem.get("status", 500))
    faults = problem.get("errors") or [{}]
    # OpenAI knows no 422: what cannot be taken is a 400 that names the parameter.
    answered = 400 if status == 422 else status
    return answered, error_body(answered, str(problem.get("detail", "")), param=faults[0].get("where"))


def of_faults(error: InvalidInputError, names: Mapping[str, str]) -> ApiRefusal:
    """What our check found, under the names that the caller knows: ``names`` maps a place of ours to a field of theirs.

    ``parameters.width`` has the field of ``width`` there; what has none keeps its own name.
    """
    # Once each: width and height are both the size.
    faults = list(dict.fromkeys(Fault(_named(fault.where, names), fault.message) for fault in error.faults))
    words = "; ".join(f"{fault.where}: {fault.message}" for fault in faults)
    return ApiRefusal(400, f"{words}. {error.hint}" if error.hint else words, param=faults[0].where)


def _named(where: str, names: Mapping[str, str]) -> str:
    bare = where.removeprefix("parameters.")
    return names.get(bare, bare)
