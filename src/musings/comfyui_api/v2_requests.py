"""What callers of Comfy API v2 ask for, checked: the body of a new job, and the record over a file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from musings.comfyui_api.v2_labels import checked_labels
from musings.comfyui_api.v2_references import digest_in
from musings.comfyui_api.v2_refusals import V2Refusal

FIELDS = ("workflow", "extra_data", "metadata", "priority")
LATER = ("webhook_url", "inputs")
"""Names that the contract keeps for itself."""
EXTRA = ("api_key_comfy_org",)
HIGHEST_PRIORITY = 1_000_000
MOST_TAGS, LONGEST_TAG = 32, 100
LONGEST_PATH = 300
SHORTEST_SECONDS, LONGEST_SECONDS = 60, 604_800
"""Of ``expires_in``, as the contract has it."""


@dataclass(frozen=True)
class WantedJob:
    """A body of ``POST /jobs``. ``same`` tells whether another one asks for the same: ``extra_data`` does not count."""

    graph: dict[str, Any]
    labels: dict[str, str]
    priority: int
    same: str


@dataclass(frozen=True)
class WantedRecord:
    """What a record over a file is to say. ``kept_for`` is None where nobody asks for a time."""

    file_path: str | None
    tags: list[str]
    kept_for: timedelta | None


def wanted_job(body: Mapping[str, Any]) -> WantedJob:
    """Raises ``V2Refusal`` (422)."""
    for name in body:
        # Not left aside: what is not done for a caller must not look as if it were.
        if name not in FIELDS:
            words = "is reserved, and not taken yet" if name in LATER else "is no field of this request"
            raise V2Refusal(422, "invalid_request", f"{name[:100]} {words}; known: {', '.join(FIELDS)}.")
    graph = body.get("workflow")
    if not isinstance(graph, dict) or not graph:
        raise V2Refusal(422, "invalid_workflow", "workflow must be a graph in API format: an object of nodes.")
    # No node of a graph is a list, so this is what the page of ComfyUI saves.
    if isinstance(graph.get("nodes"), list):
        words = "workflow is in the format that ComfyUI saves. Export it in API format (Workflow, Export (API))."
        raise V2Refusal(422, "workflow_format_ui", words)
    _check_extra(body.get("extra_data"))
    labels, priority = checked_labels(body.get("metadata")), _priority(body.get("priority"))
    # Sorted keys: two clients may write the same object in another order.
    told = json.dumps([graph, labels, priority], sort_keys=True)
    return WantedJob(graph, labels, priority, hashlib.sha256(told.encode()).hexdigest())


def wanted_record(given: Mapping[str, Any], tags: object) -> WantedRecord:
    """Of a form or a JSON object, which say ``tags`` differently. Raises ``V2Refusal`` (422)."""
    path = given.get("file_path")
    if path is not None and not (isinstance(path, str) and path.isprintable() and 0 < len(path) <= LONGEST_PATH):
        raise invalid("file_path", f"must be a name of 1 to {LONGEST_PATH} characters that can be printed")
    tags = [] if tags is None else tags
    if not isinstance(tags, list) or len(tags) > MOST_TAGS or not all(_is_tag(each) for each in tags):
        raise invalid("tags", f"must be at most {MOST_TAGS} texts of 1 to {LONGEST_TAG} characters")
    return WantedRecord(path, tags, _kept_for(given.get("expires_in")))


def expected_digest(given: object) -> str | None:
    """The BLAKE3 in hex that a caller says its bytes have; None where it says nothing. Raises ``V2Refusal`` (422)."""
    found = digest_in(given)
    if given is not None and found is None:
        raise invalid("expected_hash", "must be blake3: and 64 hexadecimal digits")
    return found


def invalid(name: str, what: str) -> V2Refusal:
    return V2Refusal(422, "invalid_request", f"{name} {what}.")


def _check_extra(given: object) -> None:
    """A closed object. Its key is of an account for partner nodes, which would be in the database in the clear."""
    if given is None:
        return
    if not isinstance(given, dict) or any(name not in EXTRA or not isinstance(given[name], str) for name in given):
        raise invalid("extra_data", f"may have {' and '.join(EXTRA)} alone, which is a text")


def _priority(given: object) -> int:
    if given is None:
        return 0
    # In Python a bool is an int, in JSON it is not.
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) > HIGHEST_PRIORITY:
        raise invalid("priority", f"must be a whole number up to {HIGHEST_PRIORITY:,} either way; more is sooner")
    return given


def _kept_for(seconds: object) -> timedelta | None:
    if seconds is None:
        return None
    # A form has texts, JSON has numbers.
    text = str(seconds)
    if isinstance(seconds, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid("expires_in", "must be a number of seconds")
    if not SHORTEST_SECONDS <= int(text) <= LONGEST_SECONDS:
        raise invalid("expires_in", f"must be from {SHORTEST_SECONDS} to {LONGEST_SECONDS:,}")
    return timedelta(seconds=int(text))


def _is_tag(given: object) -> bool:
    return isinstance(given, str) and given.isprintable() and 0 < len(given) <= LONGEST_TAG
