"""``/comfyui/api/v2/assets/{id}``: what was sent and what was made, described, fetched, and taken away."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from musings.api import files
from musings.api.comfyui_v2 import GONE, NO_ASSET, V2Call, V2Calling, media_type
from musings.api.comfyui_v2_answers import of_output, of_sent, text_of
from musings.api.comfyui_v2_lookup import made_output, sent_asset
from musings.comfyui_api.v2_references import output_id
from musings.comfyui_api.v2_refusals import V2Refusal
from musings.errors import PathError
from musings.store.gallery import comfyui_assets

routes = APIRouter(prefix="/comfyui/api/v2/assets/{asset_id}", include_in_schema=False)


@routes.get("")
def one(call: V2Calling, asset_id: str) -> JSONResponse:
    made = made_output(call, asset_id)
    if made is not None:
        return JSONResponse(of_output(call, asset_id, made[0]))
    return JSONResponse(of_sent(call, _sent(call, asset_id)))


@routes.delete("")
def remove(call: V2Calling, asset_id: str) -> Response:
    """Take a record away. The file stays while anything else names it."""
    if made_output(call, asset_id) is not None:
        words = "It is what a job made, and stays as long as the job: remove that in Musings."
        raise V2Refusal(409, "asset_in_use", words)
    call.services.database.writing(comfyui_assets.remove, _sent(call, asset_id).id)
    return Response(status_code=204)


@routes.get("/content")
def content(call: V2Calling, request: Request, asset_id: str) -> Response:
    """The bytes; ranges."""
    made = made_output(call, asset_id)
    if made is not None and made[1]:
        return _in_part(request, text_of(call, *made), media_type(made[0].file_path))
    if made is not None:
        path, digest = made[0].file_path, made[0].metadata.get("sha256")
    # By its form it is of an output: one that was there once, which is another thing than a wrong id.
    elif output_id(asset_id) is not None:
        raise V2Refusal(404, GONE, "This output was removed here. Retrying cannot help: run the job again.")
    else:
        sent = _sent(call, asset_id).upload
        path, digest = sent.file_path, sent.sha256
    try:
        return files.serve(request, call.services.media_root, path, etag=digest)
    except PathError as error:
        raise V2Refusal(404, GONE, "The file is not in its place any more. Retrying cannot help.") from error


def _in_part(request: Request, body: bytes, kind: str) -> Response:
    """A text, or the part of it that was asked for."""
    headers = {**files.HEADERS, "Accept-Ranges": "bytes"}
    parts = files.satisfiable(request.headers.get("range", ""), len(body))
    if parts == []:
        headers["Content-Range"] = f"bytes */{len(body)}"
        raise V2Refusal(416, "range_not_satisfiable", f"The text has {len(body):,} bytes.", headers=headers)
    # Of several parts none has to be told apart (RFC 9110, section 14.2): the whole is right, too.
    if parts is None or len(parts) > 1:
        return Response(body, headers=headers, media_type=kind)
    [(first, last)] = parts
    headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
    return Response(body[first : last + 1], 206, headers, kind)


def _sent(call: V2Call, asset_id: str) -> comfyui_assets.KeptAsset:
    found = sent_asset(call, asset_id)
    if found is None:
        raise V2Refusal(404, "not_found", NO_ASSET)
    return found
