"""``POST /prompt``: what is taken, what is refused, in which words."""

import uuid
from typing import Any

import httpx
import pytest

from fake_comfyui.dialect import Dialect
from musings.makers.comfyui.answers import Accepted, Rejected, read_reply
from musings.makers.comfyui.explain import refusal
from tests.contract.watch import post, run
from tests.musings.makers.comfyui.graphs import Graph, node, picture, sounds


def refused(url: str, graph: Any) -> Rejected:
    response = post(url, graph, client_id="c")
    reply = read_reply(response.status_code, response.content)
    assert isinstance(reply, Rejected), response.text
    return reply


def errors_of(url: str, graph: Any) -> list[tuple[str, str, str | None]]:
    return [(problem.node, problem.kind, problem.input_name) for problem in refused(url, graph).problems]


def test_our_own_prompt_id_is_kept(url: str) -> None:
    prompt_id = str(uuid.uuid4())
    response = post(url, picture(), client_id="c", prompt_id=prompt_id)
    assert response.status_code == 200
    assert response.json()["prompt_id"] == prompt_id
    assert response.json()["node_errors"] == {}
    assert isinstance(response.json()["number"], int | float)


def test_numbers_grow(url: str) -> None:
    first, second = (post(url, picture(), client_id="c").json()["number"] for _ in range(2))
    assert second > first


@pytest.mark.parametrize("path", ["prompt", "api/prompt"])
def test_every_route_exists_twice(url: str, path: str) -> None:
    answer = httpx.get(f"{url}/{path}", trust_env=False)
    assert answer.status_code == 200
    assert isinstance(answer.json()["exec_info"]["queue_remaining"], int)


@pytest.mark.parametrize("body", [b"", b"no json", b'{"prompt": null}', b'{"prompt": "text"}'])
def test_what_is_no_json_object_is_a_500_in_plain_text(url: str, body: bytes) -> None:
    response = httpx.post(f"{url}/prompt", content=body, trust_env=False)
    assert response.status_code == 500
    assert response.headers["content-type"].startswith("text/plain")
    assert response.text == "500 Internal Server Error\n\nServer got itself in trouble"


def test_a_body_without_a_prompt(url: str) -> None:
    response = httpx.post(f"{url}/prompt", json={}, trust_env=False)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "no_prompt"
    assert response.json()["node_errors"] == {}


def test_an_empty_graph_has_no_outputs(url: str) -> None:
    assert refused(url, {}).kind == "prompt_no_outputs"


def test_a_list_is_no_graph(url: str, dialect: Dialect) -> None:
    if dialect.exact_refusals:
        assert post(url, [], client_id="c").status_code == 500
    else:
        assert refused(url, []).kind == "prompt_no_outputs"


@pytest.mark.parametrize("given", ["mine", 17, None, "", "3629C8D2-0385-4F83-98E2-53A053EAFEF4"])
def test_an_id_that_is_no_uuid(url: str, dialect: Dialect, given: Any) -> None:
    """Ours always is one: newer servers take nothing else."""
    response = post(url, picture(), client_id="c", prompt_id=given)
    if not dialect.exact_refusals:
        assert response.json()["prompt_id"] == str(given)
    elif given is None:
        assert uuid.UUID(response.json()["prompt_id"])
    else:
        reply = read_reply(response.status_code, response.content)
        assert isinstance(reply, Rejected)
        assert reply.kind == "invalid_prompt_id"


def test_a_graph_that_saves_nothing(url: str) -> None:
    assert refused(url, {"1": picture()["1"]}).kind == "prompt_no_outputs"


def no_class(dialect: Dialect) -> str:
    return "missing_node_type" if dialect.exact_refusals else "invalid_prompt"


def test_an_unknown_class_is_named_only_in_the_details(url: str, dialect: Dialect) -> None:
    graph = {**picture(), "7": node("NoSuchNode", a=1)}
    reply = refused(url, graph)
    assert (reply.kind, reply.details, reply.problems) == (no_class(dialect), "Node ID '#7'", ())
    assert "NoSuchNode" in reply.message
    fault = refusal(reply, graph)
    assert str(fault) == "ComfyUI does not know the node class NoSuchNode, which node 7 (NoSuchNode) needs."


def test_an_unknown_class_with_a_title(url: str, dialect: Dialect) -> None:
    graph = {**picture(), "7": node("NoSuchNode", "My upscaler", a=1)}
    reply = refused(url, graph)
    assert ("My upscaler" in reply.message) is dialect.exact_refusals
    fault = refusal(reply, graph)
    assert 'does not know the node class NoSuchNode, which node 7 "My upscaler" (NoSuchNode) needs' in str(fault)


def test_a_missing_class_type(url: str, dialect: Dialect) -> None:
    graph = {**picture(), "7": {"inputs": {}}}
    reply = refused(url, graph)
    assert (reply.kind, reply.details) == (no_class(dialect), "Node ID '#7'")
    assert "Node 7 of the workflow has no class" in str(refusal(reply, graph))


def test_a_missing_input(url: str) -> None:
    graph = picture()
    del graph["2"]["inputs"]["images"]
    reply = refused(url, graph)
    assert reply.kind == "prompt_outputs_failed_validation"
    assert "images" in reply.details
    (problem,) = reply.problems
    assert (problem.node, problem.kind, problem.input_name) == ("2", "required_input_missing", "images")
    assert (problem.class_type, problem.details) == ("SaveImage", "images")


def test_a_fault_further_up_is_only_in_the_node_errors(url: str) -> None:
    graph = picture()
    del graph["1"]["inputs"]["color"]
    reply = refused(url, graph)
    assert reply.details == ""
    assert [(problem.node, problem.kind) for problem in reply.problems] == [("1", "required_input_missing")]


def broken(name: str, value: Any, at: str = "1") -> Graph:
    graph = picture()
    graph[at]["inputs"][name] = value
    return graph


@pytest.mark.parametrize(
    ("graph", "kind", "at"),
    [
        (broken("width", 0), "value_smaller_than_min", "1"),
        (broken("width", 99999), "value_bigger_than_max", "1"),
        (broken("width", "wide"), "invalid_input_type", "1"),
        (broken("images", ["1"], "2"), "bad_linked_input", "2"),
        (broken("width", ["1", 0]), "return_type_mismatch", "1"),
    ],
)
def test_kinds_of_node_errors(url: str, graph: Graph, kind: str, at: str) -> None:
    if kind == "return_type_mismatch":
        graph["3"] = node("EmptyImage", width=8, height=8, batch_size=1, color=0)
        graph["1"]["inputs"]["width"] = ["3", 0]
    name = "images" if at == "2" else "width"
    assert (at, kind, name) in errors_of(url, graph)


def test_a_value_not_in_the_list_comes_with_the_list(url: str) -> None:
    reply = refused(
        url,
        {**sounds(), "3": node("SaveAudioMP3", audio=["1", 0], filename_prefix="t", quality="9k")}
        | {"2": picture()["1"], "4": picture()["1"]},
    )
    (problem,) = reply.problems
    assert problem.kind == "value_not_in_list"
    assert problem.received == "9k"
    assert "128k" in problem.allowed


def test_a_missing_model(url: str) -> None:
    graph = {
        "4": node("CheckpointLoaderSimple", ckpt_name="absent.safetensors"),
        "5": node("EmptyLatentImage", width=64, height=64, batch_size=1),
        "8": node("VAEDecode", samples=["5", 0], vae=["4", 2]),
        "9": node("SaveImage", images=["8", 0], filename_prefix="t"),
    }
    assert errors_of(url, graph) == [("4", "value_not_in_list", "ckpt_name")]


def test_a_missing_input_file(url: str) -> None:
    graph = {"1": node("LoadImage", image="absent.png"), "2": picture()["2"]}
    assert errors_of(url, graph) == [("1", "custom_validation_failed", "image")]


@pytest.mark.parametrize("source", [["nowhere", 0], [1, 0]])
def test_a_link_to_nowhere(url: str, source: list[Any]) -> None:
    graph = broken("images", source, "2")
    assert [kind for _, kind, _ in errors_of(url, graph)] == ["exception_during_validation"]


def test_a_circle_is_refused(url: str, dialect: Dialect) -> None:
    """Older servers give no reason, newer ones name every node of the circle."""
    graph = {
        "1": node("ImageInvert", image=["2", 0]),
        "2": node("ImageInvert", image=["1", 0]),
        "3": node("SaveImage", images=["1", 0], filename_prefix="t"),
    }
    reply = refused(url, graph)
    assert reply.details == ""
    named = [(problem.node, problem.kind) for problem in reply.problems]
    assert named == ([("1", "dependency_cycle"), ("2", "dependency_cycle")] if dialect.exact_refusals else [])
    fault = refusal(reply, graph)
    assert "circle" in fault.explained
    if dialect.exact_refusals:
        assert "1 (ImageInvert) -> 2 (ImageInvert) -> 1 (ImageInvert)" in str(fault)


def test_partial_acceptance_is_a_200(url: str) -> None:
    graph = picture(color=77)
    graph["3"] = node("SaveImage", filename_prefix="t")
    response = post(url, graph, client_id="c")
    reply = read_reply(response.status_code, response.content)
    assert isinstance(reply, Accepted)
    assert [(problem.node, problem.kind) for problem in reply.problems] == [("3", "required_input_missing")]


def test_numbers_are_converted_and_unknown_inputs_ignored(url: str) -> None:
    graph = picture(color=3)
    graph["1"]["inputs"] |= {"width": "40", "height": 24.9, "unheard_of": "x"}
    watched = run(url, graph)
    assert watched.entry["status"]["status_str"] == "success"
    assert watched.entry["prompt"][2]["1"]["inputs"]["width"] == 40
    assert watched.entry["prompt"][2]["1"]["inputs"]["height"] == 24
