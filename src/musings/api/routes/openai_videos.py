"""``/v1/videos``: films as jobs. Each is a prompt, so that it outlives the server and whoever asked for it."""

from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from musings.api import files, openai_forms, video_jobs
from musings.api.calls import Call, Calling
from musings.models import Kind, Prompt
from musings.openai_api import edits, model_names, wishes
from musings.openai_api.bodies import VideoBody
from musings.openai_api.refusals import ApiRefusal

REFERENCE = "input_reference"
POLL = {"openai-poll-after-ms": "1000"}
"""How long OpenAI's clients wait before they ask again."""

Variant = Literal["video", "thumbnail", "spritesheet"]

routes = APIRouter(prefix="/v1/videos", include_in_schema=False)


@routes.post("")
async def create(call: Calling, request: Request) -> Response:
    """Begin a film. It is answered at once, and asked for later."""
    services = call.services
    async with openai_forms.submitted(request, VideoBody, REFERENCE) as (body, file):
        listed = await anyio.to_thread.run_sync(services.pipelines.workflows)
        workflow = model_names.workflow_of(body.model, Kind.VIDEO, listed)
        placed: dict[str, str] = {}
        # Which workflow takes a picture is asked first: a file that nothing can use is not kept.
        if file is not None or body.input_reference is not None:
            taking = edits.workflow_for(workflow, listed, Kind.VIDEO)
            picture = await openai_forms.reference(services, file, body.input_reference, REFERENCE)
            workflow, placed = taking.name, dict(edits.placed(taking.form, [picture], None))
    form = await anyio.to_thread.run_sync(services.pipelines.form, Kind.VIDEO, workflow)
    names = {**wishes.sized(wishes.VIDEO_NAMES, form, duration="seconds"), **dict.fromkeys(placed, REFERENCE)}
    prompt = await call.submit(wishes.video(body, workflow, form, placed), names)
    # The caller has the id of its job, so there is nothing that its retry would have to take up.
    call.answered()
    [shown] = await anyio.to_thread.run_sync(video_jobs.shown, services, [prompt])
    return JSONResponse(shown, headers=POLL)


@routes.get("")
def listing(
    call: Calling,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    order: Literal["asc", "desc"] = "desc",
) -> dict[str, Any]:
    """The films of this queue, however they were asked for, those in the trash left out."""
    return video_jobs.listing(call.services, after, limit, oldest_first=order == "asc")


@routes.get("/{video_id}")
def one(call: Calling, video_id: str) -> Response:
    """How a film stands."""
    return JSONResponse(video_jobs.shown(call.services, [_found(call, video_id)])[0], headers=POLL)


@routes.get("/{video_id}/content")
def content(call: Calling, request: Request, video_id: str, variant: Variant = "video") -> Response:
    """The film, or a small picture of it. Parts of it are sent where they are asked for."""
    film = video_jobs.film_of(call.services, _found(call, video_id))
    if variant == "video":
        mark = call.services.mark_for("openai", film)
        return files.serve(
            request, call.services.media_root, film.file_path, etag=film.metadata.get("sha256"), mark=mark
        )
    if variant == "spritesheet" or film.preview_path is None:
        words = f"variant: there is no {variant} of this video; video and thumbnail are what is made"
        raise ApiRefusal(404, words, param="variant", code="no_such_variant")
    return files.serve(request, call.services.media_root, film.preview_path)


@routes.delete("/{video_id}")
def delete(call: Calling, video_id: str) -> dict[str, Any]:
    """Into the trash, with the prompt."""
    return video_jobs.discard(call.services, _found(call, video_id))


def _found(call: Call, video_id: str) -> Prompt:
    prompt = video_jobs.found(call.services, video_id)
    call.about(prompt)
    return prompt
