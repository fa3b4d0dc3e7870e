"""``/api/jobs``: pages, order, what is refused, and what an id is."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_comfyui.jobs import is_id
from fake_comfyui.server import FakeComfy
from tests.contract import watch
from tests.musings.makers.comfyui.graphs import picture


@pytest.fixture(scope="module")
def recent() -> Iterator[FakeComfy]:
    """A server of the newest version with three jobs done, of one, two and three pictures."""
    with FakeComfy(like="0.33") as fake:
        for batch in (1, 2, 3):
            watch.run(fake.url, picture(batch=batch), extra_data={"extra_pnginfo": {"workflow": {"id": f"w{batch}"}}})
        yield fake


def ask(fake: FakeComfy, **query: str) -> tuple[int, Any]:
    answer = httpx.get(f"{fake.url}/api/jobs", params=query, trust_env=False)
    return answer.status_code, answer.json()


def workflows(fake: FakeComfy, **query: str) -> list[str]:
    status, told = ask(fake, **query)
    assert status == 200
    return [job["workflow_id"] for job in told["jobs"]]


def test_the_newest_come_first_unless_asked(recent: FakeComfy) -> None:
    by_time = [job["create_time"] for job in ask(recent)[1]["jobs"]]
    assert by_time == sorted(by_time, reverse=True)
    assert [job["create_time"] for job in ask(recent, sort_order="asc")[1]["jobs"]] == sorted(by_time)


def test_pages_give_every_job_once(recent: FakeComfy) -> None:
    pages = [ask(recent, limit="2", offset=offset)[1] for offset in ("0", "2", "4")]
    assert [len(page["jobs"]) for page in pages] == [2, 1, 0]
    assert [page["pagination"]["has_more"] for page in pages] == [True, False, False]
    assert {page["pagination"]["total"] for page in pages} == {3}
    assert sorted(job["workflow_id"] for page in pages for job in page["jobs"]) == ["w1", "w2", "w3"]
    assert workflows(recent, offset="-5") == workflows(recent)


def test_states_are_chosen_by_their_words(recent: FakeComfy) -> None:
    assert len(workflows(recent, status=" Completed , failed,")) == 3
    assert workflows(recent, status="failed,pending") == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"limit": "x"}, "limit must be an integer"),
        ({"limit": "-1"}, "limit must be a positive integer"),
        ({"offset": "x"}, "offset must be an integer"),
        ({"status": "done,completed"}, "Invalid status value(s): done. Valid values: pending, in_progress"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(recent: FakeComfy, query: dict[str, str], words: str) -> None:
    status, told = ask(recent, **query)
    assert status == 400
    assert told["error"].startswith(words)


def test_files_are_counted_and_the_first_is_shown(recent: FakeComfy) -> None:
    jobs = {job["workflow_id"]: job for job in ask(recent)[1]["jobs"]}
    assert [jobs[f"w{batch}"]["outputs_count"] for batch in (1, 2, 3)] == [1, 2, 3]
    shown = jobs["w3"]["preview_output"]
    assert (shown["filename"], shown["nodeId"], shown["mediaType"]) == ("t_00004_.png", "2", "images")


@pytest.mark.parametrize(
    ("body", "words"),
    [("no json", "valid JSON"), ("[]", "must be a list"), ('{"job_ids": "a"}', "must be a list"), ("{}", "a list")],
)
def test_a_wrong_body_cancels_nothing(recent: FakeComfy, body: str, words: str) -> None:
    answer = httpx.post(f"{recent.url}/api/jobs/cancel", content=body, trust_env=False)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_one_call_cancels_all_that_wait(recent: FakeComfy) -> None:
    recent.faults.on("wedged-worker")
    ids = [str(uuid.uuid4()) for _ in range(3)]
    for each in ids:
        watch.post(recent.url, picture(), prompt_id=each)
    cancelled = httpx.post(f"{recent.url}/api/jobs/cancel", json={"job_ids": ids[:2]}, trust_env=False)
    assert cancelled.json() == {"cancelled": True}
    assert [job["id"] for job in ask(recent, status="pending")[1]["jobs"]] == ids[2:]
    one = [httpx.post(f"{recent.url}/api/jobs/{ids[2]}/cancel", trust_env=False).json() for _ in range(2)]
    assert one == [{"cancelled": True}, {"cancelled": False}]
    recent.faults.off()


@given(st.uuids())
def test_a_uuid_in_its_usual_form_is_an_id(given: uuid.UUID) -> None:
    assert is_id(str(given))
    assert not is_id(given.hex)
    assert not is_id(f"{{{given}}}")
    assert not is_id(given)
    assert not is_id(f"urn:uuid:{given}")


@pytest.mark.parametrize("given", ["", "none", 5, None, "ABCDEFAB-0000-4000-8000-000000000000", ["a"]])
def test_anything_else_is_no_id(given: object) -> None:
    assert not is_id(given)
