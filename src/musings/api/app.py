"""The application: routes over services, and what stands before them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from musings.api import page, problems, reference
from musings.api.broadcast import Broadcaster
from musings.api.guard import Guard
from musings.api.metrics import RequestMetrics, registry_for
from musings.api.routes import artifacts, health, prompts, queue, workflows, writings
from musings.api.services import Services
from musings.config import Settings
from musings.pipelines import Pipelines
from musings.store.database import Database
from musings.store.media_root import MediaRoot
from musings.version import VERSION


def services_for(settings: Settings, database: Database) -> Services:
    """What the routes need, for a database that has its tables."""
    pipelines = Pipelines(settings)
    return Services(
        settings=settings,
        database=database,
        media_root=MediaRoot(settings.media_root),
        pipelines=pipelines,
        broadcaster=Broadcaster(database, pipelines, settings.processing.max_attempts),
    )


class Application(FastAPI):
    """FastAPI with a description that says what the guard and the error handlers answer, too."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            problems.describe(super().openapi())
        return super().openapi()


def make(services: Services, static: Path = page.STATIC) -> FastAPI:
    """The whole application; ``static`` is the folder of the built page."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.pipelines.close()

    registry = registry_for(services.database, services.pipelines)
    app = Application(title="Musings", version=VERSION, lifespan=lifespan, docs_url=None, redoc_url=None)
    problems.install(app)
    for routes in (
        prompts.router(services),
        artifacts.router(services),
        queue.router(services),
        workflows.router(services),
        writings.router(services),
        health.router(services, registry),
    ):
        app.include_router(routes)
    reference.install(app)
    page.install(app, static)
    hosts, public = _names(services.settings)
    app.add_middleware(Guard, hosts=hosts, public=public, metrics=RequestMetrics(registry))
    return app


def _names(settings: Settings) -> tuple[list[str], str | None]:
    """Names under which the server may be called, and the origin that a proxy shows, if any.

    On a network address every name will do: there the auth decides.
    """
    public = urlsplit(settings.security.public_url or "")
    origin = f"{public.scheme}://{public.netloc}".lower() if public.netloc else None
    if settings.faces_network:
        return [], origin
    return ["localhost", *([public.hostname] if public.hostname else [])], origin
