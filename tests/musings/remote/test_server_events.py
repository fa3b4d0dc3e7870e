"""Server-sent events, line by line."""

from musings.remote.server_events import BEAT, EventLines
from musings.remote.wire import ServerEvent


def taken(text: str) -> list[ServerEvent]:
    lines = EventLines()
    return [event for line in text.split("\n") if (event := lines.take(line)) is not None]


def test_events_end_with_an_empty_line() -> None:
    text = "id: 4\nevent: prompt\ndata: {\ndata: }\nretry: 5\n\n: ping\n\ndata:plain\n\nevent: nothing\n\ndata: unended"
    assert taken(text) == [ServerEvent("prompt", "{\n}"), BEAT, ServerEvent("message", "plain")]
