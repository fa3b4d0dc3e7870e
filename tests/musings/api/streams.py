"""A reader of server-sent events, as a browser's EventSource is one (https://html.spec.whatwg.org, section 9.2)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

WAIT = 10.0


@dataclass(frozen=True)
class Event:
    id: str
    event: str
    data: Any


class Stream:
    """One open stream; ``last_id`` is what a browser would send when it reconnects."""

    def __init__(self, response: httpx.Response, last_id: str | None) -> None:
        self.response = response
        self.last_id = last_id
        self._events = self._read(response.iter_lines())

    def next(self) -> Event:
        return next(self._events)

    def rest(self) -> list[Event]:
        """Everything to the end of the stream."""
        return list(self._events)

    def until(self, wanted: Callable[[Event], bool]) -> list[Event]:
        """Everything up to and including the first event that is wanted."""
        found = []
        for event in self._events:
            found.append(event)
            if wanted(event):
                return found
        raise AssertionError(f"the stream ended before what was wanted: {found}")

    def prompt(self, prompt_id: int, status: str) -> dict[str, Any]:
        """The prompt as the stream shows it once it has a status."""
        last = self.until(lambda e: e.event == "prompt" and e.data["id"] == prompt_id and _status(e) == status)[-1]
        found: dict[str, Any] = last.data["prompt"]
        return found

    def _read(self, lines: Iterator[str]) -> Iterator[Event]:
        fields: dict[str, str] = {}
        for line in lines:
            if line:
                name, _, value = line.partition(":")
                fields[name] = fields[name] + "\n" + value.removeprefix(" ") if name in fields else value[1:]
                continue
            if "data" in fields:
                self.last_id = fields["id"]
                yield Event(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}


def _status(event: Event) -> str | None:
    prompt = event.data["prompt"]
    return None if prompt is None else str(prompt["status"])


@contextmanager
def stream(address: str, last_id: str | None = None, query: str = "") -> Iterator[Stream]:
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    with (
        httpx.Client(timeout=WAIT) as client,
        client.stream("GET", f"{address}/api/events{query}", headers=headers) as response,
    ):
        yield Stream(response, last_id)
