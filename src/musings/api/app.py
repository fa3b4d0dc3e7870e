"""The application: routes over services, and what stands before them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from musings.api import page, problems, reference, rules
from musings.api.broadcast import Broadcaster
from musings.api.doorkeeper import Doorkeeper
from musings.api.encodings import Compressor
from musings.api.gate import Gate
from musings.api.guard import Guard
from musings.api.hosts import Hosts
from musings.api.links import Links
from musings.api.metrics import RequestMetrics, registry_for
from musings.api.routes import artifacts, health, prompts, queue, session, sharing, uploads, workflows, writings
from musings.api.services import Services
from musings.config.settings import Settings
from musings.engine.registry import engine_of
from musings.files.media_root import MediaRoot
from musings.makers.choice import Makers
from musings.requests.rehearsal import Rehearsals
from musings.security.signing import LinkKey
from musings.security.throttle import Buckets, LoginThrottle
from musings.sqlite.location import signing_key_of
from musings.store.database import Database
from musings.store.gallery import workflows as stored_workflows
from musings.store.gallery.defaults import WorkflowDefaults
from musings.store.queue import durations
from musings.version import VERSION


def services_for(settings: Settings, database: Database) -> Services:
    """What the routes need, for a database that has its tables."""
    pipelines = Makers(settings, versions=database.reader(stored_workflows.find), defaults=WorkflowDefaults(database))
    return Services(
        settings=settings,
        database=database,
        media_root=MediaRoot(settings.media_root),
        pipelines=pipelines,
        broadcaster=Broadcaster(database, engine_of(database).changes(), pipelines, settings.processing.max_attempts),
        rehearsals=Rehearsals(pipelines, database.reader(durations.of_workflow)),
    )


class Application(FastAPI):
    """FastAPI with a description that says what the guard, the gate and the error handlers answer, too."""

    needs_auth = False

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            rules.describe(super().openapi(), required=self.needs_auth)
            problems.describe(super().openapi())
        return super().openapi()


def make(services: Services, static: Path = page.STATIC, clock: Callable[[], float] = time.monotonic) -> FastAPI:
    """The whole application; ``static`` is the folder of the built page, ``clock`` times the limits on logins."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.pipelines.close()

    settings, database = services.settings, services.database
    registry = registry_for(database, services.pipelines)
    app = Application(title="Musings", version=VERSION, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.services = services
    app.needs_auth = settings.needs_auth
    problems.install(app, settings.redactor())
    doorkeeper, links = Doorkeeper(database), Links(database, _link_key(services))
    for routes in (
        prompts.routes,
        artifacts.router(services),
        uploads.routes,
        sharing.router(services, links),
        queue.router(services),
        workflows.routes,
        writings.routes,
        session.router(doorkeeper, LoginThrottle(), clock),
        health.router(services, registry),
    ):
        app.include_router(routes)
    reference.install(app)
    page.install(app, static)
    hosts = Hosts(settings.security.public_url, faces_network=settings.faces_network)
    app.add_middleware(Compressor)
    app.add_middleware(Gate, settings=settings, doorkeeper=doorkeeper, links=links, hosts=hosts, writes=Buckets())
    app.add_middleware(Guard, hosts=hosts, metrics=RequestMetrics(registry), upload_bytes=settings.upload_bytes)
    return app


def _link_key(services: Services) -> LinkKey:
    given = services.settings.secrets.get("MUSINGS_SECRET_SIGNING_KEY")
    return LinkKey(signing_key_of(services.database), given)
