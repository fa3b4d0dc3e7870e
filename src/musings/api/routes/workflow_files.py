"""``/api/workflow-files``: what a file would be as a workflow, and a run of it, before it is kept."""

import json
from collections.abc import Mapping
from typing import Annotated

import anyio
from fastapi import APIRouter, Query
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from musings.api.problems import responses
from musings.api.receipts import MayRead, of_prompt
from musings.api.services import Given, Services
from musings.api.uploads import body_with_file, file_in, form_of, is_form, submitted_workflow
from musings.errors import ConflictError, Fault, InvalidInputError
from musings.makers.base import FileContent, Inspection, Resolved
from musings.models import TYPES_OF_KIND, JsonObject, Prompt
from musings.requests.request import PromptRequest
from musings.store.queue import submission
from musings.views import schemas

FILE = "a .json, a script, or a picture, sound or film that carries a workflow"
WORDS = "A test."

routes = APIRouter(tags=["workflows"])


@routes.post(
    "/api/workflow-files/inspect",
    responses=responses(400, 409, 413, 422, 503),
    openapi_extra={"requestBody": {"required": True, "content": body_with_file(FILE)}},
)
async def inspect(services: Given, request: Request) -> schemas.WorkflowInspection:
    """What a file would be as a workflow: its form, and what each server lacks for it. It is not kept.

    Of a file of another program, such as AUTOMATIC1111, what was made with it: words, seed, size.
    """
    async with submitted_workflow(request) as (name, content):
        found = await anyio.to_thread.run_sync(_inspected, services, name, content)
    return _shown(found)


@routes.post(
    "/api/workflow-files/try",
    status_code=201,
    responses=responses(400, 409, 413, 415, 422, 503),
    openapi_extra={"requestBody": {"required": True, "content": body_with_file(FILE)}},
)
async def try_out(
    services: Given,
    reader: MayRead,
    request: Request,
    response: Response,
    prompt_text: Annotated[str | None, Query(description="the words; else those in the file")] = None,
) -> schemas.PromptResponse | schemas.PromptReceipt:
    """Make one prompt with a workflow file that is not kept. `parameters` of the form is a JSON object of values."""
    if not is_form(request):
        raise HTTPException(415, "Send a form (multipart/form-data) with the file in its field `file`.")
    async with form_of(request) as form, file_in(form) as (name, content):
        given = _parameters(form)
        found = await anyio.to_thread.run_sync(_tried, services, name, content, given, prompt_text)
    response.headers["Location"] = f"/api/prompts/{found.id}"
    return await anyio.to_thread.run_sync(of_prompt, services, reader, found)


def _inspected(services: Services, name: str, content: FileContent) -> Inspection:
    found = services.pipelines.inspect(name, content)
    if found is None:
        raise ConflictError("Media is switched off (media.enabled), so no workflow is read.")
    return found


def _shown(found: Inspection) -> schemas.WorkflowInspection:
    return schemas.WorkflowInspection(
        workflow=schemas.WorkflowMeta.model_validate(found.workflow, from_attributes=True),
        file_name=found.file_name,
        remarks=list(found.remarks),
        usable=found.checked.usable,
        places=found.checked.places,
        problems=[schemas.WorkflowProblem.model_validate(each) for each in found.checked.problems],
        program=found.program,
        settings=dict(found.settings),
    )


def _tried(services: Services, name: str, content: FileContent, given: JsonObject, words: str | None) -> Prompt:
    found = _inspected(services, name, content)
    workflow, version = found.workflow, found.version
    if version is None:
        raise InvalidInputError([Fault("file", workflow.problem or "is no workflow that can be run")])
    if workflow.source == "script":
        raise InvalidInputError(
            [Fault("file", "is a script: import it first, because running it is running a program")]
        )
    request = PromptRequest(
        prompt_text=words or found.words or WORDS,
        prompt_type=TYPES_OF_KIND[workflow.kind][0],
        workflow=workflow.name,
        parameters=given,
        metadata={"test_run_of": found.file_name},
    )
    new = services.checked(
        request,
        max_attempts=1,  # a test: whoever looks on wants to know what went wrong
        resolved=Resolved(workflow.name, workflow.form, version, workflow.takes_text),
    )
    prompt, _ = services.database.writing(submission.add, new, services.settings.processing.max_pending)
    return prompt


def _parameters(form: FormData) -> JsonObject:
    text = form.get("parameters") or "{}"
    try:
        given = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, Mapping):
        raise InvalidInputError([Fault("parameters", "must be a JSON object of values by field")])
    return given
