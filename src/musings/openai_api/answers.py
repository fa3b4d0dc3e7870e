"""Our results in OpenAI's shapes: pictures, texts, and the events of a stream."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PIECE_CHARACTERS = 40
WORD = re.compile(r"\S+\s*|\s+")
"""A word with the space behind it; together they are the whole text."""

NO_TOKENS: Mapping[str, int] = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
NO_IMAGE_TOKENS: Mapping[str, Any] = {**NO_TOKENS, "input_tokens_details": {"image_tokens": 0, "text_tokens": 0}}


@dataclass(frozen=True)
class MadeText:
    """A text that was written for a prompt. ``tokens`` are those of all agents together; 0 where nobody counted."""

    prompt_id: int
    model: str
    created: int
    text: str
    tokens: int = 0


@dataclass(frozen=True)
class MadePicture:
    """A picture; ``content`` or ``url`` is set. ``size`` is WIDTHxHEIGHT; ``revised`` are the words that it is of."""

    content: bytes | None = None
    url: str | None = None
    size: str | None = None
    revised: str | None = None


def pictures(made: Sequence[MadePicture], created: int, output_format: str) -> bytes:
    """``ImagesResponse`` as JSON."""
    facts = {"created": created, "output_format": output_format, "size": made[0].size}
    head = json.dumps({name: value for name, value in facts.items() if value is not None})
    # Put together by hand: an encoder would look at each of millions of letters for what needs an escape.
    return head[:-1].encode() + b', "data": [' + b", ".join(_picture(each) for each in made) + b"]}"


def _picture(made: MadePicture) -> bytes:
    words = json.dumps({"revised_prompt": made.revised} if made.revised is not None else {})[1:-1].encode()
    place = json.dumps({"url": made.url})[1:-1].encode()
    if made.content is not None:
        place = b'"b64_json": "' + base64.b64encode(made.content) + b'"'
    return b"{" + b", ".join(each for each in (place, words) if each) + b"}"


def completion(made: MadeText) -> dict[str, Any]:
    """``chat.completion``."""
    message = {"role": "assistant", "content": made.text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {**_chat(made, "chat.completion"), "choices": [choice], "usage": _usage(made)}


def completion_chunks(made: MadeText, *, usage: bool) -> Iterator[dict[str, Any]]:
    """``chat.completion.chunk`` by ``chat.completion.chunk``, after :func:`first_chunk`."""
    for piece in pieces(made.text):
        yield _chunk(made, {"content": piece})
    yield _chunk(made, {}, "stop")
    if usage:
        yield {**_chat(made, "chat.completion.chunk"), "choices": [], "usage": _usage(made)}


def first_chunk(made: MadeText) -> dict[str, Any]:
    """What comes at once: somebody has begun to write."""
    return _chunk(made, {"role": "assistant", "content": ""})


def response(made: MadeText, status: str, **said: Any) -> dict[str, Any]:
    """The object of ``/v1/responses``; ``said`` are fields of the request that it repeats, and its error."""
    done = status == "completed"
    usage = {
        "input_tokens": 0,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": made.tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": made.tokens,
    }
    return {
        "id": f"resp_{made.prompt_id}",
        "object": "response",
        "created_at": made.created,
        "status": status,
        "model": made.model,
        "output": [_item(made, "completed", [_part(made.text)])] if done else [],
        "error": None,
        "incomplete_details": None,
        "parallel_tool_calls": False,
        "tool_choice": "none",
        "tools": [],
        "usage": usage if done else None,
        **said,
    }


def opening_events(started: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What comes at once; ``started`` is the response in progress."""
    yield {"type": "response.created", "response": started, "sequence_number": 0}
    yield {"type": "response.in_progress", "response": started, "sequence_number": 1}


def closing_events(made: MadeText, completed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The text in pieces and its end, after :func:`opening_events`."""
    place = {"item_id": f"msg_{made.prompt_id}", "output_index": 0, "content_index": 0}
    deltas = [
        {"type": "response.output_text.delta", **place, "delta": each, "logprobs": []} for each in pieces(made.text)
    ]
    item = {"output_index": 0}
    events: list[dict[str, Any]] = [
        {"type": "response.output_item.added", **item, "item": _item(made, "in_progress", [])},
        {"type": "response.content_part.added", **place, "part": _part("")},
        *deltas,
        {"type": "response.output_text.done", **place, "text": made.text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": _part(made.text)},
        {"type": "response.output_item.done", **item, "item": _item(made, "completed", [_part(made.text)])},
        {"type": "response.completed", "response": completed},
    ]
    yield from ({**event, "sequence_number": number} for number, event in enumerate(events, 2))


def event(data: Mapping[str, Any], *, named: bool = False) -> bytes:
    """A server-sent event; ``named`` by its type."""
    name = f"event: {data['type']}\n" if named else ""
    return f"{name}data: {json.dumps(data)}\n\n".encode()


def pieces(text: str) -> Iterator[str]:
    """A text in pieces that end between words, so that none of them breaks a character."""
    kept = ""
    for word in WORD.findall(text):
        kept += word
        if len(kept) >= PIECE_CHARACTERS:
            yield kept
            kept = ""
    if kept:
        yield kept


def _chat(made: MadeText, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{made.prompt_id}", "object": kind, "created": made.created, "model": made.model}


def _chunk(made: MadeText, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return {**_chat(made, "chat.completion.chunk"), "choices": [choice]}


def _usage(made: MadeText) -> dict[str, int]:
    return {"prompt_tokens": 0, "completion_tokens": made.tokens, "total_tokens": made.tokens}


def _item(made: MadeText, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    place = {"id": f"msg_{made.prompt_id}", "type": "message", "role": "assistant"}
    return {**place, "status": status, "content": content}


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": []}
