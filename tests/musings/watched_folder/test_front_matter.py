"""A dropped file as a request."""

import pytest

from musings.errors import InvalidInputError
from musings.models import Kind
from musings.watched_folder.front_matter import MOST_BYTES, request_in


def test_words_alone() -> None:
    found = request_in("\ufeffa fox\r\nin the snow\r\n".encode(), Kind.IMAGE)
    assert (found.prompt_text, found.prompt_type) == ("a fox\r\nin the snow", "image")
    assert request_in(b"a fox", None).prompt_type == "text"


def test_names_and_values_before_the_words() -> None:
    front = "---\r\nkind: music\r\nworkflow: waltz\r\nparameters:\r\n  duration: 20\r\ncount: 2\r\n---\r\n"
    text = f"{front}a waltz\r\n---\r\nmore"
    found = request_in(text.encode(), Kind.IMAGE)
    assert (found.prompt_type, found.workflow, found.count) == ("music", "waltz", 2)
    assert (found.parameters, found.prompt_text) == ({"duration": 20}, "a waltz\r\n---\r\nmore")


def test_a_rule_that_ends_nowhere_is_words() -> None:
    assert request_in(b"---\nno end of it", None).prompt_text == "---\nno end of it"
    assert request_in(b"---\n---\nempty before", None).prompt_text == "empty before"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfea\x00", "save it as UTF-8"),
        (b"x" * (MOST_BYTES + 1), "is longer than"),
        (b"---\na: [\n---\n", "is not YAML"),
        (b"---\n- a\n---\n", "must be names and values"),
        (b"---\na: &x 1\nb: *x\n---\n", "has an alias"),
        (b"---\nkind: text\ntype: image\n---\n", "says the type twice"),
        (b"---\nprompt_text: a\n---\nb", "the words stand below it"),
        (b"---\nparameters: {seed: 2026-11-28}\n---\n", "put it between quotes"),
        (b"---\nwrkflow: a\n---\n", "did you mean workflow"),
        (b"---\n" + b"[" * 5000 + b"\n---\n", "more than 200 opening brackets"),
        (b"---\n" + b"- " * 5000 + b"\n---\n", "is not YAML"),
        (b"---\nx: " + b"y" * 64_000 + b"\n---\n", "is longer than 64,000 bytes"),
        (b"---\na: !!python/object:os.system {}\n---\n", "is not YAML"),
    ],
)
def test_what_is_wrong_is_said(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        request_in(content, None)
