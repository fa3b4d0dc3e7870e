"""``/v1/images``: pictures, from words and from pictures."""

import base64
import mimetypes
from collections.abc import AsyncIterator
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from musings.api.calls import STREAM, Call, Calling, Result, created
from musings.api.openai_forms import MOST_FIELDS, kept, of_form
from musings.api.routes.sharing import links_of
from musings.api.routes.uploads import full_disk_is_said
from musings.api.signed_links import SignedLinks
from musings.api.uploads import is_form
from musings.media import converted
from musings.models import Artifact, ArtifactType, Kind
from musings.openai_api import answers, edits, model_names, wishes
from musings.openai_api.answers import MadePicture
from musings.openai_api.bodies import ImageBody
from musings.openai_api.refusals import ApiRefusal

MOST_IMAGES = 16
LINK_SECONDS = 3600.0
"""As long as OpenAI's own links."""
VARIATION = "a variation of this picture"
IN_BASE64 = ("gpt-image", "chatgpt-image")
"""Models whose clients take no address."""

Links = Annotated[SignedLinks, Depends(links_of)]

routes = APIRouter(prefix="/v1/images", include_in_schema=False)


@routes.post("/generations")
async def generate(call: Calling, links: Links, request: Request, body: ImageBody) -> Response:
    """Pictures of words."""
    pipelines = call.services.pipelines
    listed = await anyio.to_thread.run_sync(pipelines.workflows)
    workflow = model_names.workflow_of(body.model, Kind.IMAGE, listed)
    form = await anyio.to_thread.run_sync(pipelines.form, Kind.IMAGE, workflow)
    names = wishes.sized(wishes.IMAGE_NAMES, form)
    await call.submit(wishes.picture(body, workflow, form), names, cancels=body.cancel_on_disconnect)
    return await _answer(call, links, request, body, "image_generation.completed")


@routes.post("/edits")
async def edit(call: Calling, links: Links, request: Request) -> Response:
    """Pictures of words and pictures, where a workflow takes one."""
    return await _worked_over(call, links, request, "")


@routes.post("/variations")
async def vary(call: Calling, links: Links, request: Request) -> Response:
    """Pictures of a picture, with no words of the caller's."""
    return await _worked_over(call, links, request, VARIATION)


async def _worked_over(call: Call, links: SignedLinks, request: Request, words: str) -> Response:
    """Pictures of the pictures in a form; ``words`` are for a form that has none."""
    services = call.services
    if not is_form(request):
        raise ApiRefusal(415, "Send a form (multipart/form-data) with the picture in its field `image`.", param="image")
    async with request.form(max_files=MOST_IMAGES + 1, max_fields=MOST_FIELDS) as form:
        body = of_form(ImageBody, form, {"prompt": words} if words else {})
        images = [file for name in ("image", "image[]") for file in form.getlist(name) if isinstance(file, UploadFile)]
        mask = form.get("mask")
        if not images:
            raise ApiRefusal(400, "image: is missing: send a file as the field `image`", param="image")
        listed = await anyio.to_thread.run_sync(services.pipelines.workflows)
        named = model_names.workflow_of(body.model, Kind.IMAGE, listed)
        workflow = edits.workflow_for(named, listed)
        with full_disk_is_said(services.media_root):
            references = [await anyio.to_thread.run_sync(kept, services, file.file, "image") for file in images]
            covered = None
            if isinstance(mask, UploadFile):
                covered = await anyio.to_thread.run_sync(kept, services, mask.file, "mask")
    files = edits.placed(workflow.form, references, covered)
    names = {**wishes.sized(wishes.IMAGE_NAMES, workflow.form), **dict.fromkeys(files, "image")}
    wanted = wishes.picture(body, workflow.name, workflow.form, files, route=request.url.path)
    await call.submit(wanted, names, cancels=body.cancel_on_disconnect)
    return await _answer(call, links, request, body, "image_edit.completed")


async def _answer(call: Call, links: SignedLinks, request: Request, body: ImageBody, event: str) -> Response:
    if body.stream:
        return StreamingResponse(_events(call, links, request, body, event), headers=STREAM)
    made = await call.result()
    content = await anyio.to_thread.run_sync(_whole, call, links, request, body, made)
    return Response(content, media_type="application/json")


async def _events(
    call: Call, links: SignedLinks, request: Request, body: ImageBody, event: str
) -> AsyncIterator[bytes]:
    """Each picture as an event when all are there; a beat now and then before."""
    async for beat in call.beats():
        yield beat
    try:
        made = await call.ended()
        plain = body.model_copy(update={"response_format": "b64_json"})
        pictures = await anyio.to_thread.run_sync(_pictures, call, links, request, plain, made)
    except ApiRefusal as refused:
        yield answers.event(refused.body)
        return
    for each in pictures:
        facts = {
            "type": event,
            "created_at": created(made.prompt),
            "size": each.size,
            "output_format": _format(body, made),
        }
        more = {"quality": "auto", "background": "auto", "usage": answers.NO_IMAGE_TOKENS}
        coded = base64.b64encode(each.content or b"").decode("ascii")
        yield answers.event({**facts, **more, "b64_json": coded}, named=True)


def _whole(call: Call, links: SignedLinks, request: Request, body: ImageBody, made: Result) -> bytes:
    return answers.pictures(_pictures(call, links, request, body, made), created(made.prompt), _format(body, made))


def _pictures(call: Call, links: SignedLinks, request: Request, body: ImageBody, made: Result) -> list[MadePicture]:
    found = _images(made)
    if not found:
        raise ApiRefusal(500, "The workflow made something, and none of it is a picture.", code="failed")
    wanted = body.response_format or ("b64_json" if (body.model or "").startswith(IN_BASE64) else "url")
    return [_picture(call, links, request, body, made, each, wanted) for each in found]


def _picture(
    call: Call, links: SignedLinks, request: Request, body: ImageBody, made: Result, found: Artifact, wanted: str
) -> MadePicture:
    facts = found.metadata
    size = f"{facts['width']}x{facts['height']}" if {"width", "height"} <= facts.keys() else None
    words = facts.get("prompt")
    revised = words if isinstance(words, str) and words != made.prompt.prompt_text else None
    if wanted == "url":
        address, _ = links.make(found.file_path, LINK_SECONDS)
        return MadePicture(url=call.services.base_of(request) + address, size=size, revised=revised)
    path = call.services.media_root.find(found.file_path)
    content = (
        path.read_bytes()
        if body.output_format is None
        else converted.picture(path, body.output_format, body.output_compression)
    )
    content = converted.marked(content, call.services.mark_for("openai", found))
    return MadePicture(content, size=size, revised=revised)


def _images(made: Result) -> list[Artifact]:
    return [each for each in made.artifacts if each.artifact_type == ArtifactType.IMAGE]


def _format(body: ImageBody, made: Result) -> str:
    if body.output_format is not None:
        return body.output_format
    kind = mimetypes.guess_type(_images(made)[0].file_path)[0] or "image/png"
    return kind.partition("/")[2]
