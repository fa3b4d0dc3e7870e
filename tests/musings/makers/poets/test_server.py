"""A language server as a value: named in a sentence, and never with its secrets."""

import pytest

from musings.makers.poets.server import LanguageServer


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("oll", "Ollama at http://a:1/v1"),
        ("lms", "LM Studio at http://a:1/v1"),
        ("manual", "the language model server at http://a:1/v1"),
    ],
)
def test_it_is_named_as_people_call_it(kind: str, words: str) -> None:
    assert LanguageServer(kind, "http://a:1/v1").who == words


def test_a_password_in_its_address_is_never_shown() -> None:
    server = LanguageServer("manual", "http://me:s3cret@a:1/v1", key="k3y")
    assert "s3cret" not in server.place
    assert "s3cret" not in server.who
    assert "k3y" not in repr(server)
