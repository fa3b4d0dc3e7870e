"""``/v1/chat/completions`` and ``/v1/responses``: texts of the poets, one prompt each."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import anyio
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response, StreamingResponse

from musings.api.calls import STREAM, Call, Calling, Result, created, result_of
from musings.errors import NotFoundError
from musings.models import Kind, Prompt, PromptStatus
from musings.openai_api import answers, conversation, model_names, wishes
from musings.openai_api.answers import MadeText
from musings.openai_api.bodies import ChatBody, ChatMessage, ResponsesBody
from musings.openai_api.refusals import ApiRefusal
from musings.store.gallery import prompts
from musings.store.queue import cancellation

RESPONSE = re.compile(r"resp_([0-9]{1,18})", re.ASCII)
STATUSES: Mapping[str, str] = {
    PromptStatus.PENDING: "queued",
    PromptStatus.PROCESSING: "in_progress",
    PromptStatus.COMPLETED: "completed",
    PromptStatus.FAILED: "failed",
    PromptStatus.CANCELLED: "cancelled",
}

routes = APIRouter(prefix="/v1", include_in_schema=False)


@routes.post("/chat/completions")
async def complete(call: Calling, body: ChatBody) -> Response:
    """An answer of the poets to a conversation."""
    words = conversation.words_of(body.messages)
    prompt = await _submitted(call, body, words, wishes.CHAT_NAMES)
    if body.stream:
        usage = bool(body.stream_options and body.stream_options.include_usage)
        return StreamingResponse(_chunks(call, prompt, body.model, usage=usage), headers=STREAM)
    return JSONResponse(answers.completion(_text(await call.result(), body.model)))


@routes.post("/responses")
async def respond(call: Calling, body: ResponsesBody) -> Response:
    """The same in the shape of responses; with ``background`` it is answered at once, and asked for later."""
    messages = [ChatMessage(content=body.input)] if isinstance(body.input, str) else body.input
    if body.previous_response_id is not None:
        messages = [*await anyio.to_thread.run_sync(_said_before, call, body.previous_response_id), *messages]
    words = conversation.words_of(messages, body.instructions, where="input")
    prompt = await _submitted(call, body, words, wishes.RESPONSES_NAMES)
    repeated = {
        "instructions": body.instructions,
        "metadata": body.metadata or {},
        "previous_response_id": body.previous_response_id,
        "background": bool(body.background),
    }
    if body.background and not body.stream:
        call.answered()
        return JSONResponse(answers.response(_begun(prompt, body.model), STATUSES[prompt.status], **repeated))
    if body.stream:
        return StreamingResponse(_response_events(call, prompt, body.model, repeated), headers=STREAM)
    return JSONResponse(answers.response(_text(await call.result(), body.model), "completed", **repeated))


@routes.get("/responses/{response_id}")
def response(call: Calling, response_id: str) -> dict[str, Any]:
    """A response that was asked for before: it is a prompt, so it outlives the server."""
    return _shown(call, _found(call, response_id, "response_id"))


@routes.post("/responses/{response_id}/cancel")
def cancel(call: Calling, response_id: str) -> dict[str, Any]:
    """Stop the work on a response."""
    found = _found(call, response_id, "response_id")
    return _shown(call, call.services.database.writing(cancellation.cancel, found.id))


async def _submitted(call: Call, body: ChatBody | ResponsesBody, words: str, names: Mapping[str, str]) -> Prompt:
    pipelines = call.services.pipelines
    listed = await anyio.to_thread.run_sync(pipelines.workflows)
    workflow = model_names.workflow_of(body.model, Kind.TEXT, listed)
    form = await anyio.to_thread.run_sync(pipelines.form, Kind.TEXT, workflow)
    wanted = wishes.writing(body, words, workflow, form)
    return await call.submit(wanted, wishes.sized(names, form), cancels=body.cancel_on_disconnect)


async def _chunks(call: Call, prompt: Prompt, model: str | None, *, usage: bool) -> AsyncIterator[bytes]:
    yield answers.event(answers.first_chunk(_begun(prompt, model)))
    async for beat in call.beats():
        yield beat
    try:
        made = _text(await call.ended(), model)
    except ApiRefusal as refused:
        yield answers.event(refused.body)
        return
    for chunk in answers.completion_chunks(made, usage=usage):
        yield answers.event(chunk)
    yield b"data: [DONE]\n\n"


async def _response_events(
    call: Call, prompt: Prompt, model: str | None, repeated: Mapping[str, Any]
) -> AsyncIterator[bytes]:
    begun = _begun(prompt, model)
    for event in answers.opening_events(answers.response(begun, "in_progress", **repeated)):
        yield answers.event(event, named=True)
    async for beat in call.beats():
        yield beat
    for event in await _closing(call, begun, model, repeated):
        yield answers.event(event, named=True)


async def _closing(
    call: Call, begun: MadeText, model: str | None, repeated: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    try:
        made = _text(await call.ended(), model)
    except ApiRefusal as refused:
        failed = answers.response(begun, "failed", **repeated, **_error(refused))
        return iter([{"type": "response.failed", "response": failed, "sequence_number": 2}])
    return answers.closing_events(made, answers.response(made, "completed", **repeated))


def _said_before(call: Call, response_id: str) -> list[ChatMessage]:
    """A response and what it answers. Raises ``ApiRefusal`` for one that is none, or has no text yet."""
    param = "previous_response_id"
    before = _found(call, response_id, param)
    try:
        answer = _text(result_of(call.services.database, before.id), None).text
    except ApiRefusal as refused:
        raise ApiRefusal(400, f"{param}: it has no text. {refused}", param=param) from refused
    return [ChatMessage(content=before.prompt_text), ChatMessage(role="assistant", content=answer)]


def _shown(call: Call, prompt: Prompt) -> dict[str, Any]:
    """A response as it stands."""
    said = prompt.metadata.get("openai")  # the caller's own, where it came another way
    model = str(said["model"]) if isinstance(said, dict) and "model" in said else None
    if prompt.status in (PromptStatus.PENDING, PromptStatus.PROCESSING):
        return answers.response(_begun(prompt, model), STATUSES[prompt.status])
    try:
        made = result_of(call.services.database, prompt.id)
    except ApiRefusal as refused:
        return answers.response(_begun(prompt, model), STATUSES[prompt.status], **_error(refused))
    return answers.response(_text(made, model), "completed")


def _error(refused: ApiRefusal) -> dict[str, Any]:
    return {"error": {"code": "server_error", "message": refused.body["error"]["message"]}}


def _found(call: Call, response_id: str, param: str) -> Prompt:
    named = RESPONSE.fullmatch(response_id)
    refusal = ApiRefusal(404, f"There is no response {response_id[:60]!r}.", param=param, code="response_not_found")
    if named is None:
        raise refusal
    try:
        found = call.services.database.reading(prompts.get, int(named[1]))
    except NotFoundError as error:
        raise refusal from error
    if found.kind is not Kind.TEXT:
        raise refusal
    return found


def _begun(prompt: Prompt, model: str | None) -> MadeText:
    return MadeText(prompt.id, model or Kind.TEXT.value, created(prompt), "")


def _text(made: Result, model: str | None) -> MadeText:
    """The writing with its title, as its file has it."""
    begun = _begun(made.prompt, model)
    if made.writing is None:
        raise ApiRefusal(500, "The workflow made something, and none of it is a text.", code="failed")
    title, content = (made.writing.title or "").strip(), (made.writing.content or "").strip()
    tokens = next((each.metadata["tokens"] for each in made.artifacts if "tokens" in each.metadata), 0)
    text = f"# {title}\n\n{content}" if title else content
    return MadeText(begun.prompt_id, begun.model, begun.created, text, tokens if isinstance(tokens, int) else 0)
