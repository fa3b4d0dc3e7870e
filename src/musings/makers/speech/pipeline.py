"""The speech server as a pipeline: a text, spoken by a voice of a server that speaks OpenAI's protocol."""

import json
from urllib.parse import urlsplit

from musings.config.settings import Settings
from musings.makers.base import BackendState, Context
from musings.makers.recipe import OF_SPEECH, Recipe
from musings.makers.speech.client import KEY_NAME, SpeechServer, trouble
from musings.makers.speech.entry import NAME
from musings.makers.speech.speaking import speak
from musings.models import ArtifactType, Job, MadeFile, Outcome
from musings_sketch.speech.chapters import facts


class SpeechServerPipeline:
    name = NAME

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def run(self, job: Job, context: Context) -> Outcome:
        server = server_of(self._settings)
        voice, speed = str(job.parameters["voice"]), float(job.parameters["speed"])
        recipe = Recipe(
            prompt=job.text,
            parameters=dict(job.parameters),
            voice=voice,
            model=server.model,
            backend=server.place,
            engine=NAME,
            workflow=NAME,
            order=OF_SPEECH,
        ).as_metadata()
        context.log(f"{server.who}, model {server.model}, voice {voice}, speed {speed:g}: {len(job.text)} characters")
        path = job.directory / "0001.flac"
        tags = {name: each if isinstance(each, str) else json.dumps(each) for name, each in recipe.items()}
        found = speak(
            server,
            job.text,
            path,
            voice=voice,
            speed=speed,
            max_characters=self._settings.voice.max_characters,
            tags=tags,
            check=context.check,
            progress=lambda share: context.progress(share, 1, "speaking"),
        )
        return Outcome((MadeFile(path, ArtifactType.AUDIO, {**recipe, **facts(found)}, is_ours=True),), server.place)


def backend(settings: Settings) -> BackendState:
    """The server, asked now whether it answers at all."""
    server = server_of(settings)
    problem = trouble(server)
    return BackendState("speech", server.place, problem is None, None, None, problem)


def server_of(settings: Settings) -> SpeechServer:
    """The server of the configuration; an address without a path gets the version."""
    wanted = settings.voice
    bare = wanted.url.rstrip("/")
    return SpeechServer(
        url=bare if urlsplit(bare).path else f"{bare}/v1",
        model=wanted.model,
        format=wanted.format,
        key=settings.secrets.get(KEY_NAME, ""),
        timeout_seconds=wanted.timeout_seconds,
        max_retries=wanted.max_retries,
    )
