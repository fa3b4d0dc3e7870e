"""What OpenAI's clients send beside plain JSON: forms with files, and pictures that are named, not sent."""

import base64
import binascii
import io
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, TypeVar

import anyio
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from musings.api.routes.uploads import full_disk_is_said, keep
from musings.api.services import Services
from musings.api.uploads import is_form
from musings.errors import InvalidInputError
from musings.models import UPLOAD_REFERENCE
from musings.openai_api import wishes
from musings.openai_api.bodies import ImageReference
from musings.openai_api.refusals import ApiRefusal, of_faults

Body = TypeVar("Body", bound=BaseModel)

MOST_FIELDS = 64
DATA = re.compile(r"data:image/[\w.+-]+;base64,", re.ASCII)
ARTIFACT_REFERENCE = re.compile(r"artifact:[0-9]{1,18}", re.ASCII)


@asynccontextmanager
async def submitted(request: Request, model: type[Body], field: str) -> AsyncIterator[tuple[Body, UploadFile | None]]:
    """A body that is a form, perhaps with a file in ``field``, or JSON; the file is closed at the end of the block.

    Raises ``ApiRefusal`` for what is neither, and as :func:`validated`.
    """
    if is_form(request):
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            file = form.get(field)
            yield of_form(model, form), file if isinstance(file, UploadFile) else None
        return
    try:
        given = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        words = "The body must be JSON, or a form (multipart/form-data)."
        raise ApiRefusal(400, words, code="invalid_json") from error
    yield validated(model, given), None


async def reference(services: Services, file: UploadFile | None, named_file: ImageReference | None, name: str) -> str:
    """The reference of a picture that was sent, or else named. Raises ``ApiRefusal`` and ``DiskFullError``."""
    with full_disk_is_said(services.media_root):
        if file is not None:
            return await anyio.to_thread.run_sync(kept, services, file.file, name)
        return await anyio.to_thread.run_sync(named, services, named_file or ImageReference(), name)


def of_form(model: type[Body], form: FormData, given: Mapping[str, Any] | None = None) -> Body:
    """The fields of a form as a body; ``given`` are those that it may leave out. Raises as :func:`validated`."""
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    return validated(model, wishes.gathered({**(given or {}), **texts}))


def validated(model: type[Body], given: Any) -> Body:
    """A body. Raises ``RequestValidationError``, as a route does by itself for a body that it is given as JSON."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from error


def kept(services: Services, file: BinaryIO, name: str) -> str:
    """The reference of a file that was sent in a field of the form. Raises ``ApiRefusal``."""
    try:
        return keep(services, file).ref
    except InvalidInputError as error:
        raise of_faults(error, {"file": name}) from error


def named(services: Services, reference: ImageReference, name: str) -> str:
    """The reference of a picture that was named. Raises ``ApiRefusal``; no address of another server is fetched."""
    if reference.file_id is not None:
        if UPLOAD_REFERENCE.fullmatch(reference.file_id) or ARTIFACT_REFERENCE.fullmatch(reference.file_id):
            return reference.file_id
        words = "must be the ref of an upload (upload:…) or artifact:ID"
        raise ApiRefusal(400, f"{name}.file_id: {words}", param=f"{name}.file_id")
    address = reference.image_url or ""
    head = DATA.match(address)
    if head is None:
        # Whoever may write must not have this server look around in the network that it is in.
        words = "must be a data: address with base64; send the file itself, this server fetches no other address"
        raise ApiRefusal(400, f"{name}.image_url: {words}", param=f"{name}.image_url")
    try:
        content = base64.b64decode(address[head.end() :], validate=True)
    except (ValueError, binascii.Error) as error:
        raise ApiRefusal(400, f"{name}.image_url: is no base64", param=f"{name}.image_url") from error
    return kept(services, io.BytesIO(content), f"{name}.image_url")
