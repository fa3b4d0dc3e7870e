"""What is in a PDF, as another program reads it."""

import io
from typing import Any

from pypdf import PdfReader


class Paper:
    def __init__(self, content: bytes) -> None:
        self._reader: Any = PdfReader(io.BytesIO(content))

    @property
    def pages(self) -> list[str]:
        """The words of each."""
        return [page.extract_text() for page in self._reader.pages]

    @property
    def facts(self) -> tuple[str, str, str]:
        """Title, author, subject."""
        found = self._reader.metadata
        return found.title, found.author, found.subject

    @property
    def outline(self) -> list[str]:
        return [each.title for each in self._reader.outline]

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Those of its pictures."""
        return [each.image.size for page in self._reader.pages for each in page.images]

    @property
    def alternatives(self) -> list[str]:
        """What is read aloud for pictures."""
        found = [self._reader.get_object(number) for number in range(1, int(self._reader.trailer["/Size"]))]
        return [str(each["/Alt"]) for each in found if isinstance(each, dict) and "/Alt" in each]

    @property
    def packet(self) -> str:
        """Its XMP."""
        content: bytes = self._reader.root_object["/Metadata"].get_object().get_data()
        return content.decode()

    @property
    def is_accessible(self) -> bool:
        """Whether it says that it keeps to PDF/UA-1."""
        return "pdfuaid:part" in self.packet
