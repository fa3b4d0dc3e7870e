r"""Texts with placeholders: ``{{idea}}``, ``{{poem.text}}``, ``{{polished.text or poem.text}}``. Pure.

A small, strict grammar and no language: nothing in it loops, calls or computes, so that a chain of a stranger can only
say which words go where, and whatever it names is checked before it runs. What is put in is not looked at again. Single
braces are left alone, because dynamic prompts use them; ``\{{`` is two braces.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from musings.models import Json

NAME = r"[a-z][a-z0-9_-]{0,39}"
_TOKEN = re.compile(r"\\\{\{|\{\{([^{}]*+)\}\}|\{\{")
_PATH = re.compile(rf"({NAME})(?:\.({NAME}))?", re.ASCII)
_OR = re.compile(r"(?<!\s)\s++or\s++")


class TemplateError(ValueError):
    """A placeholder that cannot be read; the message says which, and what to write."""


@dataclass(frozen=True)
class Reference:
    """What a placeholder names: ``poem.text`` is the field ``text`` of ``poem``; ``idea`` has no field."""

    name: str
    field: str | None = None

    def __str__(self) -> str:
        return self.name if self.field is None else f"{self.name}.{self.field}"


@dataclass(frozen=True)
class TemplatePlaceholder:
    """The first of the alternatives that there is."""

    alternatives: tuple[Reference, ...]


@dataclass(frozen=True)
class Template:
    """Words and placeholders in their order."""

    parts: tuple[str | TemplatePlaceholder, ...]

    @property
    def placeholders(self) -> Iterator[TemplatePlaceholder]:
        return (part for part in self.parts if isinstance(part, TemplatePlaceholder))

    @property
    def references(self) -> Iterator[Reference]:
        return (each for found in self.placeholders for each in found.alternatives)

    def render(self, value_of: Callable[[TemplatePlaceholder], Json]) -> Json:
        """With values in place. One placeholder and nothing else gives the value itself: a number stays one."""
        if len(self.parts) == 1 and isinstance(self.parts[0], TemplatePlaceholder):
            return value_of(self.parts[0])
        return "".join(part if isinstance(part, str) else _word(value_of(part)) for part in self.parts)


def parse(text: str) -> Template:
    """Raises ``TemplateError`` for what is no placeholder of ours between two braces, and for braces left open."""
    # By one pass of one pattern: a text of braces alone costs no more than its length.
    parts: list[str | TemplatePlaceholder] = []
    end = 0
    for token in _TOKEN.finditer(text):
        _put(parts, text[end : token.start()])
        end = token.end()
        if token[0].startswith("\\"):
            _put(parts, "{{")
        elif token[1] is None:
            said = f"the braces at character {token.start() + 1} are never closed, or have others in them"
            raise TemplateError(f"{said}: write {{{{name}}}}, or \\{{{{ for two braces")
        else:
            parts.append(TemplatePlaceholder(tuple(_reference(each) for each in _OR.split(token[1].strip()))))
    _put(parts, text[end:])
    return Template(tuple(parts))


def reference(written: str) -> Reference:
    """A name without braces, such as the ``poem.stanzas`` of ``each``. Raises ``TemplateError``."""
    return _reference(written)


def _reference(written: str) -> Reference:
    found = _PATH.fullmatch(written.strip())
    if found is None:
        raise TemplateError(f"{written.strip()[:60]!r} names nothing: write {{{{idea}}}} or {{{{step.text}}}}")
    return Reference(found[1], found[2])


def _put(parts: list[str | TemplatePlaceholder], words: str) -> None:
    if not words:
        return
    if parts and isinstance(parts[-1], str):
        parts[-1] += words
    else:
        parts.append(words)


def _word(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
