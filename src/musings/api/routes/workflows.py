"""``/api/workflows`` and ``/api/backends``: what prompts can be made with, and where."""

from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from musings.api.problems import responses
from musings.api.services import Services
from musings.api.uploads import submitted_workflow
from musings.errors import ConflictError, NotFoundError
from musings.makers.sketch_entry import SKETCH
from musings.store.gallery.defaults import WorkflowDefaults
from musings.views import present, schemas

Name = Annotated[str, Path(max_length=200, description="the name of a workflow")]

BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": "an API-format .json or a script"}
                },
            }
        },
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
    },
}


def router(services: Services) -> APIRouter:
    routes = APIRouter(tags=["workflows"])
    pipelines = services.pipelines

    def named(name: str) -> schemas.WorkflowMeta:
        for each in present.workflow_list(pipelines):
            if each.name == name:
                return each
        raise NotFoundError(f"There is no workflow {name!r}.")

    @routes.get("/api/workflows", response_model=schemas.WorkflowList, responses=responses(503))
    def listing() -> schemas.WorkflowList:
        """Every workflow with its form; the first of a kind serves prompts that name none."""
        return schemas.WorkflowList(items=present.workflow_list(pipelines), next_cursor=None)

    @routes.post(
        "/api/workflows",
        status_code=201,
        response_model=schemas.WorkflowMeta,
        responses=responses(400, 409, 413, 422, 503),
        openapi_extra={"requestBody": BODY},
    )
    async def take(request: Request, response: Response) -> schemas.WorkflowMeta:
        """Import a workflow file: read, checked and kept in the folder of workflows; nothing of it is run."""
        name, content = await submitted_workflow(request)

        def keep() -> schemas.WorkflowMeta:
            kept = pipelines.add(name, content)
            if kept is None:
                raise ConflictError("Media is switched off (media.enabled), so no workflow can be kept.")
            return named(kept)

        found = await anyio.to_thread.run_sync(keep)
        response.headers["Location"] = f"/api/workflows/{found.name}"
        return found

    @routes.get("/api/workflows/{name}", response_model=schemas.WorkflowMeta, responses=responses(404, 422, 503))
    def one(name: Name) -> schemas.WorkflowMeta:
        """One workflow with its form."""
        return named(name)

    @routes.delete("/api/workflows/{name}", status_code=204, responses=responses(404, 409, 422, 503))
    def remove(name: Name) -> None:
        """Take a workflow out of the library; its file is moved aside, not deleted."""
        if name.startswith(SKETCH):
            raise ConflictError(f"{name} is built in and stays.")
        if not pipelines.remove(name):
            raise NotFoundError(f"There is no workflow {name!r}.")

    @routes.put(
        "/api/workflows/{name}/default",
        response_model=schemas.WorkflowMeta,
        responses=responses(404, 409, 422, 503, 507),
    )
    def make_default(name: Name) -> schemas.WorkflowMeta:
        """Have a workflow serve the prompts of its kind that name none, from now on."""
        pipelines.check_default(name)
        WorkflowDefaults(services.database).choose(named(name).kind, name)
        return named(name)

    @routes.get("/api/workflows/{name}/check", response_model=schemas.WorkflowCheck, responses=responses(404, 422, 503))
    def check(name: Name) -> schemas.WorkflowCheck:
        """What each server lacks for a workflow, before a prompt is spent on it."""
        found = named(name)
        checked = pipelines.check(found.name)
        problems = [schemas.WorkflowProblem(server=each.where, message=each.message) for each in checked.problems]
        return schemas.WorkflowCheck(name=name, usable=checked.usable, problems=problems)

    @routes.get("/api/backends", response_model=schemas.BackendList, responses=responses(422, 503))
    def backends(
        probe: Annotated[bool, Query(description="ask the servers now")] = True,
    ) -> schemas.BackendList:
        """Everything that runs workflows, and how it is."""
        sketch = schemas.Backend(
            kind="sketch", url=None, reachable=True, version=None, queue_length=None, last_error=None
        )
        found = pipelines.backends() if probe else []
        items = [schemas.Backend.model_validate(each, from_attributes=True) for each in found]
        return schemas.BackendList(items=[*items, sketch], next_cursor=None)

    return routes
