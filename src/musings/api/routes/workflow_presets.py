"""``/api/workflows/{name}/presets``: values for the fields of a workflow that somebody keeps under a name."""

from typing import Annotated

from fastapi import APIRouter, Path

from musings.api.problems import responses
from musings.api.receipts import MayRead
from musings.api.routes.workflows import Name
from musings.api.services import Given, Services
from musings.errors import NotFoundError
from musings.makers.base import Workflow
from musings.store.gallery.presets import LONGEST_NAME
from musings.views import schemas

Preset = Annotated[str, Path(max_length=LONGEST_NAME, description="the name of a preset")]
FOUND = responses(404, 422, 503)

routes = APIRouter(tags=["workflows"])


@routes.get("/api/workflows/{name}/presets", responses=FOUND)
def listing(services: Given, name: Name) -> schemas.WorkflowPresetList:
    """The presets of a workflow, moved to where their fields are now that its file may have changed."""
    found = [_shown(each) for each in services.memory.presets(_workflow(services, name).name)]
    return schemas.WorkflowPresetList(items=found, next_cursor=None)


@routes.put("/api/workflows/{name}/presets/{preset}", responses=responses(404, 409, 422, 503, 507))
def keep(
    services: Given, reader: MayRead, name: Name, preset: Preset, body: schemas.WorkflowPresetBody
) -> schemas.WorkflowPreset | schemas.WorkflowPresetReceipt:
    """Keep values of its fields under a name, in the place of those that it had."""
    found = _shown(services.memory.keep(_workflow(services, name), preset, body.values))
    return found if reader else schemas.WorkflowPresetReceipt(name=found.name)


@routes.delete("/api/workflows/{name}/presets/{preset}", status_code=204, responses=responses(404, 422, 503, 507))
def forget(services: Given, name: Name, preset: Preset) -> None:
    """Take a preset away."""
    services.memory.forget(name, preset)


def _workflow(services: Services, name: str) -> Workflow:
    for each in services.pipelines.offered():
        if each.name == name:
            return each
    raise NotFoundError(f"There is no workflow {name!r}.")


def _shown(found: object) -> schemas.WorkflowPreset:
    return schemas.WorkflowPreset.model_validate(found, from_attributes=True)
