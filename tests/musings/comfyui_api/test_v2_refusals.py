"""Errors in the shape of Comfy API v2."""

from typing import Any

import pytest

from musings.comfyui_api.refusals import GraphRefusal, complaint
from musings.comfyui_api.v2_refusals import V2Refusal, of_graph, of_problem


def test_a_refusal_has_a_code_and_words() -> None:
    found = V2Refusal(404, "not_found", "No.", headers={"Retry-After": "3"})
    assert found.body == {"error": {"code": "not_found", "message": "No.", "details": None}}
    assert (found.status, found.headers, str(found)) == (404, {"Retry-After": "3"}, "No.")


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        ({"status": 401, "detail": "Log in."}, "unauthorized"),
        ({"status": 429, "title": "Too Many Requests"}, "rate_limited"),
        ({"status": 503, "detail": "Busy."}, "upstream_error"),
        ({"status": 500}, "upstream_error"),
    ],
)
def test_a_problem_document_becomes_one(problem: dict[str, Any], code: str) -> None:
    error = of_problem(problem)["error"]
    assert error["code"] == code
    assert error["message"] == problem.get("detail", problem.get("title", ""))
    assert of_problem({**problem, "errors": [{"where": "a", "message": "b"}]})["error"]["details"] == {
        "errors": [{"where": "a", "message": "b"}]
    }


def test_what_is_wrong_with_each_node_is_told() -> None:
    fault = complaint("value_not_in_list", "Value not in list", "ckpt_name: 'a' not in ['b']", input_name="ckpt_name")
    refused = GraphRefusal(400, complaint("x", "Prompt outputs failed validation", "y"), {"4": {"errors": [fault]}})
    found = of_graph(refused)
    assert (found.status, found.body["error"]["code"]) == (422, "invalid_workflow")
    [told] = found.body["error"]["details"]["node_errors"]["4"]
    assert (told["field"], told["reason"]) == ("ckpt_name", "value_not_in_list")
    assert "'a' not in ['b']" in told["message"]


def test_an_unknown_class_names_its_node() -> None:
    refused = GraphRefusal(400, complaint("invalid_prompt", "node X does not exist.", "Node ID '#4'", node_id="4"))
    assert list(of_graph(refused).body["error"]["details"]["node_errors"]) == ["4"]
    assert of_graph(GraphRefusal(400, complaint("a", "b"))).body["error"]["details"] is None
