"""``/api/uploads``: a picture, a sound or a film of one's own, to be worked from."""

import errno
import shutil
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import anyio
from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from musings.api import files
from musings.api.problems import responses
from musings.api.routes.artifacts import FILE
from musings.api.services import Services
from musings.api.uploads import MOST_FIELDS
from musings.errors import DiskFullError, Fault, InvalidInputError, NotFoundError
from musings.files.media_root import disk_full
from musings.late import importing
from musings.models import UPLOAD_REFERENCE, Upload
from musings.store.gallery import uploads as stored
from musings.views import schemas

BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": "a picture, a sound or a film"}
                },
            }
        }
    },
}


Ref = Annotated[str, PathParameter(max_length=100, description="`upload:…`, as the answer to `POST` said")]

AGAIN = "Free some space, then send it again."


def router(services: Services) -> APIRouter:
    routes = APIRouter(tags=["uploads"])
    database, media_root, most = services.database, services.media_root, services.settings.upload_bytes

    def keep(file: BinaryIO) -> Upload:
        with importing():  # with the first file: an API without uploads has no use for what decodes media
            from musings.requests.uploads import take
        received = media_root.receiving()
        try:
            _copy(file, received, media_root.folder)
            return take(database, media_root, received)
        finally:
            received.unlink(missing_ok=True)

    @routes.post(
        "/api/uploads",
        status_code=201,
        response_model=schemas.UploadMeta,
        response_model_exclude_none=True,
        responses=responses(400, 413, 415, 422, 503, 507),
        openapi_extra={"requestBody": BODY},
    )
    async def take(request: Request) -> schemas.UploadMeta:
        """Send a file of one's own; its `ref` is what a parameter of type `image`, `audio` or `video` takes.

        The same file has the same `ref`, however often it is sent. It stays as long as a prompt names it, and for a
        day after it was last sent.
        """
        if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            raise HTTPException(415, "Send a form (multipart/form-data) with the file in its field `file`.")
        try:
            async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
                file = form.get("file")
                if not isinstance(file, UploadFile):
                    raise InvalidInputError([Fault("file", "is missing: send it as the field `file` of a form")])
                if (file.size or 0) > most:
                    raise HTTPException(413, f"The file is {file.size:,} bytes long; at most {most:,} are taken.")
                found = await anyio.to_thread.run_sync(keep, file.file)
        except DiskFullError as error:
            raise DiskFullError(str(error), hint=AGAIN) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFullError(str(disk_full(media_root.folder)), hint=AGAIN) from error
            raise
        return schemas.UploadMeta(
            ref=found.ref,
            content_type=found.content_type,
            bytes=found.bytes,
            file_url=f"/api/uploads/{found.ref}",
            **found.facts,
        )

    def one(request: Request, ref: Ref) -> Response:
        """The file that was sent."""
        named = UPLOAD_REFERENCE.fullmatch(ref)
        if named is None:
            raise NotFoundError("That is not the ref of an upload.")
        found = database.reading(stored.get, named[1])
        return files.serve(request, media_root, found.file_path, etag=found.sha256)

    path = "/api/uploads/{ref}"
    routes.add_api_route(path, one, response_class=Response, responses=FILE | responses(404, 416, 422, 503))
    routes.add_api_route(path, one, methods=["HEAD"], include_in_schema=False)
    return routes


def _copy(file: BinaryIO, received: Path, folder: Path) -> None:
    file.seek(0)
    try:
        with received.open("xb") as target:
            shutil.copyfileobj(file, target, 1 << 20)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(folder) from error
        raise
