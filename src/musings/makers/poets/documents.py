"""The two JSON documents that stand between an idea and its picture or its song (docs/adopting.md), and their check.

Benign slips are mended here (a list written as one string, a number where a word was asked for); what is missing or
of another shape is told in words that a model can act on.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from musings.makers.poets.extraction import object_in
from musings.models import Kind


def _as_text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    return value


def _as_list(value: object) -> object:
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


Words = Annotated[str, BeforeValidator(_as_text), Field(max_length=20_000)]
Needed = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=20_000, pattern=r"\S")]
Tags = Annotated[list[Words], BeforeValidator(_as_list), Field(max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class TechnicalParams(_Part):
    aspect_ratio: Words = ""
    quality: Words = ""
    mood: Words = ""


class Composition(_Part):
    subject: Words = ""
    background: Words = ""
    lighting: Words = ""


class ImageDocument(_Part):
    """What a picture should show, as the agents write it."""

    content_type: ClassVar[str] = "image_prompt"
    prompt: Needed
    negative_prompt: Words = ""
    style_tags: Tags = []
    technical_params: TechnicalParams = TechnicalParams()
    composition: Composition = Composition()

    @property
    def title(self) -> str:
        return (self.composition.subject or self.prompt)[:120]

    @property
    def mood(self) -> str:
        return self.technical_params.mood


class SongPart(_Part):
    type: Words = "verse"
    number: Annotated[int, Field(ge=0, le=1000)] | None = None
    lyrics: Words = ""


class SongMetadata(_Part):
    key: Words = ""
    time_signature: Words = ""
    vocal_style: Words = ""
    instrumentation: Tags = []


class LyricsDocument(_Part):
    """A song, as the agents write it."""

    content_type: ClassVar[str] = "lyrics_prompt"
    title: Needed
    genre: Words = ""
    mood: Words = ""
    tempo: Words = ""
    structure: Annotated[list[SongPart], Field(min_length=1, max_length=100)]
    metadata: SongMetadata = SongMetadata()


Document = ImageDocument | LyricsDocument

DOCUMENT_OF_KIND: Mapping[Kind, type[Document]] = {Kind.IMAGE: ImageDocument, Kind.MUSIC: LyricsDocument}

EXAMPLES: Mapping[Kind, str] = {
    Kind.IMAGE: json.dumps(
        {
            "prompt": "what the picture shows, in one rich sentence",
            "negative_prompt": "what must not be in it",
            "style_tags": ["watercolour", "wide shot"],
            "technical_params": {"aspect_ratio": "3:2", "quality": "high", "mood": "calm"},
            "composition": {"subject": "…", "background": "…", "lighting": "…"},
        },
        ensure_ascii=False,
    ),
    Kind.MUSIC: json.dumps(
        {
            "title": "…",
            "genre": "folk",
            "mood": "hopeful",
            "tempo": "92 bpm",
            "structure": [{"type": "verse", "number": 1, "lyrics": "the lines, with line breaks"}],
            "metadata": {
                "key": "D major",
                "time_signature": "4/4",
                "vocal_style": "soft alto",
                "instrumentation": ["guitar", "violin"],
            },
        },
        ensure_ascii=False,
    ),
}
"""The shape that the agents are shown."""


def read(kind: Kind, answer: str) -> tuple[Document | None, list[str]]:
    """The document in an answer, or None and what is wrong with it, one sentence for each fault."""
    found = object_in(answer)
    if found is None:
        return None, ["There is no JSON object in the answer."]
    try:
        return DOCUMENT_OF_KIND[kind].model_validate(_unwrapped(kind, found)), []
    except ValidationError as error:
        return None, [_told(fault) for fault in error.errors()]


def stored(document: Document) -> str:
    """A document as it is kept in ``writings.content``."""
    return json.dumps(document.model_dump(), ensure_ascii=False, indent=2)


def _unwrapped(kind: Kind, found: dict[str, Any]) -> dict[str, Any]:
    """Some models put the document into an object with one key of their own."""
    known = DOCUMENT_OF_KIND[kind].model_fields
    inner = next(iter(found.values()), None) if len(found) == 1 else None
    return inner if isinstance(inner, dict) and not set(found) & set(known) else found


def _told(fault: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"`{where}` is missing."
    if fault["type"] in ("string_too_short", "string_pattern_mismatch"):
        return f"`{where}` is empty."
    return f"`{where}`: {fault['msg']}, not {json.dumps(fault['input'], ensure_ascii=False, default=str)[:80]}."
