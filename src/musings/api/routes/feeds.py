"""``/api/feeds`` and ``/feeds``: addresses that nobody can guess, and what readers and players find there."""

import contextlib
import hashlib
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from musings.api import files
from musings.api.conditional import has_it
from musings.api.feed_content import content, holds, seconds_of
from musings.api.problems import responses
from musings.api.services import Given, Services
from musings.errors import NotFoundError, PathError, StoreError
from musings.feeds import atom, chapters, json_feed, podcast
from musings.files.marking.chapters import in_order
from musings.models import Artifact
from musings.security import credentials
from musings.store.access import feeds
from musings.store.access.feeds import FeedAddress
from musings.store.gallery import artifacts
from musings.views import feeds as views

WRITERS = {
    "atom": (atom.render, atom.MEDIA_TYPE),
    "json": (json_feed.render, json_feed.MEDIA_TYPE),
    "podcast.xml": (podcast.render, podcast.MEDIA_TYPE),
}
NO_FEED = "There is no such feed: it was revoked, or its address is not whole."
ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""A reader on the web shows pictures of many sites; who has the address may."""

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
Tag = Annotated[str, Field(min_length=1, max_length=60)]
Secret = Annotated[str, Path(max_length=100, description="the secret of a feed")]
File = Annotated[str, Path(max_length=40, pattern=r"^[0-9]{1,18}(\.[a-z0-9]{1,10})?$", description="id and ending")]
SERVED = files.FILE | responses(404, 416, 422, 503)

routes = APIRouter(tags=["feeds"])


class NewFeed(BaseModel):
    """Of one kind, of one tag, of both, or of everything; of `musing`: each musing that is done as one entry."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    kind: views.FeedKind | None = None
    tag: Annotated[Tag | None, Field(description="only texts that carry it; of musings those of which a text does")] = (
        None
    )


@routes.get("/api/feeds", responses=responses(503))
def listing(services: Given) -> views.FeedList:
    """Every feed, without addresses."""
    return views.FeedList(items=[views.feed_meta(each) for each in services.database.reading(feeds.listing)])


@routes.post("/api/feeds", status_code=201, responses=responses(400, 409, 413, 422, 503, 507))
def create(services: Given, request: Request, body: NewFeed) -> views.FeedSecret:
    """Make a feed. The answer has its addresses, which are shown this once."""
    # With the mark of tokens, so that logs hide it as they hide those.
    secret = credentials.new_token()
    kept = services.database.writing(
        feeds.add, body.name, credentials.digest(secret), credentials.new_secret(), body.kind, body.tag
    )
    return views.with_addresses(kept, services.base_of(request), secret)


@routes.delete("/api/feeds/{feed_id}", status_code=204, responses=responses(404, 422, 503))
def revoke(services: Given, feed_id: Annotated[int, Path(ge=1, lt=2**63)]) -> None:
    """End a feed at once, with the addresses of its files."""
    services.database.writing(feeds.revoke, feed_id)


@routes.head("/feeds/{address}", include_in_schema=False)
@routes.get("/feeds/{address}", response_class=Response, responses=SERVED)
def read(
    services: Given,
    request: Request,
    address: Annotated[
        str, Path(max_length=120, description="the secret of a feed, and `.atom`, `.json` or `.podcast.xml`")
    ],
) -> Response:
    """The feed, in the format that its ending names."""
    # At the first dot: a secret has none, and one of the endings has two.
    secret, _, suffix = address.partition(".")
    feed = _feed_of(services, secret)
    if suffix not in WRITERS:
        raise NotFoundError(f"A feed has no format {suffix!r}; there are: {', '.join(WRITERS)}.")
    render, media_type = WRITERS[suffix]
    body = render(content(services, feed, base=services.base_of(request), secret=secret, suffix=suffix))
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=60", "X-Robots-Tag": "noindex", **ANYWHERE}
    if has_it(request.headers, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


@routes.head("/feeds/{secret}/file/{file}", include_in_schema=False)
@routes.get("/feeds/{secret}/file/{file}", response_class=Response, responses=SERVED)
def file_of(services: Given, request: Request, secret: Secret, file: File) -> Response:
    """A file of the feed; parts of it, where they are asked for. As behind a shared link it shows no workflow."""
    found = _artifact_of(services, secret, file)
    served = files.serve(
        request,
        services.media_root,
        found.file_path,
        etag=found.metadata.get("sha256"),
        without_texts=not services.settings.security.share_recipes,
        mark=services.mark_for("feeds", found),
        chapters=in_order([(each.start, each.title) for each in chapters.marks(found.metadata)], seconds_of(found)),
    )
    served.headers.update(ANYWHERE)
    return served


@routes.head("/feeds/{secret}/preview/{file}", include_in_schema=False)
@routes.get("/feeds/{secret}/preview/{file}", response_class=Response, responses=SERVED)
def preview_of(services: Given, request: Request, secret: Secret, file: File) -> Response:
    """The small picture of a file of the feed."""
    found = _artifact_of(services, secret, file)
    if found.preview_path is None:
        raise PathError("It has no preview.")
    served = files.serve(request, services.media_root, found.preview_path, mark=services.mark_for("feeds", found))
    served.headers.update(ANYWHERE)
    return served


@routes.head("/feeds/{secret}/chapters/{file}", include_in_schema=False)
@routes.get("/feeds/{secret}/chapters/{file}", response_class=Response, responses=SERVED)
def chapters_of(services: Given, secret: Secret, file: File) -> Response:
    """The chapters of a long speech of the feed, for players of Podcasting 2.0."""
    found = chapters.marks(_artifact_of(services, secret, file).metadata)
    if not found:
        raise NotFoundError("It has no chapters.")
    return Response(chapters.render(found), media_type=chapters.MEDIA_TYPE, headers=ANYWHERE)


def _feed_of(services: Services, secret: str) -> FeedAddress:
    if not services.settings.doors.feeds:
        raise NotFoundError("This door is closed: doors.feeds is false in the configuration.")
    found = services.database.reading(feeds.find, credentials.digest(secret))
    if found is None:
        raise NotFoundError(NO_FEED)
    with contextlib.suppress(StoreError):  # a full disk must not lock out who may read
        if not feeds.is_use_noted(found):
            services.database.writing(feeds.note_use, found)
    return found


def _artifact_of(services: Services, secret: str, file: str) -> Artifact:
    """A file that the feed names, or has named; the address of one feed opens nothing of another."""
    feed = _feed_of(services, secret)
    found = services.database.reading(artifacts.get, int(file.partition(".")[0]))
    if not holds(services, feed, found):
        raise NotFoundError("There is no such file in this feed.")
    return found
