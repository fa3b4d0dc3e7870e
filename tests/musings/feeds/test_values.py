"""What no reader can be sent is left out, and markup in words stays words."""

import pytest

from musings.feeds.values import plain
from tests.musings.feeds.made import ODD, ODD_AS_READ, entry


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (ODD, ODD_AS_READ),
        ("tab\tline\nreturn\r", "tab\tline\nreturn\r"),
        ("\x0b\x0c\x7f\x85\uffff", "\x7f\x85"),
        ("\U0010ffff\udfff", "\U0010ffff"),
    ],
)
def test_what_xml_cannot_write_is_left_out(text: str, kept: str) -> None:
    assert plain(text) == kept


def test_words_are_no_markup() -> None:
    html = entry(1, words="<script>x</script>", text="a\nb\n\nc", cover='x"><script>').html
    assert "<script>" not in html
    assert html.endswith("<p>a<br>b</p><p>c</p>")
