"""A speech server in the list of makers. Light: nothing that decodes sound is imported to list it."""

from collections.abc import Sequence

from musings.config.settings import Settings
from musings.late import importing
from musings.makers.base import (
    BackendState,
    Checked,
    Chosen,
    DefaultGround,
    Lacking,
    Proposal,
    Serving,
    Wanted,
    Workflow,
)
from musings.makers.simple import SimpleMaker
from musings.models import FormField, Kind

NAME = "speech-server"
RANK = 0


class SpeechServerMaker(SimpleMaker):
    """The server of the configuration (``voice.url``); without one there is nothing to offer."""

    name = "speech"
    backend_kind = "speech"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def workflows(self) -> Sequence[Workflow]:
        return [_workflow(self._settings)] if self._settings.voice.url else []

    def propose(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Proposal | None:  # noqa: ARG002 (asks nobody)
        wanted = ground is DefaultGround.SET_UP and kind is Kind.VOICE and self._settings.voice.url
        return Proposal(NAME) if wanted else None

    def choose(self, wanted: Wanted) -> Chosen | None:
        if not self._settings.voice.url or wanted.kind is not Kind.VOICE or wanted.name != NAME:
            return None
        with importing():
            from musings.makers.speech.pipeline import SpeechServerPipeline

        return Chosen(SpeechServerPipeline(self._settings), form(self._settings))

    def check(self, name: str) -> Checked | None:
        """Usable also while the server is away: its prompts wait."""
        if name != NAME or not self._settings.voice.url:
            return None
        [place] = self.backends()
        if place.reachable:
            return Checked(True, [], [str(place.url)])
        return Checked(True, [Lacking(str(place.url), place.last_error or "does not answer")])

    def backends(self) -> list[BackendState]:
        if not self._settings.voice.url:
            return []
        with importing():
            from musings.makers.speech.pipeline import backend

        return [backend(self._settings)]

    def serving(self) -> list[Serving]:
        return [_serving(place) for place in self.backends()]


def form(settings: Settings) -> Sequence[FormField]:
    """Voice and speed, with the defaults and the list of the configuration."""
    wanted = settings.voice
    voices = wanted.voices if not wanted.voices or wanted.voice in wanted.voices else (wanted.voice, *wanted.voices)
    return (
        FormField(
            "voice",
            "choice" if voices else "text",
            "Voice",
            default=wanted.voice,
            choices=voices,
            role="voice",
            help="A voice of the speech server.",
        ),
        FormField(
            "speed",
            "float",
            "Speed",
            default=wanted.speed,
            minimum=0.25,
            maximum=4,
            step=0.05,
            role="speed",
            help="1 is the voice's own.",
        ),
    )


def _workflow(settings: Settings) -> Workflow:
    return Workflow(
        name=NAME,
        kind=Kind.VOICE,
        title="Speech server",
        description="Spoken by a voice of your own speech server.",
        source=SpeechServerMaker.name,
        form=form(settings),
        rank=RANK,
    )


def _serving(place: BackendState) -> Serving:
    if place.reachable:
        return Serving("speech server", True, str(place.url), "")
    mend = "Start it, or correct voice.url. Voice prompts wait until then."
    return Serving("speech server", False, place.last_error or "does not answer", mend)
