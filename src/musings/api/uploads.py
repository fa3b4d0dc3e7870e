"""What was sent as a workflow file, taken apart and judged by what it holds, not by what it says it is.

Nothing is unpacked and nothing is run. The request checks have limited the size of the body before.
"""

import codecs
import json
import re
from itertools import accumulate
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from musings.errors import Fault, InvalidInputError

MOST_FIELDS = 8
DEEPEST = 100
TEXT_IN_JSON = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""As Windows programs save: the mark tells."""
STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
WANTED = 'send a form with a file, or JSON such as {"name": "fox.json", "workflow": {…}}'


async def submitted_workflow(request: Request) -> tuple[str, bytes]:
    """The name and the content of what was sent, as a form with a file or as JSON.

    Raises ``InvalidInputError`` for what is neither, for what is no text, and for JSON that is nested too deep.
    """
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise _refused("file", "is missing: send the workflow as the file of a form")
            content = await file.read()
            text_of(content, is_json=file.filename.lower().endswith(".json"))
            return file.filename, content
    body = _object(text_of(await request.body(), is_json=True))
    name, workflow = body.get("name"), body.get("workflow")
    if not isinstance(name, str) or not isinstance(workflow, dict):
        raise _refused("body", WANTED)
    return name if name.endswith(".json") else f"{name}.json", json.dumps(workflow).encode()


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
