"""``/api/musings/{id}/export``: a musing as one file, made when it is asked for."""

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse

from musings.api.problems import responses
from musings.api.services import Given
from musings.archive import musing_export
from musings.archive.musing_document import document_of
from musings.archive.musing_export import MEDIA_TYPES, MusingFormat, MusingRevision
from musings.store import times

CHUNK_BYTES = 1 << 20
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "the file", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
}

routes = APIRouter(tags=["musings"])


@routes.get(
    "/api/musings/{musing_id}/export", response_class=Response, responses=FILE | responses(404, 409, 422, 503, 507)
)
def export(
    services: Given,
    musing_id: Annotated[int, Path(ge=1, lt=2**63, description="the id of a musing")],
    as_format: Annotated[
        MusingFormat, Query(alias="format", description="a page with its files, a book, or its sound with chapters")
    ] = MusingFormat.ZIP,
) -> Response:
    """All that is done of a musing, as an attachment with a telling name."""
    settings = services.settings
    document = document_of(services.database, musing_id, with_idea=settings.security.share_recipes)
    revision = MusingRevision(marks=settings.media.mark.exports, recipes=settings.security.share_recipes)
    with musing_export.temporary(document, services.media_root, as_format, times.now(), revision) as made:
        # Open, so that it is read to its end though its name is gone: nothing is left of it, whoever hangs up.
        file = made.open("rb")
        size = made.stat().st_size

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(CHUNK_BYTES):
                yield piece

    name = quote(musing_export.file_name(document, as_format))
    headers = {"Content-Length": str(size), "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return StreamingResponse(pieces(), headers=headers, media_type=MEDIA_TYPES[as_format])
