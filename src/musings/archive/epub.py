"""A musing as a book: EPUB 3.3 (https://www.w3.org/TR/epub-33/), which phones and e-readers open.

A zip of XHTML, one file for each section, with a table of contents. Pure but for the zip that is written into.
"""

import mimetypes
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from musings.archive.musing_document import DocumentSection, MusingDocument
from musings.archive.musing_html import MADE_BY_A_MACHINE, Address, section
from musings.archive.prose import clean
from musings.files.marking.xmp import IPTC, Mark

MEDIA_TYPE = "application/epub+zip"
CORE_TYPES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
"""What a reader must be able to show or play (section 3.2), and films, of which it may know any."""
FOLDER = "EPUB"
STYLE = """
body { line-height: 1.6; margin: 5%; }
h1, h2 { font-weight: normal; line-height: 1.2; }
h1 { font-style: italic; margin: 20% 0 1em; text-align: center; }
figure { margin: 1.5em 0; text-align: center; }
img, video { height: auto; max-height: 90vh; max-width: 100%; width: auto; }
audio { width: 100%; }
.text p { margin: 0 0 1em; }
.end { font-size: .85em; margin-top: 3em; }
"""
CONTAINER = f"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{FOLDER}/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


@dataclass(frozen=True)
class BookFile:
    """A file of the book: where it is on this machine, and its name below ``FOLDER``, whose ending says its type."""

    path: Path
    name: str

    @property
    def media_type(self) -> str:
        suffix = PurePosixPath(self.name).suffix
        return CORE_TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")


def write(
    archive: zipfile.ZipFile,
    document: MusingDocument,
    address: Address,
    files: Sequence[BookFile],
    now: datetime,
    *,
    cover: BookFile | None = None,
    mark: Mark | None = None,
) -> None:
    """Write the book into an empty zip. ``address`` says the name of the file of an artifact; ``mark`` stands in what
    the book says of itself.
    """
    # First, as it is, and without anything before it: by these bytes a book is told from any other zip (section 4.2.2).
    archive.writestr(zipfile.ZipInfo("mimetype", now.timetuple()[:6]), MEDIA_TYPE, zipfile.ZIP_STORED)
    pages = {f"section-{number}.xhtml": each for number, each in enumerate(document.sections, start=1)}
    texts = {
        "META-INF/container.xml": CONTAINER,
        f"{FOLDER}/package.opf": _package(document, pages, files, cover, mark, now),
        f"{FOLDER}/nav.xhtml": _contents(document, pages),
        f"{FOLDER}/style.css": STYLE,
        f"{FOLDER}/title.xhtml": _title_page(document),
        **{f"{FOLDER}/{name}": _page(document, each, address) for name, each in pages.items()},
    }
    for name, text in texts.items():
        archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), text, zipfile.ZIP_DEFLATED)
    # Not packed again: pictures and sounds are.
    for file in files:
        archive.write(file.path, f"{FOLDER}/{file.name}", zipfile.ZIP_STORED)


def _package(
    document: MusingDocument,
    pages: Mapping[str, DocumentSection],
    files: Sequence[BookFile],
    cover: BookFile | None,
    mark: Mark | None,
    now: datetime,
) -> str:
    """The list of everything in the book, and what the book is (section 5)."""
    items = ['<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>']
    items += ['<item id="style" href="style.css" media-type="text/css"/>']
    chapters = [(name.removesuffix(".xhtml"), name) for name in ("title.xhtml", *pages)]
    items += [f'<item id="{key}" href="{name}" media-type="application/xhtml+xml"/>' for key, name in chapters]
    for number, file in enumerate(files, start=1):
        properties = ' properties="cover-image"' if file == cover else ""
        items.append(f'<item id="file-{number}" href="{file.name}" media-type="{file.media_type}"{properties}/>')
    # In the order in which it is read; the contents are no page of it.
    spine = "".join(f'<itemref idref="{key}"/>' for key, _ in chapters)
    # The same for the same musing, so that a reader knows a newer copy as one; of the musing and not of this machine.
    made = document.created_at.astimezone(UTC)
    identity = uuid.uuid5(uuid.NAMESPACE_OID, f"musing {document.id} {made.isoformat()}")
    # A name of another vocabulary, as an attribute says which (section 5.5, and D.1.4 for its prefix).
    prefix = f' prefix="Iptc4xmpExt: {IPTC}"' if mark is not None else ""
    said = f'<meta property="Iptc4xmpExt:DigitalSourceType">{mark.source.address}</meta>\n' if mark is not None else ""
    # ``und``: nobody says in which language a model has written.
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"{prefix}>
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identity}</dc:identifier>
<dc:title>{clean(document.title)}</dc:title>
<dc:language>und</dc:language>
<dc:creator>Musings</dc:creator>
<dc:description>{MADE_BY_A_MACHINE}</dc:description>
<dc:date>{made:%Y-%m-%d}</dc:date>
<meta property="dcterms:modified">{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</meta>
{said}</metadata>
<manifest>
{chr(10).join(items)}
</manifest>
<spine>{spine}</spine>
</package>
"""


def _contents(document: MusingDocument, pages: Mapping[str, DocumentSection]) -> str:
    lines = [f'<li><a href="title.xhtml">{clean(document.title)}</a></li>']
    lines += [f'<li><a href="{name}">{clean(document.name_of(each))}</a></li>' for name, each in pages.items()]
    return _xhtml(document.title, f'<nav epub:type="toc"><h1>Contents</h1><ol>{"".join(lines)}</ol></nav>')


def _title_page(document: MusingDocument) -> str:
    idea = f'<p dir="auto">{clean(document.idea)}</p>' if document.idea else ""
    return _xhtml(
        document.title, f'<h1 dir="auto">{clean(document.title)}</h1>{idea}<p class="end">{MADE_BY_A_MACHINE}</p>'
    )


def _page(document: MusingDocument, found: DocumentSection, address: Address) -> str:
    return _xhtml(document.name_of(found), section(document, found, address))


def _xhtml(title: str, body: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head><title>{clean(title)}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>
{body}
</body>
</html>
"""
