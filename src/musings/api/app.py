"""The application: routes over services, and what stands before them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI

from musings.api import page, problems
from musings.api.broadcast import Broadcaster
from musings.api.guard import Guard
from musings.api.metrics import RequestMetrics, registry_for
from musings.api.routes import artifacts, health, prompts, queue, workflows
from musings.api.services import Services
from musings.config import Settings
from musings.pipelines import Pipelines
from musings.store.database import Database
from musings.store.media_root import MediaRoot
from musings.version import VERSION


def make(settings: Settings, database: Database) -> FastAPI:
    """The whole application for a database that has its tables."""
    pipelines = Pipelines(settings)
    services = Services(
        settings=settings,
        database=database,
        media_root=MediaRoot(settings.media_root),
        pipelines=pipelines,
        broadcaster=Broadcaster(database, pipelines, settings.processing.max_attempts),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.broadcaster.shut_down()
        pipelines.close()

    registry = registry_for(database, pipelines)
    app = FastAPI(title="Musings", version=VERSION, lifespan=lifespan, redoc_url=None)
    problems.install(app)
    for routes in (
        prompts.router(services),
        artifacts.router(services),
        queue.router(services),
        workflows.router(services),
        health.router(services, registry),
    ):
        app.include_router(routes)
    page.install(app)
    app.add_middleware(Guard, hosts=_hosts(settings), metrics=RequestMetrics(registry))
    return app


def _hosts(settings: Settings) -> list[str]:
    """Names under which the server may be called. On a network address the auth decides, not the name."""
    if settings.faces_network:
        return []
    public = urlsplit(settings.security.public_url or "").hostname
    return ["localhost", *([public] if public else [])]
