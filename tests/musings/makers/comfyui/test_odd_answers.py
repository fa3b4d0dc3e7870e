"""Whatever a server answers, it ends in a value or in an error of ours, within bounds and within our folder.

``MUSINGS_TEST_CASES`` is how many mangled answers each question gets.
"""

import io
import json
import os
import random
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from PIL import Image

from comfyui_workflows.bounds import seed_bounds
from comfyui_workflows.checking import check, partner_nodes, suited
from fake_comfyui.server import FakeComfy
from musings.errors import MusingsError, PassingFault, UserFault
from musings.makers.comfyui import run
from musings.makers.comfyui.answers import Rejected
from musings.makers.comfyui.classes import ClassTable, merged
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.explain import refusal
from musings.makers.comfyui.library import Library
from musings.makers.comfyui.progress import Tracker
from musings.makers.comfyui.protocol import Ignored, Preview, read_message
from musings.makers.comfyui.run import JobResult, run_graph
from musings.makers.comfyui.sent import Catcher
from musings.makers.comfyui.verdict import judge
from musings.media import decoder
from musings.media.decoder import Decoder
from musings.media.kinds import decodable
from tests.musings.makers.comfyui.graphs import painting, picture
from tests.musings.makers.comfyui.odd_answers import ODDITIES, answering, mangled, nested, written
from tests.musings.makers.comfyui.recorder import Recorder, quick

CASES = int(os.environ.get("MUSINGS_TEST_CASES", "60"))
OURS = "11111111-2222-3333-4444-555555555555"
GRAPH = painting()


@cache
def real() -> Mapping[str, Any]:
    """What a server answers when all is well, and to a workflow that it refuses."""
    with FakeComfy() as fake, httpx.Client(base_url=fake.url, trust_env=False) as http, ComfyServer(fake.url) as server:
        refused = http.post("/prompt", json={"prompt": {"1": {"class_type": "SaveImage", "inputs": {}}}}).json()
        taken = http.post("/prompt", json={"prompt": GRAPH, "prompt_id": OURS}).json()
        while server.history(OURS) is None:
            pass
        info = http.get("/object_info").json()
        used = {node["class_type"] for node in GRAPH.values()}
        return {
            "prompt": {"exec_info": {"queue_remaining": 1}},
            "taken": taken,
            "refused": refused,
            "history": http.get(f"/history/{OURS}").json(),
            "queue": {"queue_running": [[1, OURS, {}, {}, ["9"]]], "queue_pending": [[2, "other", {}, {}, ["9"]]]},
            "system_stats": http.get("/system_stats").json(),
            "job": {"status": "completed", "outputs": {"9": {"images": [{"filename": "a.png"}]}}},
            "object_info": {name: info[name] for name in used},
        }


def ask_history(server: ComfyServer) -> None:
    entry = server.history(OURS)
    if entry is not None:
        verdict = judge(entry, GRAPH, server.url)
        for file in verdict.files:
            assert len(file.shown) < 300
            assert file.shown.isprintable()
        "".join(each.text for each in verdict.texts).encode()
        if verdict.fault is not None:
            verdict.fault.explained.encode()


def ask_submit(server: ComfyServer) -> None:
    reply = server.submit(GRAPH, prompt_id=OURS, client_id="c")
    if isinstance(reply, Rejected):
        refusal(reply, GRAPH, None).explained.encode()


def ask_object_info(server: ComfyServer) -> None:
    info = server.object_info()
    check(GRAPH, info)
    partner_nodes(GRAPH, info)
    suited(GRAPH, info)
    merged([info, real()["object_info"]])
    merged([real()["object_info"], info])
    table = ClassTable([server])
    table.wait(30)
    with TemporaryDirectory() as folder:
        (Path(folder) / "fox.json").write_text(json.dumps(GRAPH))
        [found] = Library(Path(folder), {}, table).all()
        json.dumps([vars(each) for each in found.fields], allow_nan=False).encode()
        for field in found.form.fields:
            seed_bounds(GRAPH, info, found.form, field)


QUESTIONS: Mapping[str, tuple[tuple[str, ...], Callable[[ComfyServer], object]]] = {
    "history": (("history",), ask_history),
    "submit": (("taken", "refused"), ask_submit),
    "queue": (("queue",), lambda server: server.state(OURS)),
    "remaining": (("prompt",), lambda server: server.queue_remaining()),
    "version": (("system_stats",), lambda server: server.version().encode()),
    "job": (("job",), lambda server: server.job(OURS)),
    "object_info": (("object_info",), ask_object_info),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_mangled_answer_is_understood_or_refused(name: str) -> None:
    sources, ask = QUESTIONS[name]
    chance, body, refused = random.Random(7), [b""], 0
    status = {"taken": 200, "refused": 400}

    def answers(method: str, path: str, query: object, sent: bytes) -> tuple[int, bytes]:
        if name == "queue" and path.startswith("/history"):
            return 200, b"{}"
        return status.get(source, 200), body[0]

    with answering(lambda *asked: answers(*asked)) as url:
        for number in range(CASES):
            source = sources[number % len(sources)]
            body[0] = written(mangled(real()[source], chance))
            with ComfyServer(url) as server:
                try:
                    ask(server)
                except MusingsError as error:
                    str(error).encode()
                    refused += 1
    assert refused < CASES, "and some of it is understood"


MESSAGES: list[Any] = [
    {"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 1}}}},
    {"type": "progress", "data": {"value": 1, "max": 20, "prompt_id": OURS, "node": "3"}},
    {"type": "progress_state", "data": {"prompt_id": OURS, "nodes": {"9": {"value": 1, "max": 3, "state": "running"}}}},
    {"type": "executing", "data": {"node": "9", "prompt_id": OURS}},
    {"type": "executed", "data": {"node": "9", "prompt_id": OURS, "output": {"images": [{"filename": "a.png"}]}}},
    {"type": "execution_cached", "data": {"nodes": ["3"], "prompt_id": OURS}},
    {"type": "execution_error", "data": {"prompt_id": OURS, "node_id": "3", "traceback": ["a"], "exception_type": "E"}},
]


def test_a_mangled_message_is_an_event_or_ignored(tmp_path: Path) -> None:
    chance = random.Random(7)
    graph = {**GRAPH, "9": {"class_type": "SaveImageWebsocket", "inputs": {}}}
    for number in range(CASES * 10):
        event = read_message(json.dumps(mangled(MESSAGES[number % len(MESSAGES)], chance)))
        Tracker(graph).feed(event)
        Catcher(graph, tmp_path).feed(event, OURS)


def test_mangled_frames_are_events_or_ignored() -> None:
    chance = random.Random(7)
    about = json.dumps({"image_type": "image/png", "prompt_id": OURS, "node_id": "9"}).encode()
    frames = [
        (4).to_bytes(4, "big") + len(about).to_bytes(4, "big") + about + b"\x89PNG",
        (1).to_bytes(4, "big") + (2).to_bytes(4, "big") + b"\x89PNG",
        (3).to_bytes(4, "big") + (1).to_bytes(4, "big") + b"9text",
    ]
    for number in range(CASES * 10):
        frame = bytearray(frames[number % len(frames)])
        for _ in range(chance.randrange(1, 6)):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
        read_message(bytes(frame[: chance.randrange(len(frame) + 1)]))


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", 'image/png" onerror="x', "", None, ["image/png"]])
def test_a_preview_is_of_a_type_that_pages_show(kind: Any) -> None:
    about = json.dumps({"image_type": kind}).encode()
    frame = (4).to_bytes(4, "big") + len(about).to_bytes(4, "big") + about + b"x"
    assert isinstance(read_message(frame), Ignored)
    about = b'{"image_type": "image/webp"}'
    assert isinstance(read_message((4).to_bytes(4, "big") + len(about).to_bytes(4, "big") + about + b"x"), Preview)


def serving(made: Any, view: bytes = b"words", reply: Any = None) -> Callable[..., tuple[int, bytes]]:
    """A server that has made this."""

    def answers(method: str, path: str, query: dict[str, list[str]], sent: bytes) -> tuple[int, bytes]:
        if method == "POST" and path == "/prompt":
            return 200, written({"prompt_id": json.loads(sent)["prompt_id"] if reply is None else reply, "number": 1})
        if path.startswith("/history/"):
            status = {"status_str": "success", "completed": True, "messages": []}
            return 200, written({path.rpartition("/")[2]: {"status": status, "outputs": made}})
        if path == "/queue":
            return 200, written({"queue_running": [], "queue_pending": []})
        if path == "/view":
            return 200, view
        return 200, written({"exec_info": {"queue_remaining": 0}})

    return answers


def go(url: str, target: Path, verify: Callable[[Path], None] = lambda _: None, **limits: float) -> JobResult:
    target.mkdir(parents=True, exist_ok=True)
    short = quick(poll_seconds=0.02, socket_seconds=0.05, retry_seconds=0.001, lost_gap_seconds=0.02, **limits)
    with ComfyServer(url) as server:
        hooks = Recorder().hooks
        return run_graph(server, picture(), prompt_id=OURS, target=target, hooks=hooks, limits=short, verify=verify)


NAMES = [
    "../../../../etc/passwd",
    "..\\..\\x.png",
    "/etc/passwd",
    "C:\\x.png",
    "a\0b.png",
    "\ud800.png",
    "x" * 300 + ".png",
    "x" * 100_000,
    ".",
    "..",
    "con.png",
    "a\r\nset-cookie: x.png",
    "\x1b[31m.png",
    "é\u202e.png",
    "%2e%2e%2f.png",
    " ",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_file_of_any_name_is_under_ours_or_refused(tmp_path: Path, name: str) -> None:
    made = {"9": {"images": [{"filename": name, "subfolder": name, "type": "output"}]}}
    with answering(serving(made)) as url:
        refused, result = "", None
        try:
            result = go(url, tmp_path / "made")
        except UserFault as error:
            refused = str(error)
    if result is None:
        assert "cannot be fetched" in refused
        assert refused.isprintable()
        assert len(refused) < 400
    else:
        assert [(file.path.parent, file.path.stem) for file in result.files] == [(tmp_path / "made", "0001")]
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


@pytest.mark.parametrize("name", ["a\0b.png", "x" * 100_000])
def test_a_name_that_no_file_has_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with (
        answering(serving({"9": {"images": [{"filename": name}]}})) as url,
        pytest.raises(UserFault, match=r"names a file that cannot be fetched: output/.{1,210}[.…]$") as caught,
    ):
        go(url, tmp_path)
    assert "prefix" in (caught.value.hint or "")


@pytest.mark.parametrize("odd", range(len(ODDITIES)))
def test_an_odd_output_is_made_or_refused(tmp_path: Path, odd: int) -> None:
    made = {"²": {"images": [{"filename": "a.png", "subfolder": ODDITIES[odd], "type": "output"}]}, "9": ODDITIES[odd]}
    with answering(serving(made)) as url:
        try:
            result = go(url, tmp_path / "made")
        except MusingsError as error:
            str(error).encode()
        else:
            assert [file.path.name for file in result.files] == ["0001.png"]


def test_outputs_that_are_nested_are_found_to_a_depth(tmp_path: Path) -> None:
    for deep, fine in ((150, True), (400, False)):
        made = {"9": {"images": nested({"filename": "a.png"}, deep)}}
        with answering(serving(made)) as url:
            if fine:
                assert len(go(url, tmp_path).files) == 1
            else:
                with pytest.raises(PassingFault, match="not ComfyUI's"):
                    go(url, tmp_path, unreachable_seconds=0.1)


@pytest.mark.parametrize("reply", ["another", 17, ["x"], {"a": 1}, "x" * 100_000, "\ud800", "a\0"])
def test_a_job_under_an_id_that_is_not_ours_is_refused(tmp_path: Path, reply: Any) -> None:
    with answering(serving({}, reply=reply)) as url, pytest.raises(UserFault, match="an id of its own") as caught:
        go(url, tmp_path)
    assert len(str(caught.value)) < 400
    str(caught.value).encode()


def test_files_without_number_are_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"9": {"images": [{"filename": f"{number}.png"} for number in range(20)]}}
    with answering(serving(made, view=b"x" * 1000)) as url:
        assert len(go(url, tmp_path).files) == 20
        with pytest.raises(UserFault, match=r"0005\.png|/4\.png has more than"):
            go(url, tmp_path, most_job_bytes=4_500)
        monkeypatch.setattr(run, "MOST_FILES", 19)
        with pytest.raises(UserFault, match="made 20 files; 19 are the most"):
            go(url, tmp_path)


@pytest.mark.parametrize("said", ["²", "9" * 400, "-1", "soon", "1e999", "7"])
def test_a_wait_that_is_none_is_not_waited_for(said: str) -> None:
    with ComfyServer("http://127.0.0.1:9") as server:
        response = httpx.Response(503, headers=[(b"retry-after", said.encode("latin-1"))])
        with pytest.raises(PassingFault) as caught:
            server._admit(response)
        assert caught.value.retry_after == (7.0 if said == "7" else None)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="macOS bounds no memory")
def test_a_file_beyond_the_memory_is_fetched_once_and_is_at_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transfer is not to blame, so that nothing is gained by another."""
    large = io.BytesIO()
    Image.new("RGBA", (7_000, 7_500)).save(large, "PNG", compress_level=1)
    small, views = Decoder(memory_bytes=200_000_000), []
    monkeypatch.setattr(decoder, "_SHARED", small)
    answers = serving({"9": {"images": [{"filename": "a.png"}]}}, view=large.getvalue())

    def counted(method: str, path: str, query: dict[str, list[str]], sent: bytes) -> tuple[int, bytes]:
        views.extend([path] if path == "/view" else [])
        return answers(method, path, query, sent)

    with answering(counted) as url, pytest.raises(UserFault, match="could not be decoded within 200 MB of memory"):
        go(url, tmp_path, verify=decodable)
    small.close()
    assert views == ["/view"]
    assert list(tmp_path.iterdir()) == []
