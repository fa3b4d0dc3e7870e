"""What a stream of Comfy API v2 is told of its job, made of our own events.

What is told is asked of the rows at that moment, so nothing depends on what the process remembers: whoever comes back
is told how the job is, and has missed nothing that counts.
"""

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from musings.api.broadcast import EventName, Message
from musings.api.comfyui_v2 import V2Call
from musings.api.comfyui_v2_lookup import named, renewed
from musings.comfyui_api import v2_jobs
from musings.comfyui_api.v2_jobs import ToldJob
from musings.comfyui_api.v2_refusals import V2Refusal

Told = tuple[str, dict[str, Any]]
"""The name of an event, and what it says."""
CODED = ";base64,"


class V2Feed:
    """For one stream. Used by one thread at a time."""

    def __init__(self, call: V2Call, job_id: str) -> None:
        self._call = call
        self._job_id = job_id
        self._job: ToldJob | None = None
        self._node = ""
        self._said: dict[str, dict[str, Any]] = {}
        self.ended = False

    def snapshot(self) -> Sequence[Told]:
        """How the job is; empty, and the end, where it is there no more."""
        return list(self._look())

    def told(self, message: Message) -> Sequence[Told]:
        """What is told when this happened."""
        if message.event == EventName.QUEUE:
            # Others that go before it have ended, or have come.
            return list(self._look()) if self._said.get("status", {}).get("status") == "queued" else []
        if message.event not in (EventName.PROMPT, EventName.PROGRESS, EventName.PREVIEW):
            return []
        data = _object_in(message.data)
        if self._job is None or data.get("id") != self._job.prompt.id:
            return []
        return self._preview(str(data.get("url"))) if message.event == EventName.PREVIEW else list(self._look())

    def _look(self) -> Iterator[Told]:
        job = self._renewed()
        if job is None:  # it was thrown away
            self.ended = True
            return
        progress = v2_jobs.progress(job)
        if progress is not None:
            self._node = progress["current_node"] or self._node
        if not job.has_ended:
            yield from self._new("status", {"status": job.status, "queue_position": job.position})
            yield from self._new("progress", progress) if progress is not None else ()
            return
        # All of them before the last word, after which nobody listens.
        yield from self._outputs(job)
        yield from self._new("status", {"status": job.status, "queue_position": None})
        self.ended = True

    def _renewed(self) -> ToldJob | None:
        if self._job is not None:
            self._job = renewed(self._call, self._job)
            return self._job
        with contextlib.suppress(V2Refusal):  # which the first look of the route has told its caller
            self._job = named(self._call, self._job_id)
        return self._job

    def _outputs(self, job: ToldJob) -> Iterator[Told]:
        for each in v2_jobs.outputs(job, self._call.addresses, self._call.read_text):
            yield "output", each

    def _new(self, event: str, data: dict[str, Any]) -> Iterator[Told]:
        """What was not said just before."""
        if self._said.get(event) != data:
            self._said[event] = data
            yield event, data

    def _preview(self, url: str) -> Sequence[Told]:
        kind, is_coded, coded = url.removeprefix("data:").partition(CODED)
        if not is_coded:  # written by another program
            return []
        return [("preview", {"node_id": self._node, "content_type": kind, "data_base64": coded})]


def _object_in(text: str) -> dict[str, Any]:
    """What an event says; nothing for one that another program wrote and that is no JSON object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
