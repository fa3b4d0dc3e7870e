"""Refusals in the shape that clients of ComfyUI read."""

from musings.comfyui_api.refusals import GraphRefusal, complaint, of_problem


def test_a_refusal_carries_what_is_wrong_with_each_node() -> None:
    refused = GraphRefusal(400, complaint("a", "It is wrong", "here", node_id="3"), {"3": {"errors": []}})
    assert refused.body == {
        "error": {"type": "a", "message": "It is wrong", "details": "here", "extra_info": {"node_id": "3"}},
        "node_errors": {"3": {"errors": []}},
    }
    assert str(refused) == "It is wrong here"


def test_a_problem_document_is_said_in_their_shape() -> None:
    problem = {"type": "urn:musings:not-found", "title": "Not Found", "status": 404, "detail": "There is nothing."}
    assert of_problem(problem)["error"] == complaint("not_found", "Not Found", "There is nothing.")
    faulty = {**problem, "detail": "", "errors": [{"where": "a.b", "message": "is wrong"}]}
    assert of_problem(faulty)["error"]["details"] == "a.b: is wrong"
    assert of_problem({})["error"]["type"] == "error"
