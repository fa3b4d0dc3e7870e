"""The scripted server speaks OpenAI's protocol: the field's own client says so."""

from collections.abc import Iterator

import openai
import pytest

from tests.fakes.llm import FakeLLM, Reply, in_order


@pytest.fixture
def llm() -> Iterator[FakeLLM]:
    server = FakeLLM(in_order(["Salt on the rail, and more of it."]))
    yield server
    server.close()


@pytest.fixture
def client(llm: FakeLLM) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=llm.address, api_key="none", max_retries=0, timeout=60) as found:
        yield found


def test_models_and_answers(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["muse-7b"]
    whole = client.chat.completions.create(model="muse-7b", messages=[{"role": "user", "content": "x"}])
    assert whole.choices[0].message.content == "Salt on the rail, and more of it."
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 8
    parts = client.chat.completions.create(
        model="muse-7b",
        messages=[{"role": "user", "content": "x"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(parts)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Salt on the rail, and more of it."
    assert chunks[-1].usage is not None


def test_refusals(client: openai.OpenAI, llm: FakeLLM) -> None:
    with pytest.raises(openai.NotFoundError, match="not found"):
        client.chat.completions.create(model="other", messages=[])
    llm.script = in_order([Reply("slow down", status=429, headers=(("Retry-After", "3"),))])
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="muse-7b", messages=[])
    assert caught.value.response.headers["retry-after"] == "3"
