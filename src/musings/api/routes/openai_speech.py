"""``/v1/audio``: speech and music, in the format that the caller asks for."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import anyio
from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from musings.api.calls import STREAM, Call, Calling, Result
from musings.api.services import Services
from musings.media import converted
from musings.media.formats import SOUND_FORMATS
from musings.models import ArtifactType, Kind
from musings.openai_api import answers, model_names, voices, wishes
from musings.openai_api.bodies import MusicBody, SpeechBody
from musings.openai_api.refusals import ApiRefusal

routes = APIRouter(prefix="/v1/audio", include_in_schema=False)


@routes.post("/speech")
async def speak(call: Calling, body: SpeechBody) -> Response:
    """A text, spoken. The answer begins when the whole is spoken, and comes as it is encoded."""
    pipelines = call.services.pipelines
    listed = await anyio.to_thread.run_sync(pipelines.workflows)
    named = model_names.workflow_of(body.model, Kind.VOICE, listed)
    workflow = model_names.serving(named, Kind.VOICE, listed)
    asked = body.voice if body.voice is None or isinstance(body.voice, str) else body.voice.id
    voice = await anyio.to_thread.run_sync(voices.spoken_by, asked, workflow)
    wanted = wishes.speech(body, named, workflow.form, voice)
    names = wishes.sized(wishes.SPEECH_NAMES, workflow.form)
    await call.submit(wanted, names, cancels=body.cancel_on_disconnect)
    encoded = await _encoded(call, body.response_format, mono=True)
    if body.stream_format == "sse":
        return StreamingResponse(_events(encoded.pieces), headers=STREAM)
    return StreamingResponse(encoded.pieces, media_type=encoded.media_type)


@routes.post("/music")
async def play(call: Calling, body: MusicBody) -> Response:
    """A piece of music, which OpenAI has no route for: as speech, in stereo where it is."""
    pipelines = call.services.pipelines
    listed = await anyio.to_thread.run_sync(pipelines.workflows)
    named = model_names.workflow_of(body.model, Kind.MUSIC, listed)
    workflow = model_names.serving(named, Kind.MUSIC, listed)
    names = wishes.sized(wishes.MUSIC_NAMES, workflow.form)
    await call.submit(wishes.music(body, named, workflow.form), names, cancels=body.cancel_on_disconnect)
    encoded = await _encoded(call, body.response_format, mono=False)
    return StreamingResponse(encoded.pieces, media_type=encoded.media_type)


@dataclass(frozen=True)
class EncodedSound:
    pieces: Iterator[bytes]
    media_type: str


async def _encoded(call: Call, name: str | None, *, mono: bool) -> EncodedSound:
    """What a call made, when it is made, in a format of OpenAI's."""
    made = await call.result()
    return await anyio.to_thread.run_sync(_encoding, call.services, made, name or "mp3", mono)


def _encoding(services: Services, made: Result, name: str, mono: bool) -> EncodedSound:
    found = next((each for each in made.artifacts if each.artifact_type == ArtifactType.AUDIO), None)
    if found is None:
        raise ApiRefusal(500, "The workflow made something, and none of it is a sound.", code="failed")
    path = services.media_root.find(found.file_path)
    mark = services.mark_for("openai", found)
    return EncodedSound(converted.sound(path, name, mono=mono, mark=mark), SOUND_FORMATS[name].media_type)


def _events(encoded: Iterator[bytes]) -> Iterator[bytes]:
    for piece in encoded:
        yield answers.event({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode("ascii")})
    yield answers.event({"type": "speech.audio.done", "usage": answers.NO_TOKENS})
