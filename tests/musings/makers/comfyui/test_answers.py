"""HTTP answers in, values and decisions out."""

import json

import pytest

from comfyui_workflows.object_info import choices_of
from musings.makers.comfyui.answers import (
    Accepted,
    HistoryEntry,
    Phase,
    Queue,
    Rejected,
    job_state,
    read_history,
    read_queue,
    read_reply,
)


def test_accepted() -> None:
    assert read_reply(200, b'{"prompt_id": "p", "number": 4, "node_errors": {}}') == Accepted("p", 4.0)


@pytest.mark.parametrize("status", [200, 400, 404, 500])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null", b'{"error": 3}'])
def test_what_is_no_answer_of_comfyui(status: int, body: bytes) -> None:
    assert read_reply(status, body) is None


def test_a_refusal_with_node_errors() -> None:
    body = {
        "error": {"type": "prompt_outputs_failed_validation", "message": "m", "details": "", "extra_info": {}},
        "node_errors": {
            "4": {
                "errors": [
                    {
                        "type": "value_not_in_list",
                        "message": "Value not in list",
                        "details": "d",
                        "extra_info": {
                            "input_name": "ckpt_name",
                            "received_value": "a",
                            "input_config": [["b", "c"], {}],
                        },
                    }
                ],
                "dependent_outputs": ["9"],
                "class_type": "Loader",
            }
        },
    }
    reply = read_reply(400, json.dumps(body).encode())
    assert isinstance(reply, Rejected)
    (problem,) = reply.problems
    assert (problem.node, problem.class_type, problem.input_name) == ("4", "Loader", "ckpt_name")
    assert (problem.received, problem.allowed) == ("a", ("b", "c"))


def test_an_old_servers_refusal_is_a_bare_text() -> None:
    assert read_reply(400, b'{"error": "no prompt"}') == Rejected("invalid_prompt", "no prompt", "")


@pytest.mark.parametrize(
    ("spec", "choices"),
    [
        ([["a", "b"], {}], ("a", "b")),
        ([["a"]], ("a",)),
        (["COMBO", {"options": ["a", 1]}], ("a", "1")),
        (["COMBO", {"remote": {}}], ()),
        (["COMBO"], ()),
        (["INT", {"min": 1}], ()),
        ([], ()),
        (None, ()),
        ("COMBO", ()),
    ],
)
def test_choices_in_every_style(spec: object, choices: tuple[str, ...]) -> None:
    assert choices_of(spec) == choices


def history(**status: object) -> bytes:
    prompt = [0, "p", {}, {}, ["2"]]
    entry = {"prompt": prompt, "outputs": {"2": {"images": []}}, "status": status, "meta": {}}
    return json.dumps({"p": entry}).encode()


def test_history_of_an_unknown_job() -> None:
    assert read_history(b"{}", "p") is None


def test_history_of_success() -> None:
    cached = ["execution_cached", {"nodes": ["1", "2"]}]
    entry = read_history(history(status_str="success", completed=True, messages=[cached]), "p")
    assert entry is not None
    assert entry.success
    assert (entry.wanted, entry.cached, entry.all_cached) == (("2",), ("1", "2"), True)
    assert not entry.interrupted


def test_history_of_an_interrupt_is_told_from_a_failure_by_its_last_message() -> None:
    entry = read_history(history(status_str="error", messages=[["execution_interrupted", {"node_id": "3"}]]), "p")
    assert entry is not None
    assert (entry.success, entry.interrupted, entry.failure) == (False, True, None)


def test_history_without_a_status_counts_by_its_outputs() -> None:
    body = json.dumps({"p": {"prompt": None, "outputs": {"2": {"images": []}}, "status": None}}).encode()
    entry = read_history(body, "p")
    assert entry is not None
    assert entry.success
    assert entry.wanted == ()


def test_nan_in_a_history() -> None:
    entry = read_history(b'{"p": {"outputs": {"2": {"text": [NaN]}}, "status": {"status_str": "success"}}}', "p")
    assert entry is not None
    assert entry.outputs == {"2": {"text": [None]}}


def test_the_queue_is_read_in_the_order_of_its_numbers() -> None:
    body = {
        "queue_running": [[0, "a", {}, {}, []]],
        "queue_pending": [[3, "d", {}, {}, []], [1, "b", {}, {}, []], [1.5, "c", {}, {}, []]],
    }
    assert read_queue(json.dumps(body).encode()) == Queue(("a",), ("b", "c", "d"))


@pytest.mark.parametrize("body", [b"[]", b"{}", b"x", b'{"queue_running": [[1]], "queue_pending": []}'])
def test_a_strange_queue(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_queue(body)


def test_job_states() -> None:
    queue = Queue(("a",), ("b", "c"))
    entry = HistoryEntry("b", success=True, outputs={})
    assert job_state("a", None, queue).phase is Phase.RUNNING
    assert job_state("c", None, queue).position == 2
    assert job_state("z", None, queue).phase is Phase.UNKNOWN
    assert job_state("b", entry, queue).phase is Phase.DONE
    assert queue.remaining == 3
