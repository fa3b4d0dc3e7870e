"""What a person may set for a sketch of each kind."""

from collections.abc import Mapping, Sequence

from musings.forms.seeds import SEED
from musings.models import FormField, Kind

SKETCH_FORMS: Mapping[Kind, Sequence[FormField]] = {
    Kind.TEXT: (
        FormField(
            "form",
            "choice",
            "Form",
            choices=(
                "free verse",
                "haiku",
                "sonnet",
                "ballad",
                "couplets",
                "prose",
                "story",
                "dialogue",
                "song",
                "lyrics",
            ),
            help="Empty: what the type of the prompt suggests.",
            advanced=True,
        ),
        SEED,
    ),
    Kind.IMAGE: (
        FormField(
            "width",
            "int",
            "Width",
            default=1024,
            minimum=64,
            maximum=2048,
            step=8,
            role="width",
            help="Pixels.",
        ),
        FormField(
            "height",
            "int",
            "Height",
            default=1024,
            minimum=64,
            maximum=2048,
            step=8,
            role="height",
            help="Pixels.",
        ),
        FormField("count", "int", "How many", default=1, minimum=1, maximum=16, role="count"),
        SEED,
    ),
    Kind.MUSIC: (
        FormField(
            "duration",
            "float",
            "Length",
            minimum=20,
            maximum=60,
            step=1,
            role="duration",
            help="Seconds. Empty: what the words suggest.",
        ),
        SEED,
    ),
    Kind.VOICE: (
        FormField(
            "voice",
            "text",
            "Voice",
            default="en",
            role="voice",
            help="A voice of espeak-ng, such as en, en-us+f3 or de.",
        ),
        FormField("language", "text", "Language", role="language", help="Overrides the voice's own, such as fr."),
        FormField(
            "speed",
            "int",
            "Speed",
            default=165,
            minimum=80,
            maximum=400,
            step=5,
            role="speed",
            help="Words a minute.",
        ),
        FormField("pitch", "int", "Pitch", default=50, minimum=0, maximum=99, advanced=True),
        SEED,
    ),
    Kind.VIDEO: (
        *(
            FormField(name, "int", label, default, 64, 1280, 16, role=name, help="Pixels.")
            for name, label, default in (("width", "Width", 768), ("height", "Height", 432))
        ),
        FormField("duration", "float", "Length", 4, 1, 20, 1, role="duration", help="Seconds."),
        FormField("fps", "int", "Frames a second", 24, 8, 30, 1, advanced=True),
        SEED,
    ),
}
