"""``…/share``: a link that shows one file, or one musing, to whoever has it, until it expires; and that page."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, Response

from musings.api import shared_musings
from musings.api.access_control import access_of
from musings.api.problems import responses
from musings.api.services import Given, Services
from musings.api.signed_links import SignedLinks
from musings.archive.musing_document import MusingDocument, document_of
from musings.store.gallery import artifacts
from musings.views import schemas

MOST_HOURS = 24 * 365
MusingId = Annotated[int, Path(ge=1, lt=2**63, description="the id of a musing")]


class Share(BaseModel):
    model_config = ConfigDict(extra="forbid")

    hours: Annotated[float, Field(gt=0, le=MOST_HOURS, allow_inf_nan=False, description="how long the link works")] = 24


class SharedLink(BaseModel):
    url: str
    expires_at: schemas.Time


async def links_of(request: Request) -> SignedLinks:
    """What signs the links of the application that answers."""
    found: SignedLinks = request.app.state.links
    return found


routes = APIRouter()


@routes.post(
    "/api/artifacts/{artifact_id}/share",
    tags=["artifacts"],
    response_model=SharedLink,
    responses=responses(400, 404, 413, 422, 503),
)
def share(
    services: Given,
    links: Annotated[SignedLinks, Depends(links_of)],
    request: Request,
    artifact_id: Annotated[int, Path(ge=1, lt=2**63)],
    body: Share,
) -> SharedLink:
    """A link to the file itself, for somebody who cannot log in. It opens nothing else."""
    found = services.database.reading(artifacts.get, artifact_id)
    services.media_root.find(found.file_path)
    address, expires = links.make(found.file_path, body.hours * 3600)
    return SharedLink(url=services.base_of(request) + address, expires_at=datetime.fromtimestamp(expires, UTC))


@routes.post(
    "/api/musings/{musing_id}/share",
    tags=["musings"],
    response_model=SharedLink,
    responses=responses(400, 404, 409, 413, 422, 503),
)
def share_musing(
    services: Given,
    links: Annotated[SignedLinks, Depends(links_of)],
    request: Request,
    musing_id: MusingId,
    body: Share,
) -> SharedLink:
    """A link to a page with all that is done of a musing, for somebody who cannot log in. It opens nothing else."""
    _document(services, musing_id).require_done()
    address, expires = links.make_for_musing(musing_id, body.hours * 3600)
    return SharedLink(url=services.base_of(request) + address, expires_at=datetime.fromtimestamp(expires, UTC))


@routes.head("/shared/musings/{musing_id}", include_in_schema=False)
@routes.get(
    "/shared/musings/{musing_id}",
    tags=["musings"],
    response_class=HTMLResponse,
    responses=responses(404, 422, 503),
)
def shared_musing(
    services: Given, links: Annotated[SignedLinks, Depends(links_of)], request: Request, musing_id: MusingId
) -> Response:
    """The page itself: texts, pictures and players, without a script."""
    return shared_musings.answer(
        _document(services, musing_id),
        services.media_root,
        links,
        expires=access_of(request).link_expires,
        base=services.base_of(request),
    )


def _document(services: Services, musing_id: int) -> MusingDocument:
    return document_of(services.database, musing_id, with_idea=services.settings.security.share_recipes)
