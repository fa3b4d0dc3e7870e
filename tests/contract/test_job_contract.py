"""A job from its start to its end: messages, caching, failure, history, queue, interrupt."""

import uuid

import httpx
import pytest

from fake_comfyui.dialect import Dialect
from musings.makers.comfyui.answers import Phase
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.outputs import files_of, texts_of
from musings.makers.comfyui.protocol import FEATURE_FLAGS, Preview, read_frame
from tests.contract.watch import Watched, post, run, socket
from tests.musings.makers.comfyui.graphs import Graph, film, node, picture, sounds, spoken


def fresh() -> str:
    return f"contract/{uuid.uuid4().hex[:8]}"


def names(watched: Watched, node_id: str, key: str) -> list[tuple[str, str, str]]:
    return [(file["filename"], file["subfolder"], file["type"]) for file in watched.outputs[node_id][key]]


def test_the_order_of_messages(url: str) -> None:
    watched = run(url, picture(prefix=fresh()))
    assert watched.kinds == [
        "execution_start",
        "execution_cached",
        "executing",
        "executing",
        "executed",
        "execution_success",
        "executing",
    ]
    kinds = [kind for kind, _ in watched.told]
    assert kinds[0] == "status"
    assert kinds[-3:] == ["execution_success", "status", "executing"]
    assert kinds.index("progress_state") < kinds.index("executing")


def test_the_messages_carry_what_we_read(url: str) -> None:
    watched = run(url, picture(prefix=fresh()))
    told = dict(watched.told)
    assert watched.told[0][1]["status"]["exec_info"].keys() == {"queue_remaining"}
    assert told["executing"] == {"node": None, "prompt_id": watched.prompt_id}
    assert told["executed"].keys() == {"node", "display_node", "output", "prompt_id"}
    state = told["progress_state"]["nodes"]["2"]
    assert (state["value"], state["max"], state["state"]) == (1.0, 1.0, "finished")
    expected = {
        "value",
        "max",
        "state",
        "node_id",
        "prompt_id",
        "display_node_id",
        "parent_node_id",
        "real_node_id",
    }
    assert state.keys() == expected


def test_the_history_entry(url: str) -> None:
    watched = run(url, picture(prefix=fresh()))
    entry = watched.entry
    assert entry.keys() == {"prompt", "outputs", "status", "meta"}
    number, prompt_id, graph, extra, outputs = entry["prompt"]
    assert (prompt_id, outputs, graph["1"]["class_type"]) == (watched.prompt_id, ["2"], "EmptyImage")
    assert isinstance(number, int | float)
    assert "client_id" in extra
    assert entry["status"]["status_str"] == "success"
    assert entry["status"]["completed"] is True
    events = [event for event, _ in entry["status"]["messages"]]
    assert events == ["execution_start", "execution_cached", "execution_success"]
    assert entry["meta"].keys() == {"2"}


def test_a_batch_in_a_sub_folder(url: str, server: ComfyServer) -> None:
    prefix = fresh()
    watched = run(url, picture(prefix=prefix, batch=3))
    folder, _, name = prefix.partition("/")
    expected = [(f"{name}_{number:05}_.png", folder, "output") for number in (1, 2, 3)]
    assert names(watched, "2", "images") == expected
    entry = server.history(watched.prompt_id)
    assert entry is not None
    assert entry.success
    assert [file.filename for file in files_of(entry.outputs)] == [name for name, _, _ in expected]


def test_a_preview_goes_to_the_temporary_folder(url: str) -> None:
    graph = {"1": picture()["1"], "2": node("PreviewImage", images=["1", 0])}
    ((filename, subfolder, folder),) = names(run(url, graph), "2", "images")
    assert filename.startswith("ComfyUI_temp_")
    assert (subfolder, folder) == ("", "temp")


def test_sounds(url: str, dialect: Dialect) -> None:
    prefix = fresh()
    watched = run(url, sounds(prefix))
    found = {node_id: names(watched, node_id, "audio")[0][0] for node_id in "234"}
    assert [found[node_id].rpartition(".")[2] for node_id in "234"] == ["flac", "mp3", "opus"]
    ends = sorted(name.partition("_")[2].partition(".")[0] for name in found.values())
    mark = "" if dialect.bare_sounds else "_"
    assert ends == [f"{number:05}{mark}" for number in (1, 2, 3)]


def test_a_film(url: str) -> None:
    watched = run(url, film(fresh()))
    assert watched.outputs["3"]["animated"] == [True]
    assert names(watched, "3", "images")[0][0].endswith(".mp4")


@pytest.mark.parametrize("text", ["plain", '{"a": 1}', "--help", "a\nb\\", "日本 \U0001f98a", "x" * 100_000])
def test_texts_reach_the_node_unchanged(url: str, server: ComfyServer, text: str) -> None:
    watched = run(url, spoken(text))
    entry = server.history(watched.prompt_id)
    assert entry is not None
    assert [shown.text for shown in texts_of(entry.outputs)] == [text]


def test_what_is_saved_can_be_given_on(url: str, dialect: Dialect) -> None:
    prefix = fresh()
    graph = picture(prefix=prefix) | {"3": node("ImageInvert", image=["2", 0])}
    graph["4"] = node("SaveImage", images=["3", 0], filename_prefix=prefix)
    response = post(url, graph, client_id="c")
    assert bool(response.json()["node_errors"]) is not dialect.hands_on


def test_pictures_over_the_socket(url: str, server: ComfyServer) -> None:
    """The bundled node that saves nothing: its pictures are frames, and nothing else tells of them."""
    if "SaveImageWebsocket" not in server.object_info():
        pytest.skip("this server was started without its custom nodes")
    graph = {"1": picture(batch=2)["1"], "2": node("SaveImageWebsocket", images=["1", 0])}
    for say, told in ((None, None), (FEATURE_FLAGS, "2")):
        watched = run(url, graph, say=say)
        frames = [read_frame(frame) for frame in watched.frames]
        assert [(frame.media_type, frame.node) for frame in frames if isinstance(frame, Preview)] == (
            [("image/png", told)] * 2
        )
        assert watched.outputs == {}
        assert [kind for kind in watched.kinds if kind == "executed"] == []
        states = [data["nodes"].get("2", {}) for kind, data in watched.told if kind == "progress_state"]
        assert 2 in [state.get("max") for state in states]


def test_a_blend(url: str, server: ComfyServer) -> None:
    graph = {
        "1": node("EmptyImage", width=16, height=16, batch_size=1, color=0xFFFFFF),
        "2": node("EmptyImage", width=16, height=16, batch_size=1, color=0),
        "3": node("ImageBlend", image1=["1", 0], image2=["2", 0], blend_factor=0.5, blend_mode="normal"),
        "4": node("SaveImage", images=["3", 0], filename_prefix=fresh()),
    }
    assert len(names(run(url, graph), "4", "images")) == 1


def test_the_same_again_is_cached_and_keeps_its_names(url: str) -> None:
    graph = picture(prefix=fresh())
    first, second = run(url, graph), run(url, graph)
    assert second.outputs == first.outputs
    assert second.kinds == [
        "execution_start",
        "execution_cached",
        "executed",
        "execution_success",
        "executing",
    ]
    assert sorted(dict(second.told)["execution_cached"]["nodes"]) == ["1", "2"]


def test_the_cache_remembers_only_the_previous_job(url: str) -> None:
    first, other = picture(prefix=fresh()), picture(prefix=fresh(), color=9)
    run(url, first)
    run(url, other)
    assert dict(run(url, first).told)["execution_cached"]["nodes"] == []


def test_an_unknown_extra_input_defeats_the_cache(url: str) -> None:
    graph = picture(prefix=fresh())
    first = run(url, graph)
    graph["2"]["inputs"]["musings_nonce"] = "1"
    second = run(url, graph)
    assert dict(second.told)["execution_cached"]["nodes"] == ["1"]
    assert second.outputs != first.outputs


def test_a_failing_node(url: str, server: ComfyServer) -> None:
    watched = run(url, {"1": node("SaveImage", images="no picture", filename_prefix=fresh())})
    assert watched.kinds == [
        "execution_start",
        "execution_cached",
        "executing",
        "execution_error",
        "executing",
    ]
    status = watched.entry["status"]
    assert (status["status_str"], status["completed"], watched.outputs) == ("error", False, {})
    event, data = status["messages"][-1]
    assert event == "execution_error"
    assert data["exception_message"].endswith("\n")
    entry = server.history(watched.prompt_id)
    assert entry is not None
    assert entry.failure is not None
    assert (entry.failure.node, entry.failure.class_type) == ("1", "SaveImage")
    assert entry.failure.exception_type == "AttributeError"


def test_a_prefix_that_leaves_the_folder(url: str, server: ComfyServer) -> None:
    watched = run(url, picture(prefix="../outside", color=5))
    entry = server.history(watched.prompt_id)
    assert entry is not None
    assert entry.failure is not None
    assert "outside the output folder" in entry.failure.message


def slow(prefix: str) -> Graph:
    """A job of many nodes, so that there is time to interrupt it."""
    graph: Graph = {"0": node("EmptyImage", width=2048, height=2048, batch_size=4, color=1)}
    for number in range(1, 60):
        graph[str(number)] = node("ImageInvert", image=[str(number - 1), 0])
    graph["99"] = node("SaveImage", images=["59", 0], filename_prefix=prefix)
    return graph


def test_waiting_and_running_jobs_are_in_the_queue_and_can_be_stopped(url: str, server: ComfyServer) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    post(url, slow(fresh()), client_id="c", prompt_id=first)
    post(url, picture(prefix=fresh()), client_id="c", prompt_id=second)
    assert server.state(first).phase in (Phase.RUNNING, Phase.PENDING)
    waiting = server.state(second)
    assert waiting.phase is Phase.PENDING
    assert waiting.position in (1, 2)
    assert server.history(second) is None
    assert server.delete_pending(second)
    assert server.state(second).phase is Phase.UNKNOWN
    assert server.interrupt(first, seconds=30)
    state = server.state(first)
    assert state.phase is Phase.DONE
    assert state.entry is not None
    assert state.entry.interrupted
    assert not state.entry.success


def test_an_interrupt_for_another_job_changes_nothing(url: str, server: ComfyServer) -> None:
    answer = httpx.post(f"{url}/interrupt", json={"prompt_id": "somebody else's"}, trust_env=False)
    assert (answer.status_code, answer.text) == (200, "")
    assert run(url, picture(prefix=fresh())).entry["status"]["status_str"] == "success"


def test_feature_flags_are_answered(url: str) -> None:
    watched = run(url, picture(prefix=fresh()), say=FEATURE_FLAGS)
    assert dict(watched.told)["feature_flags"]["supports_preview_metadata"] is True


def test_free_empties_the_cache(url: str, server: ComfyServer) -> None:
    graph = picture(prefix=fresh())
    run(url, graph)
    server.free()
    assert dict(run(url, graph).told)["execution_cached"]["nodes"] == []


def test_a_socket_without_a_job_is_told_only_the_status(url: str) -> None:
    with socket(url, uuid.uuid4().hex) as other:
        run(url, picture(prefix=fresh()))
        heard = set()
        for _ in range(4):
            message = other.recv(timeout=10)
            assert isinstance(message, str)
            heard.add(message.split('"')[3])
    assert heard == {"status"}


def test_one_address_for_every_job(url: str, dialect: Dialect) -> None:
    watched = run(url, picture(prefix=fresh(), batch=2))
    failed = run(url, {"1": node("SaveImage", images="no picture", filename_prefix=fresh())})

    def ask(path: str) -> httpx.Response:
        return httpx.get(f"{url}/{path}", trust_env=False)

    assert ask(f"jobs/{watched.prompt_id}").status_code == 404
    answer = ask(f"api/jobs/{watched.prompt_id}")
    if not dialect.jobs:
        assert answer.status_code == 404
        return
    job = answer.json()
    assert (job["id"], job["status"], job["outputs_count"]) == (watched.prompt_id, "completed", 2)
    assert job["outputs"] == watched.outputs
    assert job["execution_end_time"] >= job["execution_start_time"]
    assert (job["preview_output"]["nodeId"], job["preview_output"]["mediaType"]) == ("2", "images")
    assert ask(f"api/jobs/{failed.prompt_id}").json()["execution_error"]["node_id"] == "1"
    assert (ask("api/jobs/none").status_code, ask("api/jobs/none").json()) == (404, {"error": "Job not found"})
    assert ask("api/jobs?limit=0").status_code == 400
    assert ask("api/jobs?status=cancelled").status_code == (200 if dialect.cancelled else 400)
    newest = ask("api/jobs?limit=1&status=failed").json()
    assert [job["id"] for job in newest["jobs"]] == [failed.prompt_id]
    assert newest["pagination"].keys() == {"offset", "limit", "total", "has_more"}


def test_an_interrupted_job_among_all_jobs(url: str, server: ComfyServer, dialect: Dialect) -> None:
    if not dialect.jobs:
        return
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    post(url, slow(fresh()), client_id="c", prompt_id=first)
    post(url, picture(prefix=fresh()), client_id="c", prompt_id=second)
    waiting = httpx.get(f"{url}/api/jobs/{second}", trust_env=False).json()
    assert (waiting["status"], waiting["outputs_count"]) == ("pending", 0)
    assert server.delete_pending(second)
    assert server.interrupt(first, seconds=30)
    stopped = httpx.get(f"{url}/api/jobs/{first}", trust_env=False).json()
    cancelled = httpx.post(f"{url}/api/jobs/{first}/cancel", trust_env=False)
    several = httpx.post(f"{url}/api/jobs/cancel", json={"job_ids": ["x"]}, trust_env=False)
    if dialect.cancelled:
        assert (cancelled.status_code, cancelled.json()) == (200, {"cancelled": False})
        assert (several.status_code, several.json()["invalid_ids"]) == (400, ["x"])
    else:
        assert (cancelled.status_code, several.status_code) == (405, 405)
    assert stopped["status"] == ("cancelled" if dialect.cancelled else "failed")
    assert "execution_error" not in stopped


def test_an_unknown_job(server: ComfyServer) -> None:
    assert server.state("never heard of/it").phase is Phase.UNKNOWN
