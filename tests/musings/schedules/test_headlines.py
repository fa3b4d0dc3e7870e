"""Headlines: titles of real feeds, bounded, and words alone."""

from collections.abc import Iterator

import pytest

from musings.errors import InvalidInputError, UnreachableError
from musings.schedules import headlines, making
from musings.schedules.headlines import HeadlineSource
from tests.musings.schedules.newspaper import Newspaper, published
from tests.musings.schedules.planning import POEM

HERE = ("127.0.0.1",)
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><!-- a comment -->
<entry><title type="html">Snow &amp;lt;em&amp;gt; at last</title></entry><entry><id>1</id></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<item><title>An old form</title></item></rdf:RDF>"""
LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><item><title>&b;</title></item></rss>'


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    with published() as found:
        yield found


def test_the_newest_titles_are_words_in_one_line(paper: Newspaper) -> None:
    found = headlines.fetched(HeadlineSource(paper.url, 2), HERE)
    assert found == "Fog over the harbour; A whale & its calf"
    assert paper.asked[0]["Accept-Encoding"] == "identity"
    assert paper.asked[0]["User-Agent"].startswith("Musings/")


@pytest.mark.parametrize(("document", "wanted"), [(ATOM, ["Snow <em> at last"]), (RDF, ["An old form"])])
def test_every_form_of_feed_is_read(document: str, wanted: list[str]) -> None:
    assert list(headlines.titles(document.encode(), "x")) == wanted


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("{red|blue} fox", "(red/blue) fox"),
        ("a // comment /* and */ another", "a / / comment / * and */ another"),
        ("back\\{slash", "back/(slash"),
        ("two\n lines\u202e\x07", "two lines"),
        ("x" * 300, "x" * 199 + "…"),
        ("  ", ""),
    ],
)
def test_no_title_steers_a_prompt(title: str, wanted: str) -> None:
    assert headlines.plain(title) == wanted


def test_what_is_no_feed_is_said(paper: Newspaper) -> None:
    source = HeadlineSource(paper.url)
    for body, status, headers, words in (
        (b"<html>no", 200, {}, "is no RSS and no Atom"),
        (LAUGHS.encode(), 200, {}, "declares entities"),
        (b"<rss/>", 200, {}, "has no titles"),
        (b"", 404, {}, "it answered 404"),
        (b"", 301, {"Location": "https://example.org/"}, "redirects are not followed"),
        (b"x" * (headlines.MOST_BYTES + 1), 200, {}, "longer than 2,000,000 bytes"),
        (b"\x1f\x8b", 200, {"Content-Encoding": "gzip"}, "a coding that was not asked for"),
    ):
        paper.body, paper.status, paper.headers = body, status, headers
        with pytest.raises(UnreachableError, match=words):
            headlines.fetched(source, HERE)


def test_a_feed_that_is_away_or_of_this_network_is_not_asked(paper: Newspaper) -> None:
    with pytest.raises(UnreachableError, match="does not answer"):
        headlines.fetched(HeadlineSource("http://127.0.0.1:9/"), HERE)
    with pytest.raises(UnreachableError, match="private network"):
        headlines.fetched(HeadlineSource(paper.url), ())
    assert paper.asked == []


@pytest.mark.parametrize(
    ("source", "words", "where"),
    [
        (None, "of {{headlines}}", "headlines"),
        (HeadlineSource("https://example.org/"), "of nothing", "headlines"),
        (HeadlineSource("https://example.org/", 0), "of {{headlines}}", "headlines.most"),
        (HeadlineSource("ftp://example.org/"), "of {{headlines}}", "headlines.feed"),
        (HeadlineSource("https://me:pw@example.org/"), "of {{headlines}}", "headlines.feed"),
        (HeadlineSource("http://127.0.0.1/"), "of {{headlines}}", "headlines.feed"),
        (HeadlineSource("channel:1"), "of {{headlines}}", "headlines.feed"),
    ],
)
def test_what_could_never_be_asked_is_refused(source: HeadlineSource | None, words: str, where: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        headlines.checked(source, words, ())
    assert [each.where for each in caught.value.faults] == [where]
    assert "signature" not in str(caught.value.hint)


def test_what_can_be_asked_is_taken() -> None:
    headlines.checked(None, "a poem", ())
    headlines.checked(HeadlineSource("https://example.org/feed"), "of {{headlines}}", ())
    headlines.checked(HeadlineSource("http://127.0.0.1/"), "of {{headlines}}", HERE)


def test_what_is_stored_is_read_back_and_nothing_else() -> None:
    for source in (None, HeadlineSource("https://a/", 3)):
        stored = headlines.as_json(POEM, source)
        assert headlines.source_of(stored) == source
        assert making.words_of(making.wanted_of(stored, "morning")) == POEM.prompt_text
    strange: list[object] = [[], {"feed": 1}, {"feed": "https://a/", "most": 99}]
    for given in strange:
        with pytest.raises(InvalidInputError):
            headlines.source_of({"headlines": given})
