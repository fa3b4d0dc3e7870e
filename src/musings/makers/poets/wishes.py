"""What a prompt wishes for beside its medium: the poets' words first. Pure."""

from musings.models import Kind, Prompt

ENHANCE = "enhance"
"""The key in a prompt's instructions that asks for the poets' document before the media."""

DOCUMENT_TYPES = ("image_prompt", "lyrics_prompt")


def wants_document(prompt: Prompt) -> bool:
    """Whether the poets' document comes before the media of this prompt."""
    if prompt.kind not in (Kind.IMAGE, Kind.MUSIC):
        return False
    asked = prompt.instructions.get(ENHANCE)
    return asked is True or (prompt.prompt_type in DOCUMENT_TYPES and asked is not False)
