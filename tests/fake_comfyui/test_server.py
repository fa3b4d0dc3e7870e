"""The fake's own behaviour: switches, sockets, previews, restarts."""

import asyncio
import json
import socket
import struct
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest
import uvicorn
from PIL import Image

from fake_comfyui.artist import PlainArtist
from fake_comfyui.faults import Switches
from fake_comfyui.folders import Folders
from fake_comfyui.running import Pace
from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.protocol import FEATURE_FLAGS, Preview, read_frame
from tests.contract import watch
from tests.musings.makers.comfyui.graphs import node, painting, picture


def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline, "it never happened"


def test_switches_count_down() -> None:
    switches = Switches(["oom-once", "nan", "slow-view=2"])
    assert [switches.take("oom-once") for _ in range(2)] == [True, False]
    assert [switches.take("slow-view") for _ in range(3)] == [True, True, False]
    assert all(switches.take("nan") for _ in range(5))
    assert not switches.take("http-503")
    switches.on("http-503", 1)
    assert switches.active("http-503")
    switches.off("nan")
    assert not switches.active("nan")
    switches.off()
    assert not switches.active("http-503")


@pytest.mark.parametrize(("word", "words"), [("oops", "no fault 'oops'"), ("nan=x", "'x' is not a number")])
def test_wrong_switches_are_named(word: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Switches([word])


def test_counters(fake: FakeComfy) -> None:
    watch.run(fake.url, picture())
    httpx.get(f"{fake.url}/view?filename=t_00001_.png", trust_env=False)
    assert list(fake.counts.posts.values()) == list(fake.counts.executions.values()) == [1]
    assert fake.counts.views == {"t_00001_.png": 1}
    fake.reset()
    assert (sum(fake.counts.posts.values()), list(fake.folders.of("output").iterdir())) == (0, [])


def test_a_restart_forgets_jobs_and_keeps_files(fake: FakeComfy) -> None:
    before = fake.url
    watched = watch.run(fake.url, picture())
    fake.restart()
    assert fake.url == before
    assert httpx.get(f"{fake.url}/history/{watched.prompt_id}", trust_env=False).json() == {}
    assert watch.post(fake.url, picture(), client_id="c").json()["number"] == 0
    assert (fake.folders.of("output") / "t_00001_.png").exists()
    assert fake.counts.restarts == 1


def test_one_that_was_stopped_does_not_come_back() -> None:
    """A job that brings it down may do so at the same moment."""
    with FakeComfy() as fake:
        pass
    fake.restart()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{fake.url}/queue", trust_env=False)


@pytest.mark.parametrize("turns", range(6))
def test_who_comes_in_while_it_ends_is_let_go(monkeypatch: pytest.MonkeyPatch, turns: int) -> None:
    """At any point between the kernel's queue and the list of connections."""
    main_loop = uvicorn.Server.main_loop
    came: list[socket.socket] = []

    async def came_late(server: uvicorn.Server) -> None:
        await main_loop(server)
        came.append(socket.create_connection(("127.0.0.1", int(fake.url.rpartition(":")[2]))))
        for _ in range(turns):
            await asyncio.sleep(0)

    monkeypatch.setattr(uvicorn.Server, "main_loop", came_late)
    with FakeComfy() as fake:
        pass
    [late] = came
    with late:
        late.settimeout(10)
        assert _ends(late), "it was accepted, and nobody closed it"


def _ends(connection: socket.socket) -> bool:
    """Whether the other side closes it within its timeout: in order, or by a reset when nobody had accepted it."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def test_previews_come_in_the_form_that_was_asked_for(fake: FakeComfy) -> None:
    extra = {"preview_method": "latent2rgb"}
    plain = watch.run(fake.url, painting(seed=1), extra_data=extra)
    assert [struct.unpack(">II", frame[:8]) for frame in plain.frames] == [(1, 1)] * 3
    known = watch.run(fake.url, painting(seed=2), extra_data=extra, say=FEATURE_FLAGS)
    events = [read_frame(frame) for frame in known.frames]
    assert [event.prompt_id for event in events if isinstance(event, Preview)] == [known.prompt_id] * 3
    late = watch.run(fake.url, painting(seed=3), say=json.dumps({"type": "hello", "data": {}}))
    assert late.frames == []


def test_the_same_words_and_seed_give_the_same_work() -> None:
    artist = PlainArtist()
    first, second, other = (artist.picture("fox", seed, 40, 30) for seed in (1, 1, 2))
    assert first.tobytes() == second.tobytes() != other.tobytes()
    assert first.size == (40, 30)
    sound = artist.sound("fox", 1, 0.5, 8000)
    assert sound.shape == (2, 4000)
    assert np.abs(sound).max() <= 1
    assert np.array_equal(sound, artist.sound("fox", 1, 0.5, 8000))
    assert not np.array_equal(sound, artist.sound("hare", 1, 0.5, 8000))


def test_a_picture_is_drawn_from_the_posted_words(fake: FakeComfy) -> None:
    for text in ("a red fox", "a hare"):
        watch.run(fake.url, painting(text=text))
    files = sorted(fake.folders.of("output").iterdir())
    with Image.open(files[0]) as first, Image.open(files[1]) as second:
        assert first.size == (64, 48)
        assert first.tobytes() != second.tobytes()
        assert "a red fox" in first.info["prompt"]


def test_the_newest_socket_of_an_id_goes_deaf_when_the_older_closes(fake: FakeComfy) -> None:
    client_id = uuid.uuid4().hex
    with watch.socket(fake.url, client_id) as older:
        older.recv(timeout=60)
        with watch.socket(fake.url, client_id) as newer:
            newer.recv(timeout=60)
            older.close()
            prompt_id = watch.post(fake.url, picture(), client_id=client_id).json()["prompt_id"]
            until(lambda: httpx.get(f"{fake.url}/history/{prompt_id}", trust_env=False).json())
            with pytest.raises(TimeoutError):
                newer.recv(timeout=0.2)


def test_one_number_and_one_id_twice_kill_the_worker(fake: FakeComfy) -> None:
    fake.pace.node = 0.3
    watch.post(fake.url, picture(), client_id="c", prompt_id="first")
    until(lambda: fake.counts.executions["first"])
    for color in (1, 2):
        watch.post(fake.url, picture(color=color), client_id="c", prompt_id="twin", number=5)
    with ComfyServer(fake.url) as server:
        until(lambda: server.history("first"))
        assert server.queue().pending == ("twin", "twin")
    assert fake.counts.executions == {"first": 1}


@pytest.mark.parametrize("fault", ["deaf-socket", "silent-socket"])
def test_sockets_that_say_little(fake: FakeComfy, fault: str) -> None:
    fake.faults.on(fault)
    with watch.socket(fake.url, "c") as opened:
        if fault == "deaf-socket":
            assert '"status"' in str(opened.recv(timeout=60))
        watch.post(fake.url, picture(), client_id="c")
        with pytest.raises(TimeoutError):
            opened.recv(timeout=0.2)


def test_names_count_on_and_reuse_deleted_numbers(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    (folders.of("output") / "a_00007_.webp").touch()
    (folders.of("output") / "ab_00009_.png").touch()
    assert folders.place("output", "a").number == 8
    (folders.of("output") / "a_00007_.webp").unlink()
    assert folders.place("output", "a").number == 1
    with pytest.raises(RuntimeError, match="outside"):
        folders.place("output", "../a")


def test_a_load_node_reads_three_folders(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    for kind in ("input", "output", "temp"):
        (folders.of(kind) / "x.png").write_text(kind)
        value = "x.png" if kind == "input" else f"x.png [{kind}]"
        found = folders.input(value)
        assert found is not None
        assert found.read_text() == kind
    assert folders.input("y.png") is None


def test_cached_without_a_client_id_shows_nothing(fake: FakeComfy) -> None:
    with ComfyServer(fake.url) as server:
        watch.post(fake.url, picture(), prompt_id="one")
        until(lambda: server.history("one"))
        watch.post(fake.url, picture(), prompt_id="two")
        until(lambda: server.history("two"))
        first, second = server.history("one"), server.history("two")
    assert first is not None
    assert second is not None
    assert (bool(first.outputs), second.outputs, second.success) == (True, {}, True)


def test_a_node_between_two_others_is_run_before_them(fake: FakeComfy) -> None:
    graph = {"9": node("ImageInvert", image=["1", 0]), **picture(color=0)}
    graph["2"]["inputs"]["images"] = ["9", 0]
    watched = watch.run(fake.url, graph)
    ran = [data["node"] for kind, data in watched.told if kind == "executing"]
    assert ran == ["1", "9", "2", None]
    with Image.open(next(fake.folders.of("output").iterdir())) as saved:
        assert saved.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_the_pace_of_work(fake: FakeComfy) -> None:
    fake.pace.step = 0.05
    started = time.monotonic()
    watch.run(fake.url, painting(steps=4))
    assert time.monotonic() - started > 0.2
    fake.reset()
    assert fake.pace == Pace()
