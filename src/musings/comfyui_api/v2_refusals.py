"""Refusals in the shape of Comfy API v2: an ``error`` with a ``code`` for programs and a ``message`` for people.

The codes are those of its contract (docs.comfy.org, ``openapi-v2.yaml``); where it has none for a case, the word of the
status.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from musings.comfyui_api.refusals import GraphRefusal

CODES: Mapping[int, str] = {
    400: "invalid_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "payload_too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    421: "misdirected_request",
    422: "invalid_request",
    429: "rate_limited",
    507: "insufficient_storage",
}
UNEXPECTED = "upstream_error"


class V2Refusal(Exception):
    """A request that is not taken, with its HTTP status."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = envelope(code, message, details)
        self.headers = dict(headers or {})


def envelope(code: str, message: str, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "details": None if details is None else dict(details)}}


def of_problem(problem: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a problem document (RFC 9457) that something before the routes has answered."""
    code = CODES.get(int(problem.get("status", 500)), UNEXPECTED)
    faults = problem.get("errors")
    words = str(problem.get("detail") or problem.get("title") or "")
    return envelope(code, words, {"errors": faults} if faults else None)


def of_graph(refused: GraphRefusal) -> V2Refusal:
    """Of a graph that ComfyUI would not take, with what is wrong with each node."""
    error = refused.body["error"]
    told = dict(_by_node(refused.body["node_errors"]))
    named = error["extra_info"].get("node_id")
    if named is not None and not told:
        told = {str(named): [{"field": "class_type", "reason": error["type"], "message": error["message"]}]}
    words = f"{error['message']} {error['details']}".strip()
    return V2Refusal(422, "invalid_workflow", words, {"node_errors": told} if told else None)


def _by_node(node_errors: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for node, entry in node_errors.items():
        yield (
            node,
            [
                {
                    "field": each["extra_info"].get("input_name"),
                    "reason": each["type"],
                    "message": f"{each['message']}: {each['details']}",
                }
                for each in entry["errors"]
            ],
        )
