"""Liveness, readiness and metrics."""

import os
import stat
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from musings.api.access_control import access_of
from musings.api.services import Given, Services
from musings.engine.liveness import is_alive
from musings.errors import MusingsError
from musings.security.scopes import Scope
from musings.sqlite import schema
from musings.version import VERSION
from musings.views import present, schemas


async def registry_of(request: Request) -> CollectorRegistry:
    """The metrics of the application that answers."""
    found: CollectorRegistry = request.app.state.registry
    return found


routes = APIRouter(tags=["health"])


@routes.head("/healthz", include_in_schema=False)
@routes.get("/healthz", response_model=schemas.Health, operation_id="healthz")
@routes.head("/health", include_in_schema=False)
@routes.get("/health", response_model=schemas.Health, operation_id="health")
def health() -> schemas.Health:
    """Whether the API answers."""
    return schemas.Health(status="ok", version=VERSION)


@routes.get(
    "/readyz",
    response_model=schemas.Readiness,
    responses={503: {"model": schemas.Readiness, "description": "something that prompts need is missing"}},
)
def ready(services: Given, request: Request) -> Response:
    """Whether prompts can be taken and worked on: database, media root, worker."""
    checks = {
        "database": _database(services),
        "media_root": _media_root(services),
        "worker": _worker(services),
    }
    if not access_of(request).may(Scope.READ):  # paths and processes are nobody else's business
        checks = {name: check.model_copy(update={"detail": ""}) for name, check in checks.items()}
    good = all(check.ok for check in checks.values())
    answer = schemas.Readiness(status="ready" if good else "not ready", checks=checks)
    return JSONResponse(answer.model_dump(), 200 if good else 503)


@routes.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(registry: Annotated[CollectorRegistry, Depends(registry_of)]) -> Response:
    """Figures for Prometheus."""
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _database(services: Services) -> schemas.Check:
    try:
        found = schema.version(services.database)
        schema.read_each_table(services.database)
        schema.require_writable(services.database)
    except MusingsError as error:
        return schemas.Check(ok=False, detail=error.explained)
    return schemas.Check(ok=found == schema.HEAD, detail=f"schema {found}")


def _media_root(services: Services) -> schemas.Check:
    folder = services.settings.media_root
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
    except OSError:
        is_folder = False
    if not is_folder or not os.access(folder, os.W_OK | os.X_OK):
        return schemas.Check(ok=False, detail=f"{folder} is missing or cannot be written")
    try:
        services.media_root.require_there()
    except MusingsError as error:
        return schemas.Check(ok=False, detail=error.explained)
    free, least = services.media_root.free_bytes() or 0, services.settings.media.retention.min_free_gigabytes
    words = f"{free / 1e9:.1f} GB free"
    if free < least * 1e9:
        return schemas.Check(
            ok=False, detail=f"{words}, less than {least:g}: video, image, music and voice prompts wait"
        )
    return schemas.Check(ok=True, detail=words)


def _worker(services: Services) -> schemas.Check:
    try:
        state = present.worker_state(services.database, is_alive)
    except MusingsError as error:
        return schemas.Check(ok=False, detail=error.explained)
    said = present.NOBODY if state is None else state.message
    if said == present.NOBODY:
        said = f"{said}: start `musings worker`"
    return schemas.Check(ok=state is not None and state.mode != "none", detail=said)
