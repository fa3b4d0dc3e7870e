"""A prompt as somebody asked for it, whichever way it came."""

from dataclasses import dataclass

from musings.models import JsonObject


@dataclass(frozen=True)
class PromptRequest:
    """As it came, from a JSON body or from the command line: nothing of it is checked yet (``intake.checked``).

    ``priority``: 1 is most urgent, 10 least. ``count``: how many to make of it. ``enhance`` asks for the poets' words
    before the media, or forbids them; None leaves it to the type. With the same ``idempotency_key`` the same request
    can come again without a second prompt. ``owner``: who asks, where a door knows (see ``Instructions``).
    """

    prompt_text: str
    prompt_type: str = "text"
    priority: int = 5
    metadata: JsonObject | None = None
    workflow: str | None = None
    parameters: JsonObject | None = None
    count: int | None = None
    config_name: str | None = None
    enhance: bool | None = None
    idempotency_key: str | None = None
    owner: str | None = None
