"""Which server serves, with which models; over real HTTP."""

from collections.abc import Callable, Iterator

import pytest

from musings.config.settings import Settings
from musings.errors import PassingFault, UserFault
from musings.makers.poets.backends import Absent, Backends, Ready, is_configured
from tests.conftest import MakeSettings
from tests.fakes.llm import FakeLLM, Reply
from tests.musings.makers.comfyui.odd_answers import answering


@pytest.fixture
def llm() -> Iterator[FakeLLM]:
    server = FakeLLM(models=("nomic-embed-text:latest", "qwen3:8b", "mistral:latest"))
    yield server
    server.close()


Configure = Callable[..., Settings]


@pytest.fixture
def configure(make_settings: MakeSettings, llm: FakeLLM) -> Configure:
    def make(models: dict[str, str] | None = None, **backend: object) -> Settings:
        given = {"type": "manual", "url": llm.address, "connect_seconds": 0.5, **backend}
        return make_settings(backend=given, models=models or {})

    return make


def ready(settings: Settings) -> Ready:
    found = Backends(settings).find()
    assert isinstance(found, Ready), found
    return found


def absent(settings: Settings) -> Absent:
    found = Backends(settings).find()
    assert isinstance(found, Absent), found
    return found


def test_empty_slots_take_the_first_model_that_writes(configure: Configure) -> None:
    assert set(ready(configure()).slots.values()) == {"qwen3:8b"}


def test_named_slots_are_kept_and_others_follow_the_first(configure: Configure) -> None:
    assert ready(configure({"local1": "qwen3:8b", "local3": "mistral"})).slots == {
        "local1": "qwen3:8b",
        "local2": "qwen3:8b",
        "local3": "mistral:latest",
    }


def test_a_missing_model_is_named_with_those_that_are_there(configure: Configure) -> None:
    found = absent(configure({"local1": "llama9"}))
    assert isinstance(found.fault, UserFault)
    assert "does not have the model llama9. It has: nomic-embed-text:latest, qwen3:8b, mistral:latest" in str(
        found.fault
    )
    assert found.expected


def test_the_fallback_serves_when_the_first_is_away(configure: Configure, llm: FakeLLM) -> None:
    found = ready(configure(url=NOBODY, fallback={"url": llm.address, "models": {"local1": "mistral"}}))
    assert (found.server.url, found.slots["local2"]) == (llm.address, "mistral:latest")
    assert "does not answer" in found.notes[0]


def test_when_both_are_away_both_are_named(configure: Configure) -> None:
    found = absent(configure(url=NOBODY, fallback={"url": "http://127.0.0.1:2/v1"}))
    assert isinstance(found.fault, PassingFault)
    assert NOBODY in str(found.fault)
    assert "The fallback: " in str(found.fault)


NOBODY = "http://127.0.0.1:1/v1"


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(status=401, body='{"error": "no key"}'), UserFault, "refuses the key (HTTP 401): no key"),
        (Reply(status=503, headers=(("Retry-After", "7"),)), PassingFault, "is overloaded (HTTP 503)"),
        (Reply(body="<html>hello</html>"), UserFault, "does not answer as a language model server does"),
        (Reply(body='{"data": []}'), UserFault, "has no model that writes"),
        (Reply(status=404), UserFault, "does not tell its models"),
    ],
)
def test_strange_answers_are_told(
    configure: Configure, llm: FakeLLM, reply: Reply, kind: type[Exception], words: str
) -> None:
    llm.models_reply = reply
    found = absent(configure())
    assert type(found.fault) is kind
    assert words in str(found.fault)
    assert getattr(found.fault, "retry_after", None) == (7 if reply.status == 503 else None)


def test_a_server_that_does_not_list_is_trusted_with_named_models(configure: Configure, llm: FakeLLM) -> None:
    llm.models_reply = Reply(status=404)
    assert ready(configure({"local1": "qwen3:8b"})).slots["local3"] == "qwen3:8b"


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({}, False),
        ({"backend": {"type": "oll", "url": "http://127.0.0.1:11434/v1"}, "models": {"local1": ""}}, False),
        ({"models": {"local2": "qwen3"}}, True),
        ({"backend": {"type": "lms"}}, True),
        ({"backend": {"url": "http://den:11434/v1"}}, True),
        ({"backend": {"fallback": {"url": "http://den/v1"}}}, True),
    ],
)
def test_what_counts_as_set_up(make_settings: MakeSettings, sections: dict[str, object], expected: bool) -> None:
    assert is_configured(make_settings(**sections)) is expected


def test_what_was_found_is_remembered_for_a_while(configure: Configure, llm: FakeLLM) -> None:
    now = 0.0
    backends = Backends(configure(), clock=lambda: now)
    assert backends.last() is None
    backends.find()
    now = 29.0
    assert isinstance(backends.find(), Ready)
    assert len(llm.requests) == 1
    now = 31.0
    backends.find()
    assert len(llm.requests) == 2
    backends.forget()
    backends.find()
    assert len(llm.requests) == 3


def test_a_server_that_has_served_is_expected_back(make_settings: MakeSettings, llm: FakeLLM) -> None:
    now = 0.0
    settings = make_settings(backend={"type": "manual", "url": llm.address, "connect_seconds": 0.2})
    backends = Backends(settings, clock=lambda: now)
    backends.find()
    llm.close()
    now = 60.0
    found = backends.find()
    assert isinstance(found, Absent)
    assert found.expected


@pytest.mark.parametrize(("kind", "sent"), [("manual", "Bearer openai"), ("oll", None)])
def test_the_key_of_openai_goes_to_servers_named_by_hand_only(
    configure: Configure, llm: FakeLLM, kind: str, sent: str | None
) -> None:
    settings = configure(type=kind).model_copy(update={"secrets": {"OPENAI_API_KEY": "openai"}})
    Backends(settings).find()
    assert llm.requests[0].headers.get("authorization") == sent


def test_an_address_without_a_path_gets_the_version(configure: Configure, llm: FakeLLM) -> None:
    assert ready(configure(url=llm.url)).server.url == llm.address


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"data": [' + b'{"id": "muse"},' * 1_000_000 + b"]}", "does not answer as a language model server does"),
        (b"[" * 100_000, "does not answer as a language model server does"),
        (b'{"data": [{"id": "\\ud800"}]}', "does not have the model"),
        (b"<html>", "does not answer as a language model server does"),
        (b'{"data": 3}', "does not answer as a language model server does"),
    ],
    ids=["long", "deep", "half a pair", "page", "number"],
)
def test_a_list_of_models_that_is_none_is_refused_in_words(configure: Configure, body: bytes, words: str) -> None:
    with answering(lambda *_: (200, body)) as url:
        fault = absent(configure({"local1": "qwen3:8b"}, url=f"{url}/v1")).fault
        assert words in str(fault)
        assert len(fault.explained.encode()) < 2_000
