"""The XMP packet that says how a file was made.

Source: ISO 16684-1 (XMP, its RDF and its packet wrapper); IPTC Photo Metadata Standard 2025.1 (``Iptc4xmpExt:``
``DigitalSourceType`` and ``AIPromptInformation``); the IPTC NewsCodes scheme "Digital Source Type".
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
"""The vocabulary that the field belongs to."""
TOOL = "Musings"
FIELD = "DIGITALSOURCETYPE"
"""The name in containers that have comments of any name, and no XMP."""
# XML 1.0, production 2: all but these may stand in a text.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class SourceType(StrEnum):
    """Terms of IPTC's scheme: computed without a model, and by one that was trained."""

    ALGORITHMIC = "algorithmicMedia"
    TRAINED = "trainedAlgorithmicMedia"

    @property
    def address(self) -> str:
        return SCHEME + self.value


@dataclass(frozen=True)
class Mark:
    """How a file was made; ``prompt`` are the words, where they may stand in it."""

    source: SourceType
    prompt: str | None = None


def mark_of(engine: object, prompt: str | None = None) -> Mark:
    """The mark of what an ``engine`` made, which is a maker's name in an artifact's metadata, or anything else."""
    # Whoever else made it, a model is the likelier: too much said is safer than too little.
    return Mark(SourceType.ALGORITHMIC if engine == "sketch" else SourceType.TRAINED, prompt)


def element(mark: Mark) -> str:
    """The field that says it, for a description in which ``Iptc4xmpExt`` stands for ``IPTC``."""
    return f"<Iptc4xmpExt:DigitalSourceType>{mark.source.address}</Iptc4xmpExt:DigitalSourceType>"


def packet(mark: Mark) -> bytes:
    """The packet in UTF-8. The same mark gives the same bytes."""
    words = ""
    if mark.prompt:
        plain = escape(_NO_XML.sub("", mark.prompt))
        words = f"<Iptc4xmpExt:AIPromptInformation>{plain}</Iptc4xmpExt:AIPromptInformation>"
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        f' xmlns:Iptc4xmpExt="{IPTC}">'
        f"{element(mark)}"
        f"<xmp:CreatorTool>{TOOL}</xmp:CreatorTool>{words}"
        "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    )
    return text.encode("utf-8")


def comment(mark: Mark) -> bytes:
    """The same as a Vorbis comment."""
    return f"{FIELD}={mark.source.address}".encode("ascii")
