"""The application: routes over services, and what stands before them."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from musings.api import authorization, comfyui_door, mcp_door, openai_door, page, problems, reference
from musings.api.access_control import AccessControl
from musings.api.allowed_hosts import AllowedHosts
from musings.api.authentication import Authenticator
from musings.api.broadcast import Broadcaster
from musings.api.encodings import Compressor
from musings.api.metrics import RequestMetrics, registry_for
from musings.api.request_checks import RequestChecks
from musings.api.routes import (
    artifacts,
    chains,
    comfyui_files,
    comfyui_jobs,
    comfyui_server,
    comfyui_socket,
    comfyui_v2_assets,
    comfyui_v2_contents,
    comfyui_v2_events,
    comfyui_v2_jobs,
    feeds,
    health,
    musing_exports,
    musings,
    openai_images,
    openai_models,
    openai_speech,
    openai_texts,
    openai_videos,
    prompts,
    push,
    queue,
    schedules,
    session,
    sharing,
    summary,
    tokens,
    uploads,
    webhooks,
    workflow_files,
    workflow_presets,
    workflows,
    writings,
)
from musings.api.services import Services
from musings.api.signed_links import SignedLinks
from musings.config.settings import Settings
from musings.engine.registry import engine_of
from musings.errors import StoreError
from musings.files.media_root import media_root_of
from musings.housekeeping import mounting
from musings.requests.rehearsal import Rehearsals
from musings.requests.stored_makers import makers_of
from musings.security.rate_limits import LoginThrottle, TokenBuckets
from musings.security.signing import SigningKey
from musings.sqlite.location import signing_key_of
from musings.store.database import Database
from musings.store.queue import durations
from musings.version import VERSION
from musings.webhooks.duty import key_of


def services_for(settings: Settings, database: Database) -> Services:
    """What the routes need, for a database that has its tables."""
    pipelines = makers_of(settings, database)
    media_root = media_root_of(settings)
    with contextlib.suppress(StoreError):  # a database without tables, whose routes are only to be listed
        mounting.expect_known(database, media_root)
    return Services(
        settings=settings,
        database=database,
        media_root=media_root,
        pipelines=pipelines,
        broadcaster=Broadcaster(
            database,
            engine_of(database).changes(),
            pipelines,
            settings.processing.max_attempts,
            settings.hours_of_kinds(),
        ),
        rehearsals=Rehearsals(pipelines, database.reader(durations.of_workflow)),
    )


class Application(FastAPI):
    """FastAPI with a description that says what middleware and error handlers answer, too."""

    needs_auth = False

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            authorization.describe(super().openapi(), required=self.needs_auth)
            problems.describe(super().openapi())
        return super().openapi()


def make(
    services: Services,
    static: Path = page.STATIC,
    clock: Callable[[], float] = time.monotonic,
    comfyui_port: int | None = None,
) -> FastAPI:
    """The whole application; ``static`` is the folder of the built page, ``clock`` times the limits on logins.

    At ``comfyui_port`` the door for clients of ComfyUI is all there is.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await agents.stop()
        services.pipelines.close()

    settings, database = services.settings, services.database
    registry = registry_for(database, services.pipelines)
    app = Application(title="Musings", version=VERSION, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.services = services
    app.needs_auth = settings.needs_auth
    problems.install(app, settings.redactor())
    authenticator, links = Authenticator(database), SignedLinks(database, _link_key(services))
    app.state.registry, app.state.links = registry, links
    app.state.webhook_key = key_of(settings, database)
    app.state.logins = session.Logins(authenticator, LoginThrottle(), clock)
    for each in (
        prompts,
        chains,
        musings,
        musing_exports,
        artifacts,
        uploads,
        sharing,
        queue,
        summary,
        workflow_files,
        workflow_presets,
        workflows,
        writings,
        schedules,
        webhooks,
        push,
        feeds,
        tokens,
        session,
        health,
    ):
        app.include_router(each.routes)
    for door in (
        openai_models,
        openai_images,
        openai_speech,
        openai_texts,
        openai_videos,
        comfyui_jobs,
        comfyui_files,
        comfyui_server,
        comfyui_socket,
        comfyui_v2_jobs,
        comfyui_v2_events,
        comfyui_v2_assets,
        comfyui_v2_contents,
    ):
        app.include_router(door.routes)
    agents = mcp_door.install(app, settings)
    reference.install(app)
    page.install(app, static)
    hosts = AllowedHosts(settings.security.public_url, faces_network=settings.faces_network)
    app.add_middleware(Compressor)
    app.add_middleware(
        AccessControl, settings=settings, authenticator=authenticator, links=links, hosts=hosts, writes=TokenBuckets()
    )
    app.add_middleware(RequestChecks, hosts=hosts, metrics=RequestMetrics(registry), upload_bytes=settings.upload_bytes)
    openai_door.install(app)
    comfyui_door.install(app, comfyui_port)  # last, which is outermost: the others see one address for each route
    return app


def _link_key(services: Services) -> SigningKey:
    given = services.settings.secrets.get("MUSINGS_SECRET_SIGNING_KEY")
    return SigningKey(signing_key_of(services.database), given)
