"""The packet: XML that says the type of source, and the words where they may stand."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.files.marking.xmp import Mark, SourceType, comment, mark_of, packet
from tests.musings.files.marking.samples import IPTC, told_by


@given(st.text())
def test_any_words_make_xml(words: str) -> None:
    mark = Mark(SourceType.TRAINED, words)
    assert told_by(packet(mark)) == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert packet(mark) == packet(mark)


def test_the_words_stand_in_the_field_of_iptc() -> None:
    made = packet(Mark(SourceType.ALGORITHMIC, "a <fox> & \0snow"))
    root = ElementTree.fromstring(made.decode())
    assert root.findtext(f".//{IPTC}AIPromptInformation") == "a <fox> & snow"
    assert root.find(f".//{IPTC}DigitalSourceType") is not None
    assert b"AIPrompt" not in packet(Mark(SourceType.ALGORITHMIC))


@pytest.mark.parametrize(
    ("engine", "source"), [("sketch", "algorithmicMedia"), ("comfyui", "trainedAlgorithmicMedia"), (None, "trained")]
)
def test_what_computes_without_a_model_is_told_apart(engine: object, source: str) -> None:
    assert mark_of(engine).source.startswith(source)


def test_a_comment_has_the_name_of_the_field() -> None:
    assert comment(Mark(SourceType.ALGORITHMIC)).startswith(b"DIGITALSOURCETYPE=http://cv.iptc.org/")
