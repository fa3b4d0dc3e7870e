"""Server-sent events, from lines (WHATWG HTML, section 9.2.6)."""

from musings.remote.wire import ServerEvent

BEAT = ServerEvent("", "")
"""A comment, which only shows that the stream lives."""


class EventLines:
    """Takes lines without their ends; gives an event for each empty line after data, and a beat for a comment."""

    def __init__(self) -> None:
        self._name = ""
        self._data: list[str] = []

    def take(self, line: str) -> ServerEvent | None:
        if line.startswith(":"):
            return BEAT
        if line == "":
            return self._ended()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        return None

    def _ended(self) -> ServerEvent | None:
        name, data = self._name or "message", self._data
        self._name, self._data = "", []
        return ServerEvent(name, "\n".join(data)) if data else None
