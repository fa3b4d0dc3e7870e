"""A scripted language model server that speaks OpenAI's protocol, with every fault that the poets must survive.

``GET /v1/models``, ``POST /v1/chat/completions`` (streamed or not) as of
https://platform.openai.com/docs/api-reference/chat.
"""

import itertools
import json
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.server import FakeServer, Handler, Seen


@dataclass(frozen=True)
class Reply:
    """One answer. Faults may be combined with the text that is sent before they strike."""

    text: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    """Sent instead of anything else, as it is."""
    usage: bool = True
    reasoning: str = ""
    delay: float = 0.0
    """Seconds before each part; the server leaves at once when it is closed."""
    cut: bool = False
    """The connection is reset after the text."""
    garbage: bool = False
    """A line that is no JSON follows the text."""
    endless: bool = False
    """The text comes again and again."""
    tool: tuple[str, dict[str, Any]] | None = None
    """A call of a tool instead of text."""


Script = Callable[[Seen], Reply]


def speaker(seen: Seen) -> str:
    """Whose system message came in: the word after "You are"."""
    return str(system(seen)).partition("You are ")[2].split(",")[0].split(".")[0]


def system(seen: Seen) -> str:
    return str(seen.body["messages"][0]["content"])


def in_order(replies: Iterable[Reply | str]) -> Script:
    """Each answer once, the last one for ever."""
    given = [Reply(each) if isinstance(each, str) else each for each in replies]
    steps = itertools.chain(given, itertools.repeat(given[-1]))
    return lambda seen: next(steps)


def a_good_team(draft: str = "Title: The Lamp\n\nSalt on the rail,\na gull that will not land.") -> Script:
    """The writer writes, the reader remarks, the editor approves."""

    def reply(seen: Seen) -> Reply:
        message = system(seen)
        if "you have the last word" in message:
            return Reply("APPROVED")
        return Reply("The second line is good.") if "you are the reader" in message else Reply(draft)

    return reply


class FakeLLM(FakeServer):
    """``script`` answers each chat request; ``models`` is what it claims to have."""

    def __init__(self, script: Script | None = None, models: Sequence[str] = ("muse-7b",)) -> None:
        self.script = script or a_good_team()
        self.models = list(models)
        self.models_reply: Reply | None = None
        super().__init__()

    @property
    def address(self) -> str:
        return f"{self.url}/v1"

    @property
    def chats(self) -> list[Seen]:
        return [seen for seen in self.requests if seen.path.endswith("/chat/completions")]

    def serve(self, handler: Handler, seen: Seen) -> None:
        if seen.path == "/v1/models":
            self._tell_models(handler)
        elif seen.path == "/v1/chat/completions":
            self._chat(handler, seen)
        else:
            handler.answer_json(404, {"error": {"message": f"no route {seen.path}"}})

    def _tell_models(self, handler: Handler) -> None:
        said = self.models_reply
        if said is not None:
            handler.answer(said.status, (said.body or "").encode(), dict(said.headers))
        else:
            handler.answer_json(
                200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
            )

    def _chat(self, handler: Handler, seen: Seen) -> None:
        model = seen.body["model"]
        if model not in self.models:
            handler.answer_json(404, {"error": {"message": f"model '{model}' not found, try pulling it first"}})
            return
        reply = self.script(seen)
        if reply.body is not None or reply.status != 200:
            body = reply.body if reply.body is not None else json.dumps({"error": {"message": reply.text}})
            handler.answer(reply.status, body.encode(), dict(reply.headers))
        elif seen.body.get("stream"):
            self._stream(handler, seen, reply)
        else:
            handler.answer_json(200, _whole(seen, reply))

    def _stream(self, handler: Handler, seen: Seen, reply: Reply) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        for part in self._parts(reply):
            if reply.delay and self.closing.wait(reply.delay):
                return
            handler.wfile.write(b"data: " + json.dumps(_chunk(seen, part)).encode() + b"\n\n")
            handler.wfile.flush()
        if reply.garbage:
            handler.wfile.write(b'data: {"choices": [{"delta": \n\n')
        if reply.cut:
            handler.wfile.flush()
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            handler.connection.close()
            return
        finish = "tool_calls" if reply.tool else "stop"
        handler.wfile.write(b"data: " + json.dumps(_chunk(seen, {}, finish)).encode() + b"\n\n")
        if reply.usage and seen.body.get("stream_options", {}).get("include_usage"):
            usage = {**_chunk(seen, {}), "choices": [], "usage": _usage(reply)}
            handler.wfile.write(b"data: " + json.dumps(usage).encode() + b"\n\n")
        handler.wfile.write(b"data: [DONE]\n\n")

    def _parts(self, reply: Reply) -> Iterable[dict[str, Any]]:
        if reply.reasoning:
            yield {"reasoning_content": reply.reasoning}
        if reply.tool:
            name, arguments = reply.tool
            call = {"index": 0, "id": "call_1", "type": "function"}
            yield {"tool_calls": [{**call, "function": {"name": name, "arguments": json.dumps(arguments)}}]}
        while True:
            yield from ({"content": reply.text[at : at + 12]} for at in range(0, len(reply.text), 12))
            if not reply.endless or self.closing.is_set():
                return


def _usage(reply: Reply) -> dict[str, int]:
    written = len(reply.text.split())
    return {"prompt_tokens": 10, "completion_tokens": written, "total_tokens": 10 + written}


def _chunk(seen: Seen, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": seen.body["model"]}
    return {**head, "choices": [choice]}


def _whole(seen: Seen, reply: Reply) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": reply.text}, "finish_reason": "stop"}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": seen.body["model"]}
    return {**head, "choices": [choice], "usage": _usage(reply)}
