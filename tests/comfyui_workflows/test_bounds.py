"""Numbers: read as a server reads them, and kept within the bounds of every place that they go to."""

import pytest

from comfyui_workflows.bounds import bounds_at, plain, seed_bounds, within
from comfyui_workflows.checking import ProblemKind, check
from comfyui_workflows.form import SEED_MAXIMUM, Form
from comfyui_workflows.json_types import Object
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.sidecar import apply, read_sidecar
from comfyui_workflows.tracing import trace
from musings.makers.comfyui.client import ComfyServer
from tests.comfyui_workflows.forms import declared, field
from tests.musings.makers.comfyui.graphs import Graph, node, painting


def traced(graph: Graph, info: Object) -> Form:
    return within(trace(graph, info), graph, info)


def narrow(maximum: int | None, minimum: int = 0) -> Object:
    limits = {"min": minimum, **({} if maximum is None else {"max": maximum})}
    return {
        "KSampler": declared(seed=["INT", {"min": 0, "max": 2**64 - 1}], steps=["INT", {"min": 1, "max": 10000}]),
        "Upscaler": declared(image=["IMAGE"], seed=["INT", limits]),
        "PrimitiveInt": declared(value=["INT", {"min": -(2**63), "max": 2**63}]),
    }


def upscaled() -> Graph:
    graph = painting() | {"20": node("Upscaler", image=["8", 0], seed=7)}
    graph["9"]["inputs"]["images"] = ["20", 0]
    return graph


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(2**32 - 1, 2**32 - 1), (2147483647, 2147483647), (65535, 65535), (2**60, SEED_MAXIMUM), (None, SEED_MAXIMUM)],
)
def test_a_seed_keeps_to_the_least_of_the_places_it_goes_to(limit: int | None, expected: int) -> None:
    seed = field(traced(upscaled(), narrow(limit)), "seed")
    assert (seed.minimum, seed.maximum) == (0, expected)


def test_a_seed_of_at_least_one() -> None:
    graph, info = upscaled(), narrow(2147483647, minimum=1)
    form = traced(graph, info)
    assert field(form, "seed").minimum == 1
    assert seed_bounds(graph, info, form, field(form, "seed")) == (1, 2147483647)


def test_a_number_keeps_to_the_bounds_of_what_its_node_hands_it_on_to() -> None:
    graph = upscaled() | {"30": node("PrimitiveInt", value=3)}
    graph["3"]["inputs"]["seed"] = ["30", 0]
    graph["20"]["inputs"]["seed"] = ["30", 0]
    assert bounds_at(graph, narrow(99), [Spot("30", "value")]).high == 99
    assert field(traced(graph, narrow(99)), "seed").maximum == 99


def test_a_sampler_hands_nothing_on() -> None:
    graph = painting() | {"20": node("Upscaler", image=["8", 0], seed=["3", 0])}
    assert bounds_at(graph, narrow(99), [Spot("3", "seed")]).high == 2**64 - 1


def test_bounds_that_contradict_each_other_do_not_close_a_field() -> None:
    info = {"KSampler": declared(steps=["INT", {"min": 2000, "max": 10000}])}
    steps = field(traced(painting(), info), "steps")
    assert (steps.minimum, steps.maximum) == (2000, 10000)


def test_a_sidecar_cannot_go_beyond_the_bounds_of_the_class(server: ComfyServer) -> None:
    graph = painting()
    wider = read_sidecar("x", "[fields.steps]\nmaximum = 20000\nminimum = 2\n")
    form = apply(wider, trace(graph), graph, server.object_info())
    changed = field(within(form, graph, server.object_info()), "steps")
    assert (changed.minimum, changed.maximum) == (2, 10000)


def texts() -> Graph:
    graph = painting()
    graph["5"]["inputs"] |= {"width": "640", "height": " 480 "}
    graph["3"]["inputs"] |= {"seed": "42", "steps": "12", "cfg": "6.5"}
    return graph


@pytest.mark.parametrize("asked", [True, False])
def test_numbers_written_as_texts_are_numbers(server: ComfyServer, asked: bool) -> None:
    form = trace(texts(), server.object_info() if asked else None)
    found = {name: (field(form, name).type, field(form, name).default) for name in ("width", "height", "steps", "cfg")}
    assert found == {"width": ("int", 640), "height": ("int", 480), "steps": ("int", 12), "cfg": ("float", 6.5)}
    assert field(form, "seed").role == "seed"
    assert check(texts(), server.object_info()) == []


@pytest.mark.parametrize("value", ["9" * 400, "1e999", "nan", "-inf", "", "9" * 5000])
def test_a_number_beyond_all_bounds_breaks_nothing(server: ComfyServer, value: str) -> None:
    graph = painting()
    graph["3"]["inputs"] |= {"cfg": value, "steps": value, "seed": value}
    for info in (None, server.object_info(), narrow(10**400)):
        assert trace(graph, info).by_role("prompt") is not None
        within(trace(graph, info), graph, info)


def test_a_wrapped_value_is_not_ours_to_judge(server: ComfyServer) -> None:
    graph = painting()
    graph["5"]["inputs"]["width"] = {"__value__": 64}
    assert check(graph, server.object_info()) == []


def test_what_no_server_reads_as_a_number_stays_a_text(server: ComfyServer) -> None:
    graph = painting(text="512")
    graph["5"]["inputs"] |= {"width": "64.0", "height": "tall"}
    read = plain(graph, server.object_info())
    assert read["5"]["inputs"] == graph["5"]["inputs"]
    assert read["6"]["inputs"]["text"] == "512"
    problems = check(graph, server.object_info())
    assert [(problem.kind, problem.node) for problem in problems] == [(ProblemKind.VALUE, "5")] * 2
    assert "width: '64.0' is not a whole number" in problems[0].message
