"""Writings as HTML: the plainest Markdown, everything else as words, and always well-formed."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.archive.prose import clean, html, plain, without_title


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("one\ntwo\n\nthree", "<p>one<br />\ntwo</p>\n<p>three</p>"),
        ("# Snow\nIt falls.", "<p><strong>Snow</strong></p>\n<p>It falls.</p>"),
        ("a *soft* and **loud** fox", "<p>a <em>soft</em> and <strong>loud</strong> fox</p>"),
        ("_so_ snake_case stays", "<p><em>so</em> snake_case stays</p>"),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr />\n<p>b</p>"),
        ("> a\n> b", "<blockquote><p>a<br />\nb</p></blockquote>"),
        ("> a\nb", "<p>&gt; a<br />\nb</p>"),
        ("\r\n\r\na\r\nb\r\n", "<p>a<br />\nb</p>"),
        ("<b>&\"'", "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"),
        ("*<i>*", "<p><em>&lt;i&gt;</em></p>"),
        ("", ""),
    ],
)
def test_what_a_text_becomes(text: str, wanted: str) -> None:
    assert html(text) == wanted


@given(st.text())
def test_whatever_was_written_is_well_formed_and_loses_no_word(text: str) -> None:
    read = ElementTree.fromstring(f"<div>{html(text)}</div>")
    shown = "".join(letter for letter in "".join(read.itertext()) if letter.isalpha())
    assert shown == "".join(letter for letter in clean_of(text) if letter.isalpha())


def clean_of(text: str) -> str:
    """What XML can hold of a text."""
    found = ElementTree.fromstring(f"<p>{clean(text)}</p>").text
    return found or ""


def test_a_heading_that_repeats_the_title_is_left_out() -> None:
    assert without_title("# Snow\n\nIt falls.", "Snow").strip() == "It falls."
    assert without_title("## Rain\nIt falls.", "Snow") == "## Rain\nIt falls."
    assert without_title("Snow\nIt falls.", "Snow") == "Snow\nIt falls."
    assert without_title("# Snow", None) == "# Snow"


def test_a_few_words_of_it() -> None:
    assert plain("# Snow\nIt **falls**\n\non us.", 200) == "Snow It falls on us."
    assert plain("It falls on us.", 8) == "It fall…"
