"""``/api/artifacts`` and ``/media``: the gallery and the files."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from musings.api import files
from musings.api.parameters import Cursor, Limit, Since, Text, as_utc, comma_list_of
from musings.api.problems import responses
from musings.api.services import Given
from musings.errors import Fault, InvalidInputError, PathError
from musings.models import ArtifactType
from musings.requests.intake import comma_list
from musings.store.gallery import artifacts, prompts, trash
from musings.views import present, schemas

FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "the file", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "the part that was asked for", "content": {"*/*": {}}},
    304: {"description": "the client has it already"},
}


routes = APIRouter(tags=["artifacts"])


@routes.get("/api/artifacts", response_model=schemas.GalleryList, responses=responses(422, 503))
def gallery(
    services: Given,
    artifact_type: Annotated[str | None, comma_list_of(ArtifactType, "comma list of types")] = None,
    q: Text = None,
    starred: Annotated[bool | None, Query()] = None,
    workflow: Annotated[str | None, Query(max_length=200)] = None,
    since: Since = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.GalleryList:
    """The gallery: artifacts, newest first, each with the words that made it."""
    wanted = artifacts.ArtifactFilter(_types(artifact_type), q, starred, workflow, as_utc(since))
    page = services.database.reading(artifacts.gallery, wanted, limit, cursor)
    items = [present.gallery_item(artifact, prompt) for artifact, prompt in page.items]
    return schemas.GalleryList(items=items, next_cursor=page.next_cursor)


@routes.head("/api/artifacts/{artifact_id}", include_in_schema=False)
@routes.get("/api/artifacts/{artifact_id}", response_class=Response, responses=FILE | responses(404, 416, 422, 503))
def one(
    services: Given,
    request: Request,
    artifact_id: Annotated[int, Path(ge=1, lt=2**63)],
    download: Annotated[bool, Query(description="as an attachment with a telling name")] = False,
) -> Response:
    """The file itself."""
    found = services.database.reading(artifacts.get, artifact_id)
    name = None
    if download:
        words = services.database.reading(prompts.get, found.prompt_id).prompt_text
        path = PurePosixPath(found.file_path)
        name = download_name(words, found.prompt_id, path.stem, path.suffix)
    return files.serve(
        request, services.media_root, found.file_path, etag=found.metadata.get("sha256"), download_as=name
    )


@routes.head("/api/media/{file_path:path}", include_in_schema=False)
@routes.get("/api/media/{file_path:path}", response_class=Response, responses=FILE | responses(404, 416, 422, 503))
@routes.head("/media/{file_path:path}", include_in_schema=False)
@routes.get("/media/{file_path:path}", response_class=Response, responses=FILE | responses(404, 416, 422, 503))
def by_path(services: Given, request: Request, file_path: str) -> Response:
    """The same bytes by path below the media root; previews too."""
    services.media_root.find(file_path)  # before the database is asked: the path may be hostile
    if services.database.reading(trash.hides, file_path):
        raise PathError(f"There is no media file {file_path}.")
    return files.serve(request, services.media_root, file_path)


def download_name(words: str, prompt_id: int, stem: str, suffix: str) -> str:
    """A file name that says what it is: the first words of the prompt, its id, the number of the file."""
    plain = re.sub(r"[^\w]+", "-", words[:80], flags=re.UNICODE).strip("-")[:48].strip("-").lower()
    return "-".join(part for part in (plain, str(prompt_id), stem) if part) + suffix


def _types(given: str | None) -> list[str]:
    names = comma_list(given)
    for name in names:
        if name not in set(ArtifactType):
            known = ", ".join(ArtifactType)
            raise InvalidInputError([Fault("artifact_type", f"{name[:60]!r} is no artifact type; there are: {known}")])
    return names
