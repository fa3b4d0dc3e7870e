"""What a prompt may wish of the poets: a text with its form, or their words before the medium. Pure."""

from collections.abc import Sequence

from musings.makers.sketch_forms import SKETCH_FORMS
from musings.models import KIND_OF_TYPE, FormField, Instructions, Kind, NewPrompt, Prompt

POETS = "poets"
"""The workflow that a text prompt names to have the poets and nobody else."""

DOCUMENT_TYPES = ("image_prompt", "lyrics_prompt")

POETS_FORM: Sequence[FormField] = (
    *SKETCH_FORMS[Kind.TEXT],
    FormField(
        "temperature",
        "float",
        "Daring",
        minimum=0,
        maximum=2,
        step=0.1,
        advanced=True,
        help="0 is sober, 2 is wild. Empty: as the configuration says. The sketch poet has none.",
    ),
)


def wants_document(prompt: Prompt | NewPrompt) -> bool:
    """Whether the poets' document comes before the media of this prompt."""
    if KIND_OF_TYPE.get(prompt.prompt_type) not in (Kind.IMAGE, Kind.MUSIC):
        return False
    asked = (prompt.instructions or Instructions()).enhance
    return asked or (prompt.prompt_type in DOCUMENT_TYPES and asked is None)
