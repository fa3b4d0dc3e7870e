"""Forms with a file; and what was sent as a workflow file, judged by what it holds, not by what it says it is.

Nothing is unpacked and nothing is run. The request checks have limited the size of the body before.
"""

import codecs
import json
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from typing import Any

import anyio
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from musings.errors import Fault, InvalidInputError

MOST_FIELDS = 8
HEAD_BYTES = 64
DEEPEST = 100
TEXT_IN_JSON = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""As Windows programs save: the mark tells."""
STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
WANTED = 'send a form with a file, or JSON such as {"name": "fox.json", "workflow": {…}}'


def body_with_file(description: str) -> dict[str, Any]:
    """What OpenAPI says of a body that is a form with a file in its field ``file``, by its media type."""
    file = {"type": "string", "format": "binary", "description": description}
    return {"multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": file}}}}


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


def form_of(request: Request) -> AbstractAsyncContextManager[FormData]:
    """The form of a request, with one file at most; its file is closed at the end of the block."""
    return request.form(max_files=1, max_fields=MOST_FIELDS)


@asynccontextmanager
async def submitted_workflow(request: Request) -> AsyncIterator[tuple[str, bytes | mmap]]:
    """The name and the content of what was sent, as a form with a file or as JSON; gone at the end of the block.

    Raises ``InvalidInputError`` for what is neither, for what is neither a text nor a file that may carry a workflow,
    and for JSON that is nested too deep.
    """
    if is_form(request):
        async with form_of(request) as form, file_in(form) as sent:
            yield sent
        return
    # In a thread: a large body must not hold up everybody else.
    yield await anyio.to_thread.run_sync(_named_graph, await request.body())


@asynccontextmanager
async def file_in(form: FormData) -> AsyncIterator[tuple[str, bytes | mmap]]:
    """The name and the content of the workflow file of a form. Raises as :func:`submitted_workflow`."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise _refused("file", "is missing: send the workflow as the file of a form")
    head = await file.read(HEAD_BYTES)
    await file.seek(0)
    if is_binary(head) and not file.filename.lower().endswith(".py"):
        # Mapped and not read: a film may be large, and only small parts of it are looked at.
        with mmap(file.file.fileno(), 0, access=ACCESS_READ) as content:
            yield file.filename, content
        return
    content_read = await file.read()
    is_json = file.filename.lower().endswith(".json")
    await anyio.to_thread.run_sync(lambda: text_of(content_read, is_json=is_json))
    yield file.filename, content_read


def is_binary(head: bytes) -> bool:
    """Whether a file begins as a picture, a sound or a film and not as a text, or an archive."""
    if head.startswith((*(mark for mark, _ in WIDE), codecs.BOM_UTF8, b"PK", b"\x1f\x8b")):
        return False
    # UTF-16 without a mark, in which every other byte of Latin letters is zero.
    if head[:1] in (b"{", b"[") or head[1:2] in (b"{", b"["):
        return False
    return any(byte < 9 or 13 < byte < 32 or byte > 127 for byte in head[:16])


def text_of(content: bytes, *, is_json: bool) -> str:
    """The text of a file, UTF-8 or what its byte order mark says.

    Raises ``InvalidInputError`` when it is none, or JSON deeper than any workflow.
    """
    wide = next((name for mark, name in WIDE if content.startswith(mark)), None)
    try:
        text = content.decode(wide or "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise _refused("file", "is no text: send the .json or the .py itself, not an archive or a picture")
    if is_json and depth(text) > DEEPEST:
        raise _refused("file", f"is JSON nested more than {DEEPEST} deep, which is no workflow")
    return text


def depth(text: str) -> int:
    """How deep JSON is nested, found without reading it: a reader would run out of stack."""
    bare = TEXT_IN_JSON.sub("", text)
    return max(accumulate((STEP[sign] for sign in bare if sign in STEP), initial=0))


def _named_graph(content: bytes) -> tuple[str, bytes]:
    """The name and the graph of a body that is JSON."""
    body = _object(text_of(content, is_json=True))
    name, workflow = body.get("name"), body.get("workflow")
    if not isinstance(name, str) or not isinstance(workflow, dict):
        raise _refused("body", WANTED)
    return name if name.endswith(".json") else f"{name}.json", json.dumps(workflow).encode()


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _refused("body", WANTED) from error
    if not isinstance(found, dict):
        raise _refused("body", WANTED)
    return found


def _refused(where: str, message: str) -> InvalidInputError:
    return InvalidInputError([Fault(where, message)])
