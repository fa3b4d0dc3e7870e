"""Answers that are written once: from a model to JSON without another look, with an ``ETag`` for who asks again.

FastAPI checks what a route returns against its model, takes it apart into dictionaries, and writes those. What the
route made of such a model itself needs none of that.
"""

import hashlib
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from musings.api.conditional import has_it

UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "the client has this answer already"}}
"""For the OpenAPI document."""


def written(request: Request, answer: BaseModel) -> Response:
    """The answer as compact JSON; 304 for a client that has the same one already.

    The tag is a weak one (RFC 9110, section 8.8.1): the same answer may leave with different content codings.
    """
    body = answer.model_dump_json(by_alias=True).encode()
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    if has_it(request.headers, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag})
