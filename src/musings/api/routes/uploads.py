"""``/api/uploads``: a picture, a sound or a film of one's own, to be worked from."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, BinaryIO

import anyio
from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from musings.api import files
from musings.api.problems import responses
from musings.api.services import Given, Services
from musings.api.uploads import body_with_file, form_of, is_form
from musings.errors import DiskFullError, Fault, InvalidInputError, NotFoundError
from musings.files.artifact_store import ArtifactStore
from musings.late import importing
from musings.models import UPLOAD_REFERENCE, Upload
from musings.store.gallery import uploads as stored
from musings.views import schemas

BODY = {"required": True, "content": body_with_file("a picture, a sound or a film")}

Ref = Annotated[str, PathParameter(max_length=100, description="`upload:…`, as the answer to `POST` said")]

AGAIN = "Free some space, then send it again."

routes = APIRouter(tags=["uploads"])


@routes.post(
    "/api/uploads",
    status_code=201,
    response_model_exclude_none=True,
    responses=responses(400, 413, 415, 422, 503, 507),
    openapi_extra={"requestBody": BODY},
)
async def take(services: Given, request: Request) -> schemas.UploadMeta:
    """Send a file of one's own; its `ref` is what a parameter of type `image`, `audio` or `video` takes.

    The same file has the same `ref`, however often it is sent. It stays as long as a prompt names it, and for a
    day after it was last sent.
    """
    if not is_form(request):
        raise HTTPException(415, "Send a form (multipart/form-data) with the file in its field `file`.")
    most = services.settings.upload_bytes
    with full_disk_is_said(services.media_root):
        async with form_of(request) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise InvalidInputError([Fault("file", "is missing: send it as the field `file` of a form")])
            if (file.size or 0) > most:
                raise HTTPException(413, f"The file is {file.size:,} bytes long; at most {most:,} are taken.")
            found = await anyio.to_thread.run_sync(keep, services, file.file)
    return schemas.UploadMeta(
        ref=found.ref,
        content_type=found.content_type,
        bytes=found.bytes,
        file_url=f"/api/uploads/{found.ref}",
        **found.facts,
    )


@routes.head("/api/uploads/{ref}", include_in_schema=False)
@routes.get("/api/uploads/{ref}", response_class=Response, responses=files.FILE | responses(404, 416, 422, 503))
def one(services: Given, request: Request, ref: Ref) -> Response:
    """The file that was sent."""
    named = UPLOAD_REFERENCE.fullmatch(ref)
    if named is None:
        raise NotFoundError("That is not the ref of an upload.")
    found = services.database.reading(stored.get, named[1])
    return files.serve(request, services.media_root, found.file_path, etag=found.sha256)


@contextmanager
def full_disk_is_said(store: ArtifactStore) -> Iterator[None]:
    """Have a full disk, whoever met it, end as a ``DiskFullError`` that says what to do."""
    try:
        yield
    except DiskFullError as error:
        raise DiskFullError(str(error), hint=AGAIN) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(str(store.full()), hint=AGAIN) from error
        raise


def keep(services: Services, file: BinaryIO) -> Upload:
    """A file that was sent, kept. Raises as ``requests.uploads.take``."""
    with importing():  # with the first file: an API without uploads has no use for what decodes media
        from musings.requests.uploads import take

    received = services.media_root.receiving()
    try:
        file.seek(0)
        with received.open("xb") as target:
            shutil.copyfileobj(file, target, 1 << 20)
        return take(services.database, services.media_root, received)
    finally:
        received.unlink(missing_ok=True)
