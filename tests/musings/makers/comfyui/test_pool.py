"""Several servers: the breaker as a value, the choice over real HTTP."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import Cancelled, PassingFault, ServerAway, UserFault
from musings.hours import Hours
from musings.makers.comfyui.breaker import Breaker, Circuit
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.pool import ServerPool
from tests.fakes.comfy import ComfyProcess
from tests.musings.makers.comfyui.doubles import Clock
from tests.musings.makers.comfyui.graphs import node, painting, picture
from tests.waiting import until


@pytest.fixture
def other() -> Iterator[FakeComfy]:
    with FakeComfy(models=("other.safetensors",)) as other:
        yield other


def pool_of(*fakes: FakeComfy, limit: int = 1, clock: Clock | None = None) -> ServerPool:
    breaker = Breaker(threshold=1, rest_seconds=10)
    return ServerPool([ComfyServer(fake.url) for fake in fakes], limit=limit, breaker=breaker, now=clock or Clock())


def test_the_least_loaded_server_is_chosen(fake: FakeComfy, other: FakeComfy) -> None:
    fake.faults.on("wedged-worker")
    pool = pool_of(fake, other)
    with ComfyServer(fake.url) as server:
        server.submit(picture(), prompt_id="x", client_id="c")
    with pool.lease(picture()) as chosen:
        assert chosen.url == other.url
    pool.close()


def test_only_servers_that_have_the_model_are_asked(fake: FakeComfy, other: FakeComfy) -> None:
    pool = pool_of(other, fake)
    with pool.lease(painting()) as chosen:
        assert chosen.url == fake.url
    pool.close()


def test_a_workflow_that_no_server_can_run(fake: FakeComfy, other: FakeComfy) -> None:
    pool = pool_of(fake, other)
    with (
        pytest.raises(UserFault, match=r"cannot run this workflow.*EmptyImage"),
        pool.lease({"1": node("EmptyImages")}),
    ):
        pass
    pool.close()


def test_the_limit_holds(fake: FakeComfy) -> None:
    pool = pool_of(fake, limit=2)
    with (
        pool.lease(picture()),
        pool.lease(picture()),
        pytest.raises(PassingFault, match=r"is busy"),
        pool.lease(picture()),
    ):
        pass
    with pool.lease(picture()) as free:
        assert free.url == fake.url
    pool.close()


def test_a_failing_server_is_given_a_rest(fake: FakeComfy, other: FakeComfy) -> None:
    clock = Clock()
    pool = pool_of(fake, other, clock=clock)
    with pytest.raises(PassingFault), pool.lease(picture()):
        raise PassingFault("no sign of life")
    with pool.lease(picture()) as chosen:
        assert chosen.url == other.url
    health = {each.url: each for each in pool.health()}
    assert health[fake.url].circuit is Circuit.OPEN
    assert health[fake.url].last_error == "no sign of life"
    clock.time = 10.0
    with pool.lease(picture()) as chosen:
        assert chosen.url == fake.url
    assert {each.circuit for each in pool.health()} == {Circuit.CLOSED}
    pool.close()


def test_the_users_fault_is_not_the_servers(fake: FakeComfy) -> None:
    pool = pool_of(fake)
    with pytest.raises(UserFault), pool.lease(picture()):
        raise UserFault("bad words")
    assert pool.health()[0].circuit is Circuit.CLOSED
    pool.close()


def test_a_server_that_is_away_is_passed_over_and_shown(other: FakeComfy) -> None:
    with FakeComfy() as gone:
        pass
    pool = pool_of(gone, other)
    with pool.lease(picture()) as chosen:
        assert chosen.url == other.url
    away, there = pool.health()
    assert (away.reachable, away.version, away.queue_remaining) == (False, None, None)
    assert "does not answer" in str(away.last_error)
    assert (there.reachable, there.version, there.queue_remaining) == (True, "0.8.0+fake", 0)
    pool.close()


def test_all_away_is_passing() -> None:
    with FakeComfy() as gone:
        pass
    pool = pool_of(gone)
    with pytest.raises(PassingFault, match=r"No ComfyUI is free.*does not answer"), pool.lease(picture()):
        pass
    pool.close()


def test_joining_goes_to_one_server_whatever_its_state(fake: FakeComfy, other: FakeComfy) -> None:
    pool = pool_of(fake, other)
    with pool.lease(picture()), pool.lease_of(fake.url + "/") as same:
        assert same.url == fake.url
    with pytest.raises(UserFault, match=r"no ComfyUI at"), pool.lease_of("http://elsewhere"):
        pass
    assert len(pool) == 2
    pool.close()


def test_who_is_patient_gets_the_place_that_becomes_free(fake: FakeComfy) -> None:
    pool = pool_of(fake)
    looked, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with pool.lease(picture()):
            looked.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert looked.wait(10)
    with pool.lease(picture(), seconds=60, check=leave.set) as chosen:  # waits, so check is called, so it is freed
        assert chosen.url == fake.url
    holder.join()
    pool.close()


def test_patience_has_an_end_and_can_be_broken_off(fake: FakeComfy) -> None:
    clock = Clock()
    pool = pool_of(fake, clock=clock)

    def age() -> None:
        clock.time += 40

    def refuse() -> None:
        raise Cancelled("stop")

    with pool.lease(picture()):
        with pytest.raises(PassingFault, match="is busy"), pool.lease(picture(), seconds=60, check=age):
            pytest.fail("there was no place")
        assert clock.time == 80
        with pytest.raises(Cancelled), pool.lease(picture(), seconds=60, check=refuse):
            pytest.fail("there was no place")
    pool.close()


def test_nobody_waits_for_a_server_that_is_away() -> None:
    with FakeComfy() as gone:
        pool = pool_of(gone)
    with pytest.raises(PassingFault, match="does not answer"), pool.lease(picture(), seconds=60, check=pytest.fail):
        pytest.fail("there was no server")
    pool.close()


def test_a_job_left_alone_closes_its_server_at_once_and_an_answer_opens_it(fake: FakeComfy, other: FakeComfy) -> None:
    clock = Clock()
    pool = ServerPool([ComfyServer(fake.url), ComfyServer(other.url)], now=clock)
    with pytest.raises(ServerAway), pool.lease(picture(), avoid=[other.url]):
        raise ServerAway("gone", lasting=True)
    assert pool.stays_away(fake.url, 60)
    assert pool.others_answer(fake.url)
    assert not pool.others_answer(other.url)
    with pool.lease(picture()) as chosen:
        assert chosen.url == other.url
    assert pool.answers(fake.url)
    assert not pool.stays_away(fake.url, 0)
    assert {each.circuit for each in pool.health()} == {Circuit.CLOSED}
    pool.close()


def test_one_that_does_not_answer_is_given_its_time(fake: FakeComfy) -> None:
    clock = Clock()
    fake.faults.on("http-503")
    pool = pool_of(fake, clock=clock)
    assert not pool.answers(fake.url)
    assert not pool.stays_away(fake.url, 60)
    clock.time = 60
    assert not pool.answers(fake.url)
    assert pool.stays_away(fake.url, 60)
    pool.close()


def test_one_where_nobody_listens_is_given_less(fake: FakeComfy) -> None:
    with FakeComfy() as ended:
        clock = Clock()
        pool = pool_of(fake, ended, clock=clock)
    fake.faults.on("http-503")
    assert [pool.answers(each) for each in (fake.url, ended.url)] == [False, False]
    clock.time = 15
    away = [pool.stays_away(each, 60, refused_seconds=15) for each in (fake.url, ended.url)]
    assert away == [False, True]
    assert not pool.stays_away(ended.url, 60)
    pool.close()


@pytest.mark.parametrize("place", [0, 1])
def test_one_that_hangs_holds_up_nobody(tmp_path: Path, fake: FakeComfy, place: int) -> None:
    """Also where nobody knows of it yet."""
    with ComfyProcess(tmp_path / "hanging") as hanging:
        hanging.freeze()
        urls = [fake.url, fake.url]
        urls[place] = hanging.url
        pool = ServerPool([ComfyServer(url, read_seconds=3600, look_seconds=3600) for url in urls])
        with pool.lease(picture()) as chosen:
            assert chosen.url == fake.url
        table = ClassTable(pool.servers)
        assert "EmptyImage" in (table.wait(60) or {})
    _all_asked()
    pool.close()


def test_whoever_waits_for_one_that_hangs_can_be_stopped(tmp_path: Path) -> None:
    def stopped() -> None:
        raise Cancelled("enough")

    with ComfyProcess(tmp_path / "hanging") as hanging:
        hanging.freeze()
        pool = ServerPool([ComfyServer(hanging.url, read_seconds=3600, look_seconds=3600)])
        with pytest.raises(Cancelled), pool.lease(picture(), check=stopped):
            pytest.fail("there was no server")
    _all_asked()
    pool.close()


def _all_asked() -> None:
    """The server that hung is gone, and the questions to it have ended with it."""
    until(lambda: not [each for each in threading.enumerate() if each.name in ("comfy-question", "object-info")])


def test_one_that_refuses_us_keeps_no_other_from_working(fake: FakeComfy, other: FakeComfy) -> None:
    other.faults.on("auth-required")
    pool = pool_of(other, fake)
    with pool.lease(picture()) as chosen:
        assert chosen.url == fake.url
    pool.close()
    alone = pool_of(other)
    with pytest.raises(UserFault, match="refuses us"), alone.lease(picture()):
        pytest.fail("there was no server")
    alone.close()


def test_the_servers_that_are_away_are_told_once_and_in_words(other: FakeComfy) -> None:
    with FakeComfy() as ended:
        pool = pool_of(ended, other)
    other.faults.on("http-503")
    told = threading.Event()
    pool.watch(told.set, 60)
    until(lambda: pool.places() == 1 and told.is_set())
    words = (
        f"No ComfyUI is free: The ComfyUI at {ended.url} does not answer: Connection refused; "
        f"The ComfyUI at {other.url} is not available (HTTP 503)."
    )
    until(lambda: _refusal(pool) == words)
    pool.close()


def _refusal(pool: ServerPool) -> str:
    with pytest.raises(PassingFault) as refused, pool.lease(picture()):
        pytest.fail("there was no server")
    return str(refused.value)


def test_places_follow_the_servers_and_changes_are_told(fake: FakeComfy, other: FakeComfy) -> None:
    told = threading.Event()
    pool = pool_of(fake, other, limit=2)
    assert pool.places() == 4
    fake.faults.on("http-503")
    pool.watch(told.set, 0.02)
    assert told.wait(10)
    assert pool.places() == 2
    with pool.lease(picture()) as chosen:
        assert chosen.url == other.url
    told.clear()
    fake.faults.off()
    assert told.wait(10)
    assert pool.places() == 4
    pool.close()


def test_one_that_was_started_again_is_given_no_rest_for_its_absence(tmp_path: Path) -> None:
    fake = FakeComfy(root=tmp_path)
    fake.start()
    told = threading.Event()
    pool = ServerPool([ComfyServer(fake.url)], breaker=Breaker(threshold=3, rest_seconds=600))
    pool.watch(told.set, 600)
    with pool.lease(picture()):
        fake.stop()
    for _ in range(4):
        _refusal(pool)
    fake.start()
    until(lambda: pool.answers(fake.url))
    with pool.lease(picture()) as chosen:
        assert chosen.url == fake.url
    assert told.is_set()
    pool.close()
    fake.stop()


def test_what_was_left_behind_is_taken_away_when_the_server_is_back(fake: FakeComfy) -> None:
    fake.pace.node = 0.2
    fake.faults.on("wedged-worker")
    pool = pool_of(fake)
    with ComfyServer(fake.url) as server:
        server.submit(picture(), prompt_id="old", client_id="x")
        pool.leave(fake.url, ["old"])
        pool.watch(lambda: None, 0.02)
        until(lambda: not server.queue().remaining)
    assert fake.counts.executions == {}
    pool.close()


def test_a_server_outside_its_hours_is_passed_over_and_used_when_they_begin(fake: FakeComfy, other: FakeComfy) -> None:
    wall = [datetime(2026, 11, 30, 22, 59, 50, tzinfo=UTC)]
    turned = threading.Event()
    pool = ServerPool(
        [ComfyServer(fake.url), ComfyServer(other.url)],
        hours={fake.url: Hours(("23:00-07:00",), ZoneInfo("UTC"))},
        clock=lambda: wall[0],
    )
    assert pool.places() == 1
    assert not pool.others_answer(other.url)
    with pytest.raises(PassingFault, match=r"is given work 23:00-07:00 only"), pool.lease(painting()):
        pass
    pool.watch(turned.set, look_seconds=0.05)
    wall[0] += timedelta(seconds=10)
    # Prompts that wait for it are told.
    assert turned.wait(10)
    assert pool.places() == 2
    with pool.lease(painting()) as chosen:
        assert chosen.url == fake.url
        # What runs when they end goes on, and is joined again.
        wall[0] += timedelta(hours=9)
        with pool.lease_of(fake.url) as same:
            assert same is chosen
    pool.close()
