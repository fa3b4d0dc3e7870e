"""A musing as a book on paper: PDF, set by Typst (https://typst.app/docs), for readers of screens too (PDF/UA-1).

Every word reaches Typst as data, so that nothing which a model wrote is read as its markup.
"""

import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from musings.archive.musing_document import DocumentSection, MusingDocument
from musings.archive.musing_html import MADE_BY_A_MACHINE
from musings.archive.prose import ProseBlock, blocks, without_title
from musings.errors import ConflictError
from musings.files.marking.xmp import IPTC, Mark, element
from musings.late import importing
from musings.models import Json, JsonObject

MEDIA_TYPE = "application/pdf"
SOURCE = Path(__file__).with_name("book.typ")
END_OF_XMP = b"</rdf:RDF>"


@dataclass(frozen=True)
class PagePicture:
    """A picture of the book: its name below the folder that the book is set in, and its size in pixels."""

    name: str
    width: int
    height: int


def write(
    document: MusingDocument,
    folder: Path,
    pictures: Mapping[int, PagePicture],
    now: datetime,
    mark: Mark | None = None,
) -> bytes:
    """The book. ``pictures`` lie in ``folder``, by the ids of their artifacts; ``mark`` stands in its metadata.

    Typst reads pictures in this process: only what the decoding child has written may be among them (ADR 16).
    Raises ``ConflictError`` for what cannot be set.
    """
    with importing():
        import typst

    said = json.dumps(_book(document, pictures))
    # Beside the pictures: Typst reads nothing outside the folder that its source lies in.
    source = folder / SOURCE.name
    source.write_bytes(SOURCE.read_bytes())

    def typeset(standard: Literal["ua-1"] | None) -> bytes:
        return typst.compile(
            source,
            root=folder,
            format="pdf",
            sys_inputs={"book": said},
            pdf_standards=standard,
            # It takes whole seconds alone.
            timestamp=now.astimezone(UTC).replace(microsecond=0),
        )

    try:
        try:
            content = typeset("ua-1")
        except typst.TypstError:
            # That standard refuses letters which no font of this machine has. Better a box in their place than no book.
            content = typeset(None)
    except typst.TypstError as error:
        hint = "Export it as zip or epub."
        raise ConflictError(f"Musing {document.id} cannot be set as PDF: {error}", hint=hint) from error
    return content if mark is None else _marked(content, mark)


def direction(words: str) -> str:
    """``rtl`` or ``ltr``: that of the first letter which has one (Unicode Standard Annex 9, rule P2)."""
    for letter in words:
        kind = unicodedata.bidirectional(letter)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def _book(document: MusingDocument, pictures: Mapping[int, PagePicture]) -> JsonObject:
    made = document.created_at.astimezone(UTC)
    return {
        "title": document.title,
        "direction": direction(document.title),
        "idea": document.idea or None,
        "idea_direction": direction(document.idea or ""),
        "description": MADE_BY_A_MACHINE,
        "date": [made.year, made.month, made.day],
        "sections": [_section(document, each, pictures) for each in document.sections],
    }


def _section(document: MusingDocument, found: DocumentSection, pictures: Mapping[int, PagePicture]) -> JsonObject:
    shown = [each for each in found.files if each.artifact.id in pictures]
    lacking = [each.title for each in found.files if each.artifact.id not in pictures]
    text = without_title(found.text, found.heading) if found.text is not None else ""
    return {
        "heading": document.heading_of(found),
        "direction": direction(document.name_of(found)),
        "pictures": [_picture(pictures[each.artifact.id], document.description_of(found, each)) for each in shown],
        "blocks": [_block(each) for each in blocks(text)],
        "elsewhere": f"Not on paper: {', '.join(lacking)}" if lacking else None,
    }


def _picture(found: PagePicture, words: str) -> Json:
    return {"path": found.name, "width": found.width, "height": found.height, "alt": words}


def _block(block: ProseBlock) -> Json:
    lines: list[Json] = [[{"words": run.words, "stress": run.stress.value} for run in line] for line in block.lines]
    words = "".join(run.words for line in block.lines for run in line)
    return {"kind": block.kind.value, "direction": direction(words), "lines": lines}


def _marked(content: bytes, mark: Mark) -> bytes:
    """With the mark in its metadata (ISO 32000-2, 14.3.2), written behind what is there."""
    with importing():
        from pypdf import PdfWriter
        from pypdf.generic import StreamObject

    writer = PdfWriter(io.BytesIO(content), incremental=True)
    packet = cast(StreamObject, writer.root_object["/Metadata"].get_object())
    words = f'<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{IPTC}">{element(mark)}</rdf:Description>'.encode()
    # The last one: words of the title, which could say the same, stand before it and are escaped.
    before, end, after = packet.get_data().rpartition(END_OF_XMP)
    packet.set_data(before + words + end + after)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
