"""``/comfyui/api/v2/assets``: files that clients of Comfy API v2 send: uploads of ours, with records over them."""

import uuid
from collections.abc import Mapping
from typing import Any, BinaryIO

import anyio
from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, Response

from musings.api.comfyui_v2 import V2Call, V2Calling, V2Key, id_from
from musings.api.comfyui_v2_answers import of_sent
from musings.api.routes.uploads import full_disk_is_said, keep
from musings.api.uploads import is_form
from musings.comfyui_api.v2_references import digest_in
from musings.comfyui_api.v2_refusals import V2Refusal
from musings.comfyui_api.v2_requests import WantedRecord, expected_digest, invalid, wanted_record
from musings.errors import InvalidInputError, PathError
from musings.files.digests import blake3_of
from musings.models import Upload
from musings.store.gallery import comfyui_assets, uploads

MOST_FIELDS = 40

routes = APIRouter(prefix="/comfyui/api/v2/assets", include_in_schema=False)


@routes.post("")
async def upload(call: V2Calling, idempotency_key: V2Key) -> JSONResponse:
    """Keep a picture, a sound or a film: judged by what it holds, kept once however often it is sent."""
    if not is_form(call.request):
        raise V2Refusal(415, "unsupported_media_type", "Send a form (multipart/form-data) with the file as file.")
    # On the disk beyond a megabyte, and no larger than the request checks let it be.
    async with call.request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise invalid("file", "is missing: send the bytes as the field file of the form")
        most = call.services.settings.upload_bytes
        if (file.size or 0) > most:
            words = f"The file is {file.size:,} bytes long; at most {most:,} are taken."
            raise V2Refusal(413, "payload_too_large", words)
        return await anyio.to_thread.run_sync(_kept, call, form, file.file, idempotency_key)


@routes.post("/from-hash")
async def from_hash(call: V2Calling) -> JSONResponse:
    """A record over bytes that are here already."""
    body = await call.body()
    return await anyio.to_thread.run_sync(_minted, call, body)


@routes.head("/by-hash/{digest}")
def by_hash(call: V2Calling, digest: str) -> Response:
    """Whether such a record could be made."""
    return Response(status_code=200 if _file_of(call, digest_in(digest)) is not None else 404)


def _kept(call: V2Call, form: FormData, file: BinaryIO, key: str | None) -> JSONResponse:
    wanted, expected = wanted_record(form, form.getlist("tags")), expected_digest(form.get("expected_hash"))
    for name in ("content_type", "file_path"):
        if not isinstance(form.get(name), str):
            raise invalid(name, "is missing")
    file.seek(0)
    digest = blake3_of(file)
    if expected is not None and expected != digest:
        words = f"The bytes that came have the hash blake3:{digest}. Nothing was kept."
        raise V2Refusal(409, "hash_mismatch", words)
    own_id = id_from(call, "asset", key)
    again = call.services.database.reading(comfyui_assets.find, own_id)
    if again is not None:
        return _replayed(call, again, digest, wanted)
    known = _file_of(call, digest)
    with full_disk_is_said(call.services.media_root):
        try:
            # The same bytes are decoded once: what is here was judged when it came.
            found = known if known is not None else keep(call.services, file)
        except InvalidInputError as error:
            raise invalid("file", "; ".join(fault.message for fault in error.faults)) from error
    kept = _add(call, own_id, found, digest, wanted)
    return JSONResponse({**of_sent(call, kept), "created_new": known is None}, 201 if known is None else 200)


def _replayed(call: V2Call, again: comfyui_assets.KeptAsset, digest: str, wanted: WantedRecord) -> JSONResponse:
    """The answer to a key that was used before."""
    if again.blake3 != digest or again.file_path != wanted.file_path:
        words = "This Idempotency-Key was used before, with another file. Use a new key for a new asset."
        raise V2Refusal(422, "idempotency_key_reuse", words)
    return JSONResponse({**of_sent(call, again), "created_new": False})


def _minted(call: V2Call, body: Mapping[str, Any]) -> JSONResponse:
    wanted, digest = wanted_record(body, body.get("tags")), digest_in(body.get("hash"))
    found = _file_of(call, digest)
    # In the same words for bytes of others: whether those are here is none of this caller's business.
    if digest is None or found is None:
        raise V2Refusal(404, "blob_not_found", "There are no such bytes here that you may use. Upload the file.")
    same = call.services.database.reading(comfyui_assets.same, digest, wanted.file_path, call.owner)
    if same is not None:
        kept_for = wanted.kept_for or comfyui_assets.KEPT_FOR
        call.services.database.writing(comfyui_assets.use, same.id, kept_for)
        same = call.services.database.reading(comfyui_assets.find, same.id) or same
        return JSONResponse({**of_sent(call, same), "created_new": False})
    kept = _add(call, str(uuid.uuid4()), found, digest, wanted)
    return JSONResponse({**of_sent(call, kept), "created_new": False}, 201)


def _add(call: V2Call, new_id: str, found: Upload, digest: str, wanted: WantedRecord) -> comfyui_assets.KeptAsset:
    with call.services.database.write() as connection:
        # Looked up under the write lock: of two calls with one key the second finds what the first has made.
        there = comfyui_assets.find(connection, new_id)
        if there is not None:
            return there
        return comfyui_assets.add(
            connection,
            new_id,
            # Asked for again: housekeeping may have removed it in this moment.
            uploads.get(connection, found.sha256),
            digest,
            file_path=wanted.file_path,
            tags=wanted.tags,
            owner=call.owner,
            kept_for=wanted.kept_for or comfyui_assets.KEPT_FOR,
        )


def _file_of(call: V2Call, digest: str | None) -> Upload | None:
    """The file with these bytes that the caller may use: others' too for who may read them."""
    if digest is None:
        return None
    find = comfyui_assets.file_of
    found = call.services.database.reading(find, digest, sent_by=call.owner, by_anybody=call.may_read)
    # A file that somebody took away by hand must be sent again.
    return found if found is not None and _is_here(call, found) else None


def _is_here(call: V2Call, found: Upload) -> bool:
    try:
        call.services.media_root.stat(found.file_path)
    except PathError:
        return False
    return True
