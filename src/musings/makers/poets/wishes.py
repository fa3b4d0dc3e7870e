"""What a prompt wishes for beside its medium: the poets' words first. Pure."""

from musings.models import KIND_OF_TYPE, Instructions, Kind, NewPrompt, Prompt

DOCUMENT_TYPES = ("image_prompt", "lyrics_prompt")


def wants_document(prompt: Prompt | NewPrompt) -> bool:
    """Whether the poets' document comes before the media of this prompt."""
    if KIND_OF_TYPE.get(prompt.prompt_type) not in (Kind.IMAGE, Kind.MUSIC):
        return False
    asked = (prompt.instructions or Instructions()).enhance
    return asked or (prompt.prompt_type in DOCUMENT_TYPES and asked is None)
