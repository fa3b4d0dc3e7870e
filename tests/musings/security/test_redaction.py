"""What is hidden, what is left alone, and that hiding costs little."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.config.settings import load
from musings.security.redaction import HIDDEN, Redactor, redactor_for
from tests.growth import grows_gently

plain = Redactor()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Authorization: Bearer abc.def-ghi", "Authorization: [hidden]"),
        ("{'Authorization': 'Basic dXNlcjpwYXNz', 'x': 1}", "{'Authorization': '[hidden]', 'x': 1}"),
        ('{"authorization": "Bearer xyz"}', '{"authorization": "[hidden]"}'),
        ("(b'authorization', b'Bearer abcdefghijk')", "(b'authorization', b'[hidden]')"),
        ("Proxy-Authorization: x y z\nnext", "Proxy-Authorization: [hidden]\nnext"),
        ("Cookie: musings_session=abc; b=c", "Cookie: [hidden]"),
        ("it sent Bearer abc123def456 twice", "it sent Bearer [hidden] twice"),
        ("http://user:pa%20ss@host:8188/x", "http://[hidden]@host:8188/x"),
        ("GET /x?api_key=abcd1234&b=2", "GET /x?api_key=[hidden]&b=2"),
        ("/media/a.png?expires=1&signature=abcdEF-_", "/media/a.png?expires=1&signature=[hidden]"),
        ("OPENAI_API_KEY=whatever", "OPENAI_API_KEY=[hidden]"),
        ('{"password": "geheim"}', '{"password": "[hidden]"}'),
        ("token: abcdef123456", "token: [hidden]"),
        ("mus_" + "a" * 43, "[hidden]"),
        ("key sk-proj-abcdefghijklmnop failed", "key [hidden] failed"),
        ("hf_abcdefghijklmnopqrstuv", "[hidden]"),
    ],
)
def test_what_looks_like_a_credential_is_hidden(text: str, wanted: str) -> None:
    assert plain(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "the password is important, and so is every token: nobody may read them",
        "max_tokens=12000 tokens: 500",
        "a basic training for a bearer of bad news",
        "see https://example.org/@user/1 and mail me@example.org",
        "http://127.0.0.1:8188/prompt?client_id=abc",
        "prompt completed prompt=12 seconds=3.1 files=['image/1_20260101T000000/0001.png']",
        "the secret of the lighthouse keeper",
        "",
    ],
)
def test_prose_is_left_alone(text: str) -> None:
    assert plain(text) == text


SECRET = 'p/ä"\\ss word+1'


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        quote(SECRET),
        quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_known_secret_is_hidden_however_it_is_written(text: str) -> None:
    hidden = Redactor([SECRET])(f"before {text} after")
    assert "ss" not in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert Redactor(["abcdef", "abcdefghij"])("abcdefghij") == HIDDEN


def test_a_short_secret_would_hide_half_of_everything() -> None:
    assert Redactor(["a", "ab", ""])("a cab") == "a cab"


def test_an_installation_hides_what_it_keeps(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TAVILY_API_KEY=from-the-env-file\n")
    config = tmp_path / "c.json"
    config.write_text(
        json.dumps(
            {
                "backend": {"url": "http://poet:rhyme%40time@127.0.0.1:1/v1"},
                "media": {"comfyui": {"hosts": ["http://a:first-word@h1", "http://b:second-word@h2"]}},
                "alerts": {"urls": ["tgram://110201543abcdefghijkl/9876", "mailto://me:mail-word@example.org"]},
            }
        )
    )
    environment = {
        "MUSINGS_SECRET_COMFYUI_HEADERS": '{"Authorization": "Bearer header-word-longer", "X-Key": "another-word"}',
        "OPENAI_API_KEY": "from-the-environment",
        "SOME_PASSWORD": "not ours and secret all the same",
        "PATH": "/usr/bin-not-secret",
    }
    settings = load(config, environment, tmp_path)
    hide = settings.redactor()
    for secret in (
        "from-the-env-file", "from-the-environment", "header-word-longer", "another-word", "rhyme@time", "rhyme%40time",
        "first-word", "second-word", "mail-word", "110201543abcdefghijkl", "not ours and secret all the same",
        base64.b64encode(b"a:first-word").decode(),
    ):  # fmt: skip
        assert secret not in hide(f"<<{secret}>>"), secret
    assert hide("/usr/bin-not-secret at http://127.0.0.1:1/v1") == "/usr/bin-not-secret at http://127.0.0.1:1/v1"
    for shown in (repr(settings), settings.model_dump_json()):
        assert "from-the-env" not in shown
        assert "header-word-longer" not in shown


def test_nothing_to_hide() -> None:
    assert redactor_for({}, {}, ())("a fox") == "a fox"


@given(st.text(max_size=200), st.lists(st.text(min_size=6, max_size=20), max_size=3))
def test_twice_is_once_and_no_secret_is_left(text: str, secrets: list[str]) -> None:
    hide = Redactor(secrets)
    once = hide(text + "".join(secrets))
    assert plain(plain(text)) == plain(text)
    assert all(secret not in once.replace(HIDDEN, "") for secret in secrets if secret not in HIDDEN)


@pytest.mark.parametrize(
    "piece",
    ["a-", "a.", "http://", "x", "api_key=", "token ", "_-", "authorization: ", "cookie", "bearer ", "://", "@"],
)
def test_no_text_takes_long(piece: str) -> None:
    """A pattern that looks back and forth would need hours for the megabyte that a log may have."""
    hide = Redactor(["a secret of some length"])
    small, large = piece * (20_000 // len(piece)), piece * (200_000 // len(piece))
    assert grows_gently(hide, small, large)
