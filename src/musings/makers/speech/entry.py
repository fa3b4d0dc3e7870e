"""The speech server as a prompt may name it. Light: nothing that decodes sound is imported here."""

from collections.abc import Sequence

from musings.config.settings import Settings
from musings.makers.base import Workflow
from musings.models import FormField, Kind

NAME = "speech-server"


def workflow(settings: Settings) -> Workflow:
    """The speech server as a prompt may name it."""
    return Workflow(
        name=NAME,
        kind=Kind.VOICE,
        title="Speech server",
        description="Spoken by a voice of your own speech server.",
        source="speech",
        form=form(settings),
    )


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
