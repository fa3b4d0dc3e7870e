"""From a document of the poets to what a media pipeline takes: its words, and values for its form. Pure."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from musings.makers.poets.documents import Document, ImageDocument, LyricsDocument
from musings.models import FormField, Json

_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?)"
_RATIO = re.compile(rf"(?<!\d){_NUMBER}\s{{0,9}}[:x×/]\s{{0,9}}{_NUMBER}")
_NAMED_RATIOS = {"square": 1.0, "portrait": 2 / 3, "landscape": 3 / 2, "widescreen": 16 / 9, "wide": 16 / 9}
_MOST_RATIO = 4.0


def words(document: Document, form: Sequence[FormField]) -> str:
    """What stands in the place of the prompt's text."""
    if isinstance(document, ImageDocument):
        return picture_words(document)
    if any(field.role == "lyrics" for field in form):
        return ", ".join(song_tags(document)) or document.title
    return "\n\n".join(part for part in (document.title, ", ".join(song_tags(document)), song_text(document)) if part)


def values(document: Document, form: Sequence[FormField], defaults: Mapping[str, Json]) -> dict[str, Json]:
    """Values for the fields of a form, by role. ``defaults`` are those that would serve without the document."""
    found: dict[str, Json] = {}
    for field in form:
        value = _value(document, field)
        if value not in (None, ""):
            found[field.name] = value
    return {**found, **_size(document, form, defaults)}


def picture_words(document: ImageDocument) -> str:
    """One line for a picture: the prompt, what it does not say of the composition, the style."""
    parts = [document.prompt.strip().rstrip(".")]
    said = document.prompt.casefold()
    extras = (document.composition.background, document.composition.lighting, document.technical_params.quality)
    parts += [extra.strip() for extra in (*extras, *document.style_tags) if extra and extra.casefold() not in said]
    return ", ".join(part for part in parts if part)


def song_tags(document: LyricsDocument) -> list[str]:
    """Genre, mood, tempo, voice and instruments, as music models take them."""
    facts = document.metadata
    tempo = f"{document.tempo} bpm" if document.tempo.strip().isdigit() else document.tempo
    wanted = [document.genre, document.mood, tempo, facts.key, facts.vocal_style, *facts.instrumentation]
    return list(dict.fromkeys(tag.strip() for tag in wanted if tag.strip()))


def song_text(document: LyricsDocument) -> str:
    """The lyrics with a mark such as ``[verse 1]`` before each part."""
    return "\n\n".join(
        f"[{part.type.strip().strip('[]') or 'verse'}{f' {part.number}' if part.number is not None else ''}]"
        f"\n{part.lyrics.strip()}".strip()
        for part in document.structure
    )


def _value(document: Document, field: FormField) -> Json:
    if isinstance(document, ImageDocument):
        return document.negative_prompt if field.role == "negative_prompt" else None
    if field.role == "lyrics":
        return song_text(document)
    return ", ".join(song_tags(document)) if field.role == "tags" else None


def _size(document: Document, form: Sequence[FormField], defaults: Mapping[str, Json]) -> dict[str, Json]:
    """Width and height in the ratio that was asked for, with about as many pixels as the defaults have."""
    ratio = _ratio(document)
    fields = {str(field.role): field for field in form if field.role in ("width", "height")}
    if ratio is None or len(fields) != 2:
        return {}
    wide, high = (defaults.get(fields[role].name) for role in ("width", "height"))
    if not isinstance(wide, int | float) or not isinstance(high, int | float):
        return {}
    area = wide * high
    sides = {"width": math.sqrt(area * ratio), "height": math.sqrt(area / ratio)}
    return dict(_fitted(fields, sides))


def _fitted(fields: Mapping[str, FormField], sides: Mapping[str, float]) -> Iterator[tuple[str, int]]:
    for role, side in sides.items():
        field = fields[role]
        step = int(field.step or 8)
        low, high = field.minimum or step, field.maximum or math.inf
        yield field.name, int(min(max(round(side / step) * step, low), high))


def _ratio(document: Document) -> float | None:
    if not isinstance(document, ImageDocument):
        return None
    said = document.technical_params.aspect_ratio.strip().casefold()
    match = _RATIO.search(said)
    if match and float(match.group(1)) > 0 and float(match.group(2)) > 0:
        ratio = float(match.group(1)) / float(match.group(2))
    else:
        ratio = next((value for name, value in _NAMED_RATIOS.items() if name in said), 0.0)
    return min(max(ratio, 1 / _MOST_RATIO), _MOST_RATIO) if ratio else None
