"""Servers that sleep: magic packets over real UDP, commands that really run, servers that really come and go."""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.config.media import WakeSettings
from musings.errors import CommandError, PassingFault
from musings.hours import Hours
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.pool import ServerPool
from musings.makers.comfyui.waking import AGAIN_SECONDS, Waker
from tests.musings.makers.comfyui.doubles import Clock
from tests.musings.makers.comfyui.graphs import picture
from tests.ports import free_port
from tests.waiting import until

MAC = "d8:bb:c1:01:23:45"
PACKET = b"\xff" * 6 + bytes.fromhex("d8bbc1012345") * 16
URL = "http://box:8188"


@pytest.fixture
def adapter() -> Iterator[socket.socket]:
    """What hears a magic packet."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(30)
        yield heard


def told(adapter: socket.socket, **more: object) -> WakeSettings:
    return WakeSettings.model_validate({"mac": MAC, "broadcast": "127.0.0.1", "port": adapter.getsockname()[1], **more})


def writing(path: Path, words: str = "woken\n") -> list[str]:
    """A command that adds some words to a file."""
    return [sys.executable, "-c", "import sys; open(sys.argv[1], 'a').write(sys.argv[2])", str(path), words]


class TestAWaker:
    def test_sends_a_magic_packet_and_again_when_that_was_not_heard(self, adapter: socket.socket) -> None:
        clock = Clock()
        waker = Waker(URL, told(adapter, within_seconds=60), clock)
        assert waker.wake() == f"{URL} is being woken"
        assert adapter.recv(1000) == PACKET
        waker.wake()
        clock.time = AGAIN_SECONDS
        until(lambda: not (waker._thread and waker._thread.is_alive()))
        waker.wake()
        assert adapter.recv(1000) == PACKET
        adapter.setblocking(False)
        with pytest.raises(BlockingIOError):
            adapter.recv(1000)

    def test_says_when_its_time_is_over(self, adapter: socket.socket) -> None:
        clock = Clock()
        waker = Waker(URL, told(adapter, within_seconds=60), clock)
        assert (waker.wake(), waker.is_overdue) == (f"{URL} is being woken", False)
        clock.time = 150
        said = f"{URL} was asked to wake 2 min ago and does not answer"
        assert (waker.wake(), waker.is_overdue) == (said, True)
        waker.answered()
        assert (waker.is_overdue, waker.woke_it) == (False, True)
        waker.slept()
        assert not waker.woke_it

    def test_runs_a_command_once_within_its_time(self, tmp_path: Path) -> None:
        """It may be the button of a machine: pressed twice it would go off again."""
        clock, path = Clock(), tmp_path / "pressed.txt"
        waker = Waker(URL, WakeSettings(command=tuple(writing(path)), within_seconds=100), clock)
        for clock.time in (0, 30, 60, 130):
            waker.wake()
            until(lambda: not (waker._thread and waker._thread.is_alive()))
        assert path.read_text() == "woken\n" * 2

    def test_gives_a_command_none_of_our_secrets(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MUSINGS_SECRET_TOKEN", "hush")
        monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
        path = tmp_path / "environment.json"
        script = "import json, os, sys; open(sys.argv[1], 'w').write(json.dumps(dict(os.environ)))"
        waker = Waker(URL, WakeSettings(command=(sys.executable, "-c", script, str(path))))
        waker.wake()
        until(lambda: not (waker._thread and waker._thread.is_alive()))
        given = json.loads(path.read_text())
        assert given["SSH_AUTH_SOCK"] == "/run/agent"
        assert "hush" not in given.values()

    def test_says_what_is_wrong_with_its_command(self) -> None:
        waker = Waker(URL, WakeSettings(command=("no-such-program-here",)))
        waker.wake()
        until(lambda: "no-such-program-here" in waker.wake())
        assert waker.wake().startswith(f"{URL} is being woken: ")

    def test_says_what_is_wrong_with_the_network(self) -> None:
        waker = Waker(URL, WakeSettings(mac=MAC, broadcast="nowhere.invalid"))
        waker.wake()
        until(lambda: "the magic packet could not be sent" in waker.wake())

    def test_says_that_it_could_not_be_put_to_sleep(self) -> None:
        waker = Waker(URL, WakeSettings(mac=MAC, sleep_command=(sys.executable, "-c", "raise SystemExit(3)")))
        with pytest.raises(CommandError):
            waker.sleep()
        assert waker.idle_seconds == 900


class TestAPool:
    def test_has_a_server_woken_that_a_prompt_needs(self, adapter: socket.socket, tmp_path: Path) -> None:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        slept = tmp_path / "slept.txt"
        waker = Waker(url, told(adapter, sleep_command=writing(slept)))
        pool = ServerPool([ComfyServer(url)], wakers={url: waker})
        with closing(pool):
            pool.watch(lambda: None, 0.05)
            [health] = pool.health()
            assert (health.reachable, health.asleep, waker.woke_it) == (False, True, False)
            with pytest.raises(PassingFault, match="is being woken") as waits, pool.lease(picture()):
                pass
            assert waits.value.hint == "The prompt goes on when it answers."
            assert adapter.recv(1000) == PACKET
            with FakeComfy(port=port) as fake:
                until(lambda: waker.woke_it)
                with pool.lease(picture()) as server:
                    assert server.url == url
                    assert not pool.let_sleep(url), "it has a job of ours"
                fake.faults.on("wedged-worker")
                with ComfyServer(url) as other:
                    other.submit(picture(), prompt_id="x", client_id="c")
                    assert not pool.let_sleep(url), "it has a job of somebody else"
                    fake.faults.off()
                    fake.restart()
                assert not slept.exists()
                assert pool.let_sleep(url)
            assert slept.read_text() == "woken\n"
            assert not waker.woke_it

    def test_lets_the_others_sleep_while_one_may_still_come(self, adapter: socket.socket) -> None:
        clock = Clock()
        urls = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
        wakers = {url: Waker(url, told(adapter, within_seconds=60), clock) for url in urls}
        pool = ServerPool([ComfyServer(url) for url in urls], wakers=wakers)
        with closing(pool):
            for clock.time, woken in ((0, 1), (61, 2)):
                with pytest.raises(PassingFault) as waits, pool.lease(picture()):
                    pass
                said = str(waits.value)
                assert [url in said for url in urls] == [True, woken == 2], said
            # It did not come in its time: that is for somebody to look at, and the second is on its way.
            assert [each.asleep for each in pool.health()] == [False, True]

    def test_wakes_nobody_while_another_is_free(self, adapter: socket.socket, fake: FakeComfy) -> None:
        url = f"http://127.0.0.1:{free_port()}"
        waker = Waker(url, told(adapter))
        with (
            closing(ServerPool([ComfyServer(url), ComfyServer(fake.url)], wakers={url: waker})) as pool,
            pool.lease(picture()) as server,
        ):
            assert server.url == fake.url
            with pytest.raises(PassingFault, match="is being woken"), pool.lease(picture()):
                pass  # now the other one is busy

    def test_counts_one_that_sleeps_until_it_does_not_come(self, adapter: socket.socket, fake: FakeComfy) -> None:
        clock, url = Clock(), f"http://127.0.0.1:{free_port()}"
        waker = Waker(url, told(adapter, within_seconds=60), clock)
        with closing(ServerPool([ComfyServer(url), ComfyServer(fake.url)], wakers={url: waker})) as pool:
            pool.watch(lambda: None, 0.05)
            assert pool.places() == 2
            waker.wake()
            clock.time = 61
            until(lambda: pool.places() == 1)

    def test_wakes_nobody_outside_its_hours(self, adapter: socket.socket) -> None:
        url = f"http://127.0.0.1:{free_port()}"
        waker = Waker(url, told(adapter))
        noon = datetime(2026, 11, 29, 12, tzinfo=UTC)
        hours = {url: Hours(("23:00-07:00",))}
        pool = ServerPool([ComfyServer(url)], wakers={url: waker}, hours=hours, clock=lambda: noon)
        with closing(pool):
            with pytest.raises(PassingFault, match=r"23:00-07:00"), pool.lease(picture()):
                pass
            assert pool.wake(url) is None
