"""``/api/artifacts`` and ``/media``: the gallery and the files."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from musings.api import files
from musings.api.access_control import access_of
from musings.api.parameters import Cursor, Limit, Since, Text, as_utc, comma_list_of
from musings.api.problems import responses
from musings.api.services import Given
from musings.api.written import UNCHANGED, written
from musings.errors import Fault, InvalidInputError, PathError
from musings.models import ArtifactType
from musings.requests.intake import comma_list
from musings.store.gallery import artifacts, index, prompts, trash
from musings.views import gallery_index, present, schemas

MOST_IDS = 200
MOST_DIGITS = 18
EACH_ID = f"[0-9]{{1,{MOST_DIGITS}}}"
# Our own check answers in words.
WANTED_IDS = Query(
    max_length=4000,
    description=f"comma list, at most {MOST_IDS} of them",
    json_schema_extra={"pattern": f"^({EACH_ID}(,{EACH_ID}){{0,{MOST_IDS - 1}}})?$"},
)
MOST_IN_BRIEF = 20_000
Types = Annotated[str | None, comma_list_of(ArtifactType, "comma list of types")]
Starred = Annotated[bool | None, Query()]
Workflow = Annotated[str | None, Query(max_length=200)]
SERVED = files.FILE | responses(404, 416, 422, 503)

routes = APIRouter(tags=["artifacts"])


@routes.get("/api/artifacts", response_model=schemas.GalleryList, responses=UNCHANGED | responses(422, 503))
def gallery(
    services: Given,
    request: Request,
    artifact_type: Types = None,
    q: Text = None,
    starred: Starred = None,
    workflow: Workflow = None,
    since: Since = None,
    ids: Annotated[str | None, WANTED_IDS] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """The gallery: artifacts, newest first, each with the words that made it."""
    wanted = artifacts.ArtifactFilter(_types(artifact_type), q, starred, workflow, as_utc(since), _ids(ids))
    page = services.database.reading(artifacts.gallery, wanted, limit, cursor)
    items = [present.gallery_item(artifact, prompt) for artifact, prompt in page.items]
    return written(request, schemas.GalleryList(items=items, next_cursor=page.next_cursor))


@routes.get("/api/artifacts/index", response_model=schemas.GalleryIndex, responses=responses(422, 503))
def in_brief(
    services: Given,
    artifact_type: Types = None,
    q: Text = None,
    starred: Starred = None,
    workflow: Workflow = None,
    since: Since = None,
    limit: Annotated[int, Query(ge=1, le=MOST_IN_BRIEF, description="how many at most")] = MOST_IN_BRIEF,
    cursor: Cursor = None,
) -> Response:
    """The gallery in brief, in the same order: what a page needs to lay out all of it before it asks for any."""
    wanted = artifacts.ArtifactFilter(_types(artifact_type), q, starred, workflow, as_utc(since))
    told = gallery_index.index_meta(services.database.reading(index.brief, wanted, limit, cursor))
    return Response(told.model_dump_json(), media_type="application/json")


@routes.get("/api/artifacts/counts", response_model=schemas.GalleryCounts, responses=responses(422, 503))
def counts(
    services: Given,
    by: Annotated[Literal["day", "month"], Query(description="of UTC")] = "day",
    artifact_type: Types = None,
    q: Text = None,
    starred: Starred = None,
    workflow: Workflow = None,
    since: Since = None,
) -> schemas.GalleryCounts:
    """How many artifacts there are of each day or month that has any, newest first."""
    wanted = artifacts.ArtifactFilter(_types(artifact_type), q, starred, workflow, as_utc(since))
    found = services.database.reading(index.counts, wanted, index.DAY if by == "day" else index.MONTH)
    return gallery_index.counts_meta(found)


@routes.head("/api/artifacts/{artifact_id}", include_in_schema=False)
@routes.get("/api/artifacts/{artifact_id}", response_class=Response, responses=SERVED)
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
    mark = services.mark_for("downloads", found) if download else None
    return files.serve(
        request, services.media_root, found.file_path, etag=found.metadata.get("sha256"), download_as=name, mark=mark
    )


@routes.head("/api/media/{file_path:path}", include_in_schema=False)
@routes.get("/api/media/{file_path:path}", response_class=Response, responses=SERVED)
@routes.head("/media/{file_path:path}", include_in_schema=False)
@routes.get("/media/{file_path:path}", response_class=Response, responses=SERVED)
def by_path(services: Given, request: Request, file_path: str) -> Response:
    """The same bytes by path below the media root; previews too. A shared link shows no prompt and no workflow."""
    services.media_root.find(file_path)  # before the database is asked: the path may be hostile
    if services.database.reading(trash.hides, file_path):
        raise PathError(f"There is no media file {file_path}.")
    is_shared = access_of(request).link_expires is not None
    private = is_shared and not services.settings.security.share_recipes
    made = services.database.reading(artifacts.at, file_path) if is_shared else None
    mark = services.mark_for("shares", made)
    return files.serve(request, services.media_root, file_path, without_texts=private, mark=mark)


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


def _ids(given: str | None) -> list[int] | None:
    if given is None:
        return None
    names = comma_list(given)
    if len(names) > MOST_IDS:
        raise InvalidInputError([Fault("ids", f"has {len(names)} of them; at most {MOST_IDS} are told at once")])
    for name in names:
        if not (name.isascii() and name.isdigit() and len(name) <= MOST_DIGITS):
            raise InvalidInputError([Fault("ids", f"{name[:60]!r} is no id of an artifact; write them as 3,5,8")])
    return [int(name) for name in names]
