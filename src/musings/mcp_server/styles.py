"""MCP prompts: styles and forms that a person picks from a menu, as words for the agent."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PromptStyle:
    """``wording`` has a place for the subject."""

    name: str
    title: str
    kind: str
    wording: str


STYLES = (
    PromptStyle(
        "watercolour", "Watercolour", "image", "{subject}, loose watercolour on cold-pressed paper, soft edges"
    ),
    PromptStyle("ink", "Ink drawing", "image", "{subject}, ink drawing, fine hatching, plain paper"),
    PromptStyle("film-still", "Film still", "image", "{subject}, film still, 35 mm, natural light, shallow focus"),
    PromptStyle("poster", "Poster", "image", "{subject}, screen-printed poster, three flat colours, bold shapes"),
    PromptStyle("haiku", "Haiku", "text", "a haiku about {subject}"),
    PromptStyle("sonnet", "Sonnet", "text", "a sonnet about {subject}"),
    PromptStyle("short-story", "Short story", "text", "a short story about {subject}"),
    PromptStyle("lullaby", "Lullaby", "music", "a slow lullaby about {subject}, music box and soft strings"),
    PromptStyle("waltz", "Waltz", "music", "a waltz about {subject}, accordion and piano"),
    PromptStyle("read-aloud", "Read aloud", "voice", "{subject}"),
)


def asked(style: PromptStyle, subject: str) -> str:
    """What the agent is asked to do."""
    words = style.wording.format(subject=subject)
    return f"Call the tool `make` with kind {style.kind!r} and this text, then show me what came of it:\n\n{words}"
