"""What the routes are given. Made once for an application, handed in as a dependency; nothing is reached for."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from musings.api.broadcast import Broadcaster
from musings.config.settings import Settings
from musings.files.artifact_store import ArtifactStore
from musings.makers.choice import Makers
from musings.requests.rehearsal import Rehearsals
from musings.store.database import Database


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    media_root: ArtifactStore
    pipelines: Makers
    broadcaster: Broadcaster
    rehearsals: Rehearsals


async def services_of(request: Request) -> Services:
    """Those of the application that answers; a coroutine, so that it costs no thread."""
    found: Services = request.app.state.services
    return found


Given = Annotated[Services, Depends(services_of)]
"""The services, as a parameter of a route."""
