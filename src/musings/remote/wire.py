"""The one seam between what a client does and how its bytes travel.

``operations`` is written once, as coroutines over a ``Wire``. Those of the blocking wire never wait for an event loop,
so :func:`completed` runs them to their end by one step.
"""

from collections.abc import AsyncGenerator, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")

UPLOAD_FIELD = "file"


@dataclass(frozen=True)
class ServerRequest:
    """``file`` is sent as a form. ``repeatable``: to send it twice does what sending it once does."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
    repeatable: bool = True
    seconds: float | None = None  # to wait for the answer, beside the wire's own patience


@dataclass(frozen=True)
class ServerAnswer:
    """``headers`` have names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass(frozen=True)
class ServerEvent:
    """One server-sent event; a comment, which only shows that the stream lives, has no name."""

    name: str
    data: str


class NoReply(Exception):
    """Nothing came back. ``sent`` is False where the server cannot have seen the request."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent


class StreamRefused(Exception):
    """A stream that was answered by something else."""

    def __init__(self, answer: ServerAnswer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Wire(Protocol):
    """All of them raise ``NoReply`` where none came."""

    async def ask(self, request: ServerRequest) -> ServerAnswer: ...

    async def save(self, request: ServerRequest, target: Path) -> ServerAnswer:
        """Write the body of a 200 into a file; any other answer comes with its content."""
        ...

    def listen(self, request: ServerRequest, quiet_seconds: float) -> AsyncGenerator[ServerEvent, None]:
        """The events of a stream, until the server ends it; ``NoReply`` after so long without a byte.

        Raises ``StreamRefused``.
        """
        ...

    async def pause(self, seconds: float) -> None: ...


def completed(doing: Coroutine[Any, Any, Result]) -> Result:
    """The result of a coroutine that waits for no event loop."""
    try:
        doing.send(None)
    except StopIteration as end:
        found: Result = end.value
        return found
    doing.close()
    raise RuntimeError("a blocking wire waited for an event loop")
