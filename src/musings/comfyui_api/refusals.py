"""Refusals in the shape that clients of ComfyUI read: an ``error``, and what is wrong with each node."""

from collections.abc import Mapping
from typing import Any

Complaint = dict[str, Any]


class GraphRefusal(Exception):
    """A request that is not taken, with its HTTP status."""

    def __init__(self, status: int, error: Complaint, node_errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{error['message']} {error['details']}".strip())
        self.status = status
        self.body = {"error": error, "node_errors": dict(node_errors or {})}


def complaint(kind: str, message: str, details: str = "", **extra: Any) -> Complaint:
    """One error: ``type`` is for programs, ``message`` and ``details`` for people, ``extra_info`` for either."""
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


def of_problem(problem: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a problem document (RFC 9457) that something before the routes has answered."""
    kind = str(problem.get("type", "")).rpartition(":")[2].replace("-", "_")
    faults = problem.get("errors") or ()
    details = "; ".join(f"{each['where']}: {each['message']}" for each in faults)
    detail = str(problem.get("detail", ""))
    error = complaint(kind or "error", str(problem.get("title", "")), details if details in detail else detail)
    return {"error": {**error, "details": detail or details}, "node_errors": {}}
