"""``/api/workflows`` and ``/api/backends``: what prompts can be made with, and where."""

from typing import Annotated
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Path, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from musings.api.access_control import access_of
from musings.api.problems import responses
from musings.api.receipts import MayRead, of_workflow
from musings.api.services import Given, Services
from musings.api.uploads import body_with_file, submitted_workflow
from musings.errors import ConflictError, NotFoundError
from musings.makers.base import FileContent
from musings.security.scopes import Scope
from musings.store.gallery.defaults import WorkflowDefaults
from musings.views import present, schemas

Name = Annotated[str, Path(max_length=200, description="the name of a workflow")]

BODY = body_with_file("a .json, a script, or a picture, sound or film that carries a workflow") | {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["name", "workflow"],
            "properties": {
                "name": {"type": "string", "description": "such as fox.json"},
                "workflow": {"type": "object", "description": "the graph in API format"},
            },
        }
    },
}
FOUND = responses(404, 422, 503)
NOT_THE_OWNER = (
    "A script is code that will run here, so its sender must be known: send a token with the scope admin, log in (set "
    "security.require_auth to true), or use `musings workflows import FILE`."
)
Answer = schemas.WorkflowMeta | schemas.WorkflowReceipt

routes = APIRouter(tags=["workflows"])


@routes.get("/api/workflows", responses=responses(503))
def listing(services: Given) -> schemas.WorkflowList:
    """Every workflow with its form; the first of a kind serves prompts that name none."""
    return schemas.WorkflowList(
        items=present.workflow_list(services.pipelines, services.memory.changes), next_cursor=None
    )


@routes.post(
    "/api/workflows",
    status_code=201,
    responses=responses(400, 403, 409, 413, 422, 503),
    openapi_extra={"requestBody": {"required": True, "content": BODY}},
)
async def take(services: Given, reader: MayRead, request: Request, response: Response) -> Answer:
    """Import a workflow file: read, checked and kept in the folder of workflows; nothing of it is run.

    Of a picture, a sound or a film the workflow in it is kept.
    """
    async with submitted_workflow(request) as (name, content):
        _check_author(services, request, name)
        found = await anyio.to_thread.run_sync(_keep, services, name, content)
    response.headers["Location"] = f"/api/workflows/{quote(found.name, safe='')}"
    return found if reader else of_workflow(found)


@routes.get("/api/workflows/{name}", responses=FOUND)
def one(services: Given, name: Name) -> schemas.WorkflowMeta:
    """One workflow with its form."""
    return _named(services, name)


@routes.delete("/api/workflows/{name}", status_code=204, responses=responses(404, 409, 422, 503))
def remove(services: Given, name: Name) -> None:
    """Take a workflow out of the library; its file is moved aside, not deleted."""
    if not services.pipelines.remove(name):
        raise NotFoundError(f"There is no workflow {name!r}.")


@routes.put("/api/workflows/{name}/default", responses=responses(404, 409, 422, 503, 507))
def make_default(services: Given, reader: MayRead, name: Name) -> Answer:
    """Have a workflow serve the prompts of its kind that name none, from now on."""
    services.pipelines.check_default(name)
    WorkflowDefaults(services.database).choose(_named(services, name).kind, name)
    found = _named(services, name)
    return found if reader else of_workflow(found)


@routes.get("/api/workflows/{name}/check", responses=FOUND)
def check(services: Given, name: Name) -> schemas.WorkflowCheck:
    """What each server lacks for a workflow, before a prompt is spent on it."""
    found = _named(services, name)
    checked = services.pipelines.check(found.name)
    problems = [schemas.WorkflowProblem.model_validate(each) for each in checked.problems]
    return schemas.WorkflowCheck(name=name, usable=checked.usable, problems=problems)


@routes.get("/api/backends", responses=responses(422, 503))
def backends(
    services: Given,
    probe: Annotated[bool, Query(description="ask the servers now")] = True,
) -> schemas.BackendList:
    """Everything that runs workflows, and how it is."""
    sketch = schemas.Backend(
        kind="sketch", url=None, reachable=True, version=None, queue_length=None, last_error=None, asleep=False
    )
    found = services.pipelines.backends() if probe else []
    items = [schemas.Backend.model_validate(each, from_attributes=True) for each in found]
    return schemas.BackendList(items=[*items, sketch], next_cursor=None)


def _keep(services: Services, name: str, content: FileContent) -> schemas.WorkflowMeta:
    kept = services.pipelines.add(name, content)
    if kept is None:
        raise ConflictError("Media is switched off (media.enabled), so no workflow can be kept.")
    return _named(services, kept)


def _check_author(services: Services, request: Request, name: str) -> None:
    """A script is code that will run as this user; from this machine, too, only its owner may bring one.

    Other users of the machine reach a port of 127.0.0.1 as well. Where no ComfyUI is set up for scripts, none runs.
    """
    runs = services.settings.media.comfyui.directory is not None and name.lower().endswith(".py")
    if runs and Scope.ADMIN not in access_of(request).caller.scopes:
        raise HTTPException(403, NOT_THE_OWNER)


def _named(services: Services, name: str) -> schemas.WorkflowMeta:
    for each in present.workflow_list(services.pipelines, services.memory.changes):
        if each.name == name:
            return each
    raise NotFoundError(f"There is no workflow {name!r}.")
