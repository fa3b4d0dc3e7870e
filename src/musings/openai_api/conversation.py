"""A conversation as the words of one prompt. The poets take one task, so what was said before is told in it."""

from collections.abc import Sequence

from musings.openai_api.bodies import ChatMessage
from musings.openai_api.refusals import ApiRefusal

INSTRUCTING = ("system", "developer")
SPEAKERS = {"user": "User", "assistant": "Assistant"}
TEXTS = ("text", "input_text", "output_text", "refusal")


def words_of(messages: Sequence[ChatMessage], instructions: str | None = None, *, where: str = "messages") -> str:
    """The task of a conversation: what the last message asks for, then the instructions and what was said before.

    A single message is the task as it is. Raises ``ApiRefusal`` where there is nothing to write, and for pictures and
    sounds, which the poets cannot see or hear; ``where`` names the field.
    """
    said = [(each.role, _text(each, f"{where}.{number}")) for number, each in enumerate(messages)]
    given = [instructions or "", *(text for role, text in said if role in INSTRUCTING)]
    talk = [(role, text) for role, text in said if role in SPEAKERS and text.strip()]
    if not talk or talk[-1][0] != "user":
        raise ApiRefusal(400, f"{where}: the last message must be the user's, with words in it", param=where)
    *before, (_, task) = talk
    parts = [task.strip()]
    # The task first: it is what a list of prompts shows.
    if rules := "\n\n".join(rule.strip() for rule in given if rule.strip()):
        parts.append(f"Keep to this:\n\n{rules}")
    if before:
        told = "\n\n".join(f"{SPEAKERS[role]}: {text.strip()}" for role, text in before)
        parts.append(f"What was said before:\n\n{told}")
    return "\n\n".join(parts) if parts[1:] else task


def _text(message: ChatMessage, where: str) -> str:
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    for part in message.content:
        if part.type not in TEXTS:
            words = f"{where}.content: the poets read words, and this holds {part.type[:40]!r}"
            raise ApiRefusal(400, words, param=f"{where}.content")
    return "\n".join(part.text or "" for part in message.content)
