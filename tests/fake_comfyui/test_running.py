"""One job of the fake, node by node: what runs, what is remembered, and how it fails."""

import json

import pytest

from fake_comfyui.running import OUT_OF_MEMORY
from fake_comfyui.server import FakeComfy
from tests.contract import watch
from tests.contract.watch import Watched
from tests.musings.makers.comfyui.graphs import Graph, node, painting, picture


def ran(watched: Watched) -> list[str]:
    return [data["node"] for kind, data in watched.told if kind == "executing" and data["node"] is not None]


def failure(watched: Watched) -> dict[str, str]:
    kind, data = watched.entry["status"]["messages"][-1]
    assert kind == "execution_error"
    found: dict[str, str] = data
    return found


def test_a_node_that_leads_nowhere_is_not_run(fake: FakeComfy) -> None:
    graph = picture() | {"7": node("ImageInvert", image=["1", 0])}
    assert ran(watch.run(fake.url, graph)) == ["1", "2"]


def test_a_node_that_two_need_runs_once(fake: FakeComfy) -> None:
    graph = picture() | {"3": node("PreviewImage", images=["1", 0])}
    assert ran(watch.run(fake.url, graph)) == ["1", "2", "3"]


def renamed(graph: Graph) -> Graph:
    """The same graph under other ids, and with its inputs in another order."""
    text = json.dumps(graph).replace('["1", 0]', '["one", 0]').replace('{"1":', '{"one":').replace('"2":', '"two":')
    return {name: {**each, "inputs": dict(reversed(each["inputs"].items()))} for name, each in json.loads(text).items()}


def test_a_node_is_known_by_what_it_does_and_not_by_its_id(fake: FakeComfy) -> None:
    watch.run(fake.url, picture())
    again = watch.run(fake.url, renamed(picture()))
    assert dict(again.told)["execution_cached"]["nodes"] == ["one", "two"]
    assert again.outputs["two"]["images"][0]["filename"] == "t_00001_.png"


def test_what_comes_behind_a_change_runs_again(fake: FakeComfy) -> None:
    watch.run(fake.url, painting(seed=1))
    assert ran(watch.run(fake.url, painting(seed=2))) == ["3", "8", "9"]
    assert ran(watch.run(fake.url, painting(seed=2, text="a hare"))) == ["6", "3", "8", "9"]


def test_a_failed_job_keeps_what_it_had_computed(fake: FakeComfy) -> None:
    graph = picture()
    graph["2"]["inputs"]["images"] = ["3", 0]
    graph["3"] = node("ImageBlend", image1=["1", 0], image2=["1", 0], blend_factor=0.5, blend_mode="normal")
    fake.faults.on("execution-error", 1)
    assert failure(watch.run(fake.url, graph))["node_id"] == "1"
    assert ran(watch.run(fake.url, graph)) == ["1", "3", "2"]
    graph["2"]["inputs"]["filename_prefix"] = "../out"
    failed = watch.run(fake.url, graph)
    assert (failure(failed)["node_id"], ran(failed)) == ("2", ["2"])


def test_a_full_graphics_card_fails_the_first_node_that_computes(fake: FakeComfy) -> None:
    fake.faults.on("oom-once")
    failed = watch.run(fake.url, painting())
    report = failure(failed)
    assert report["node_type"] == "CLIPTextEncode"  # a loader computes nothing
    assert report["exception_type"] == "torch.OutOfMemoryError"
    assert report["exception_message"] == f"{OUT_OF_MEMORY}\n"
    assert report["prompt_id"] == failed.prompt_id
    assert failed.outputs == {}


def test_somebody_else_interrupts_after_something_was_computed(fake: FakeComfy) -> None:
    fake.faults.on("interrupted-by-other")
    stopped = watch.run(fake.url, painting())
    kinds = [kind for kind, _ in stopped.entry["status"]["messages"]]
    assert kinds == ["execution_start", "execution_cached", "execution_interrupted"]
    assert len(ran(stopped)) > 1
    assert fake.counts.interrupts == {}


@pytest.mark.parametrize(("fault", "files"), [("cached-empty", []), ("missing-output", ["gone_00001_.png"])])
def test_a_success_that_has_nothing_to_show(fake: FakeComfy, fault: str, files: list[str]) -> None:
    fake.faults.on(fault)
    watched = watch.run(fake.url, picture())
    assert watched.entry["status"]["completed"]
    shown = [file["filename"] for output in watched.outputs.values() for file in output["images"]]
    assert (shown, ran(watched)) == (files, [])
    assert list(fake.folders.of("output").iterdir()) == []


def test_progress_counts_every_step_of_the_sampler(fake: FakeComfy) -> None:
    told = watch.run(fake.url, painting(steps=4)).told
    assert [(data["value"], data["max"]) for kind, data in told if kind == "progress"] == [(n, 4) for n in (1, 2, 3, 4)]
    states = [data["nodes"].get("3", {"state": "none"}) for kind, data in told if kind == "progress_state"]
    assert [each["value"] for each in states if each["state"] == "running"] == [0, 1, 2, 3, 4]
    assert (states[-1]["state"], states[-1]["value"], states[-1]["max"]) == ("finished", 1, 1)


@pytest.mark.parametrize("method", ["auto", "taesd", "none", None])
def test_previews_are_sent_only_when_asked_for(fake: FakeComfy, method: str | None) -> None:
    extra = {} if method is None else {"preview_method": method}
    frames = watch.run(fake.url, painting(steps=2), extra_data=extra).frames
    assert len(frames) == (2 if method in ("auto", "taesd") else 0)
