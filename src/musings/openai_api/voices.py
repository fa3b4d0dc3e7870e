"""The names of OpenAI's voices, for voices that have other names."""

from collections.abc import Mapping, Sequence

from musings.late import importing
from musings.makers.base import Workflow
from musings.models import FormField
from musings.openai_api.refusals import ApiRefusal
from musings_sketch.errors import SketchError

OPENAI_VOICES: Mapping[str, str] = {
    "alloy": "en-us",
    "ash": "en-us+m3",
    "ballad": "en-gb-scotland",
    "cedar": "en+m3",
    "coral": "en-us+f3",
    "echo": "en+m3",
    "fable": "en-gb-x-rp",
    "marin": "en+f3",
    "nova": "en+f3",
    "onyx": "en-us+m3",
    "sage": "en+f3",
    "shimmer": "en-us+f3",
    "verse": "en",
}
"""Each with a voice of the sketch engine that is somewhat like it."""


def spoken_by(voice: str | None, workflow: Workflow) -> str | None:
    """A voice as a workflow's form takes it; None for its default.

    Raises ``ApiRefusal`` for a voice that is known not to be there.
    """
    field = voice_of(workflow.form)
    if voice is None or field is None or voice in field.choices:
        return voice
    if workflow.source == "sketch":
        return OPENAI_VOICES.get(voice) or _sketched(voice)
    # Clients send alloy to whatever they talk to.
    return None if field.choices and voice in OPENAI_VOICES else voice


def offered(workflow: Workflow) -> list[str]:
    """The voices that may be named."""
    field = voice_of(workflow.form)
    if workflow.source == "sketch":
        with importing():  # it brings numpy, which an API that nobody asks for voices has no use for
            from musings_sketch.speech import VOICES

        return [*OPENAI_VOICES, *VOICES]
    if field is None:
        return []
    return list(field.choices) or [str(field.default)]


def voice_of(form: Sequence[FormField]) -> FormField | None:
    return next((field for field in form if field.role == "voice"), None)


def _sketched(voice: str) -> str:
    with importing():
        from musings_sketch.speech.voices import resolved

    try:
        return resolved(voice)
    except SketchError as error:
        raise ApiRefusal(400, f"voice: {error} {error.hint or ''}".strip(), param="voice") from error
