"""``/v1/chat/completions`` and ``/v1/responses``: the poets on a scripted language model, and the sketch poet."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.fakes.llm import FakeLLM, Reply, a_good_team
from tests.fakes.server import Seen
from tests.musings.api.openai_calls import OpenDoor, refused, staffed
from tests.waiting import until

RAIN: list[Any] = [{"role": "user", "content": "a haiku about rain"}]
LAMP = "# The Lamp\n\nSalt on the rail,\na gull that will not land."


@pytest.fixture(scope="module")
def poets(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[OpenDoor]:
    server = FakeLLM()
    backend = {"type": "manual", "url": server.address, "max_retries": 0}
    processing = {"shutdown_seconds": 0.2, "max_attempts": 1}
    with staffed(tmp_path_factory.mktemp("poets"), fresh_database, backend=backend, processing=processing) as door:
        door.llm = server
        yield door
    server.close()


def test_the_poets_answer_and_their_talk_is_kept(poets: OpenDoor) -> None:
    made = poets.client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=RAIN)
    found = made.parse()
    assert found.choices[0].message.content == LAMP
    assert found.usage is not None
    assert found.usage.completion_tokens > 0
    prompt = int(made.headers["x-musings-prompt"])
    assert found.id == f"chatcmpl-{prompt}"
    [attempt] = poets.api.http.get(f"/api/prompts/{prompt}/log").json()["attempts"]
    for words in ("Salt on the rail", "The second line is good.", "APPROVED"):
        assert words in attempt["log"]
    assert poets.rows[-1]["prompt_text"] == "a haiku about rain"


def test_each_call_is_one_prompt_however_it_is_answered(poets: OpenDoor) -> None:
    before = len(poets.rows)
    chunks = list(
        poets.client.chat.completions.create(
            model="poets", messages=RAIN, stream=True, stream_options={"include_usage": True}
        )
    )
    assert "".join(each.choices[0].delta.content or "" for each in chunks if each.choices) == LAMP
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 0
    assert poets.client.responses.create(model="poets", input="a haiku about rain").output_text == LAMP
    with poets.client.responses.stream(model="poets", input="a haiku about rain") as stream:
        assert stream.get_final_response().output_text == LAMP
    assert [row["status"] for row in poets.rows[before:]] == ["completed"] * 3


def test_a_conversation_is_told_to_the_poets(poets: OpenDoor) -> None:
    first = poets.client.responses.create(model="poets", input="a haiku about rain", instructions="Be brief.")
    again = poets.client.responses.create(
        model="poets", input="And about snow.", previous_response_id=first.id, temperature=0.2
    )
    assert again.previous_response_id == first.id
    words = poets.rows[-1]["prompt_text"]
    assert words.startswith("And about snow.")
    assert "Assistant: # The Lamp" in words
    assert poets.llm.chats[-3].body["temperature"] == 0.2
    error = refused(lambda: poets.client.responses.create(model="poets", input="x", previous_response_id="resp_999"))
    assert (error.status_code, error.param) == (404, "previous_response_id")


def test_the_sketch_poet_writes_without_a_model(poets: OpenDoor) -> None:
    made = [
        poets.client.chat.completions.create(model="sketch-text", messages=RAIN, seed=4, extra_body={"form": "haiku"})
        for _ in range(2)
    ]
    texts = [each.choices[0].message.content for each in made]
    assert texts[0] == texts[1]
    assert poets.gallery[-1]["artifact_type"] == "text"


def test_a_failure_is_told_in_every_way_of_answering(poets: OpenDoor) -> None:
    def cannot(seen: Seen) -> Reply:
        return Reply("no such luck", status=400)

    poets.llm.script = cannot
    try:
        error = refused(lambda: poets.client.chat.completions.create(model="poets", messages=RAIN))
        assert error.response.headers["x-should-retry"] == "false"
        with pytest.raises(openai.APIError, match="no such luck"):
            list(poets.client.chat.completions.create(model="poets", messages=RAIN, stream=True))
        events = list(poets.client.responses.create(model="poets", input="a haiku", stream=True))
        assert events[-1].type == "response.failed"
        assert "no such luck" in str(events[-1].response.error)
    finally:
        poets.llm.script = a_good_team()
    failed = poets.client.responses.retrieve(f"resp_{poets.rows[-1]['id']}")
    assert (failed.status, failed.output) == ("failed", [])
    assert [row["status"] for row in poets.rows[-3:]] == ["failed"] * 3


def test_a_response_in_the_background_is_asked_for_later(poets: OpenDoor) -> None:
    begun = poets.client.responses.create(
        model="poets", input="a haiku about rain", background=True, metadata={"album": "rain"}
    )
    assert begun.status in ("queued", "in_progress")
    until(lambda: poets.client.responses.retrieve(begun.id).status == "completed", 60)
    assert poets.client.responses.retrieve(begun.id).output_text == LAMP
    assert json.loads(poets.rows[-1]["metadata"])["album"] == "rain"


def test_a_response_can_be_cancelled(poets: OpenDoor) -> None:
    poets.api.http.post("/api/queue/pause")
    poets.api.submit("a haiku", prompt_type="poem", metadata={"openai": "words of its own"})
    waiting = poets.rows[-1]["id"]
    error = refused(lambda: poets.client.responses.create(input="x", previous_response_id=f"resp_{waiting}"))
    assert (error.status_code, error.param) == (400, "previous_response_id")
    assert poets.client.responses.retrieve(f"resp_{waiting}").status == "queued"
    assert poets.client.responses.cancel(f"resp_{waiting}").status == "cancelled"
    assert poets.client.responses.retrieve(f"resp_{waiting}").status == "cancelled"
    poets.api.http.post("/api/queue/resume")


@pytest.mark.parametrize("name", ["resp_0", "resp_999999", "12", "resp_x", "resp_1_"])
def test_a_response_that_is_none(poets: OpenDoor, name: str) -> None:
    error = refused(lambda: poets.client.responses.retrieve(name))
    assert (error.status_code, error.code) == (404, "response_not_found")


def test_a_picture_is_no_response(poets: OpenDoor) -> None:
    picture = poets.api.submit(prompt_type="image", parameters={"width": 64, "height": 64})["id"]
    assert refused(lambda: poets.client.responses.retrieve(f"resp_{picture}")).status_code == 404


@pytest.mark.parametrize(
    ("said", "status", "param"),
    [
        ({"model": "no-such"}, 404, "model"),
        ({"model": "gpt-image-1"}, 400, "model"),
        ({"messages": []}, 400, "messages"),
        ({"messages": [{"role": "system", "content": "x"}]}, 400, "messages"),
        ({"n": 2}, 400, "n"),
        ({"temperature": 5}, 400, "temperature"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format"),
        ({"extra_body": {"form": "limerick"}}, 400, "form"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named(poets: OpenDoor, said: dict[str, Any], status: int, param: str) -> None:
    error = refused(lambda: poets.client.chat.completions.create(**{"model": "poets", "messages": RAIN, **said}))
    assert (error.status_code, error.param) == (status, param)
    answer = httpx.post(f"{poets.api.address}/v1/responses", content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
