"""``/api/artifacts/{id}/share``: a link that shows one file to whoever has it, until it expires."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from musings.api.problems import responses
from musings.api.services import Given
from musings.api.signed_links import SignedLinks
from musings.store.gallery import artifacts
from musings.views import schemas

MOST_HOURS = 24 * 365


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


routes = APIRouter(tags=["artifacts"])


@routes.post(
    "/api/artifacts/{artifact_id}/share",
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
