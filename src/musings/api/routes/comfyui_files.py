"""``/comfyui/view`` and ``/comfyui/upload``: files of ComfyUI's protocol: uploads and artifacts of ours."""

import io
import json
import re
from contextlib import AbstractAsyncContextManager

import anyio
from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from musings.api import files
from musings.api.comfyui_calls import ComfyUICall, ComfyUICalling
from musings.api.comfyui_files import (
    NamedFile,
    checked_folder,
    checked_name,
    checked_subfolder,
    in_folder,
    kept_in,
)
from musings.api.routes.uploads import full_disk_is_said, keep
from musings.api.uploads import is_form
from musings.comfyui_api.refusals import GraphRefusal, complaint
from musings.errors import InvalidInputError, NotFoundError
from musings.media import converted
from musings.models import ArtifactType, Upload
from musings.store.gallery import comfyui_files

PREVIEW = re.compile(r"(?P<format>webp|jpeg|jpg|png)?(?:;(?P<quality>[0-9]{1,3}))?", re.ASCII)
USUAL_QUALITY = 90
YES = ("true", "1")
FIELDS = 8

routes = APIRouter(prefix="/comfyui", include_in_schema=False)


@routes.head("/view")
@routes.get("/view")
def view(
    call: ComfyUICalling,
    request: Request,
    filename: str = "",
    subfolder: str = "",
    type: str = "output",  # noqa: A002 (the protocol's word)
    preview: str | None = None,
) -> Response:
    """A file that was made, or sent; with ``preview`` (``webp;90``) a picture in a smaller format."""
    folder, name = checked_folder(type), checked_name(filename)
    found = _find(call, folder, checked_subfolder(subfolder), name)
    store = call.services.media_root
    # A preview of a sound or a film is the file itself: clients show what they get.
    if preview is None or found.artifact_type != ArtifactType.IMAGE:
        return files.serve(request, store, found.file_path, etag=found.sha256)
    kind, quality = _asked_for(preview)
    content = converted.picture(store.find(found.file_path), kind, quality)
    return Response(content, media_type=f"image/{kind}", headers=files.HEADERS)


@routes.post("/upload/image")
async def upload(call: ComfyUICalling, request: Request) -> JSONResponse:
    """Keep a picture, a sound or a film under a name, for the Load nodes of graphs."""
    async with _form(request) as form:
        file = _file(form)
        answer = await anyio.to_thread.run_sync(_kept, call, form, file)
    return JSONResponse(answer)


@routes.post("/upload/mask")
async def upload_mask(call: ComfyUICalling, request: Request) -> JSONResponse:
    """Keep a picture that was sent before with the transparency of this one."""
    async with _form(request) as form:
        file = _file(form)
        answer = await anyio.to_thread.run_sync(_masked, call, form, file)
    return JSONResponse(answer)


def _asked_for(preview: str) -> tuple[str, int]:
    """The format and the quality of a preview; what is not known is WebP, as ComfyUI makes it."""
    asked = PREVIEW.fullmatch(preview)
    kind = asked["format"] if asked is not None else None
    given = asked["quality"] if asked is not None else None
    return ("jpeg" if kind == "jpg" else kind or "webp"), min(100, int(given)) if given else USUAL_QUALITY


def _form(request: Request) -> AbstractAsyncContextManager[FormData]:
    if not is_form(request):
        raise GraphRefusal(415, complaint("no_form", "Send a form (multipart/form-data) with the file as image"))
    return request.form(max_files=1, max_fields=FIELDS)


def _file(form: FormData) -> UploadFile:
    file = form.get("image")
    if not isinstance(file, UploadFile) or not file.filename:
        raise GraphRefusal(400, complaint("no_file", "image is missing: send a file as the field image of a form"))
    return file


def _kept(call: ComfyUICall, form: FormData, file: UploadFile) -> dict[str, str]:
    folder = checked_folder(str(form.get("type") or "input"))
    subfolder = checked_subfolder(str(form.get("subfolder") or ""), 400)
    name = checked_name(file.filename or "")
    if "/" in name or "\\" in name:
        raise GraphRefusal(400, complaint("invalid_filename", "filename must be the plain name of a file"))
    found = _taken(call, file)
    return _named(call, found, folder, subfolder, name, overwrite=form.get("overwrite") in YES)


def _masked(call: ComfyUICall, form: FormData, file: UploadFile) -> dict[str, str]:
    given = form.get("original_ref")
    try:
        said = json.loads(given) if isinstance(given, str) else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        words = "original_ref must be a JSON object with filename, subfolder and type"
        raise GraphRefusal(400, complaint("invalid_original_ref", words))
    original = _find(
        call,
        checked_folder(str(said.get("type") or "output")),
        checked_subfolder(str(said.get("subfolder") or ""), 400),
        checked_name(str(said.get("filename") or "")),
    )
    folder = checked_folder(str(form.get("type") or "input"))
    subfolder = checked_subfolder(str(form.get("subfolder") or ""), 400)
    mask = _taken(call, file)
    store = call.services.media_root
    content = converted.masked(store.find(original.file_path), store.find(mask.file_path))
    found = keep(call.services, io.BytesIO(content))
    return _named(call, found, folder, subfolder, checked_name(file.filename or ""), overwrite=False)


def _taken(call: ComfyUICall, file: UploadFile) -> Upload:
    """The file as an upload of ours: judged by what it holds."""
    with full_disk_is_said(call.services.media_root):
        try:
            return keep(call.services, file.file)
        except InvalidInputError as error:
            words = "; ".join(fault.message for fault in error.faults)
            raise GraphRefusal(400, complaint("invalid_file", "The file cannot be taken", words)) from error


def _named(
    call: ComfyUICall, found: Upload, folder: str, subfolder: str, name: str, *, overwrite: bool
) -> dict[str, str]:
    with call.services.database.write() as connection:
        kept = comfyui_files.keep(connection, kept_in(folder, subfolder), name, found, overwrite=overwrite)
    return {"name": kept, "subfolder": subfolder, "type": folder}


def _find(call: ComfyUICall, folder: str, subfolder: str, name: str) -> NamedFile:
    found = in_folder(call.services.database, folder, subfolder, name)
    if found is None:
        raise NotFoundError(f"There is no file {name!r} here.")
    return found
