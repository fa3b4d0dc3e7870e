"""Servers that send for ever: what they answer is bounded in bytes, in time and in depth, over real HTTP."""

import gzip
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import UnreachableError, UserFault
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.fetching import fetch
from musings.makers.comfyui.outputs import OutputFile
from tests.musings.makers.comfyui.servers import answering_packed

MOST = 2_000_000
OURS = "11111111-2222-3333-4444-555555555555"


def test_an_answer_without_an_end_is_given_up(fake: FakeComfy) -> None:
    fake.faults.on("endless-json")
    with ComfyServer(fake.url, most_answer_bytes=MOST) as server:
        for ask in (server.object_info, server.system_stats, server.queue, lambda: server.history(OURS)):
            with pytest.raises(UnreachableError, match="answers more than 2 MB"):
                ask()
        fake.faults.off()
        assert "SaveImage" in server.object_info(), "and the next one counts again"


def test_an_answer_that_drips_is_given_up(fake: FakeComfy) -> None:
    fake.faults.on("dripping-json")
    with (
        ComfyServer(fake.url, most_answer_seconds=0.2) as server,
        pytest.raises(UnreachableError, match=r"answers for longer than 0\.2 s"),
    ):
        server.object_info()


def test_an_answer_that_is_nested_too_deep_is_none_of_comfyuis(fake: FakeComfy) -> None:
    fake.faults.on("deep-json")
    with ComfyServer(fake.url) as server:
        for ask in (server.object_info, server.system_stats, server.queue, lambda: server.history(OURS)):
            with pytest.raises(UnreachableError, match="not ComfyUI's"):
                ask()


def test_what_is_packed_counts_by_what_it_holds() -> None:
    """A megabyte of zeros is a kilobyte on the way."""
    with (
        answering_packed(gzip.compress(b" " * 50_000_000)) as url,
        ComfyServer(url, most_answer_bytes=MOST) as server,
        pytest.raises(UnreachableError, match="more than 2 MB"),
    ):
        server.object_info()
    with answering_packed(gzip.compress(b'{"SaveImage": {}}')) as url, ComfyServer(url) as server:
        assert server.object_info() == {"SaveImage": {}}


@pytest.mark.parametrize("fault", ["endless-view", None])
def test_a_file_beyond_its_bound_is_not_fetched(fake: FakeComfy, tmp_path: Path, fault: str | None) -> None:
    """Whether the server says so or not; nothing of it is left, and it is not asked for again."""
    if fault:
        fake.faults.on(fault)
    output = fake.root / "output"
    output.mkdir(parents=True, exist_ok=True)
    (output / "large.png").write_bytes(b"x" * 300_000)
    with ComfyServer(fake.url) as server, pytest.raises(UserFault, match=r"large\.png has more than 0\.0001 GB"):
        fetch(server, OutputFile("9", "images", "large.png"), tmp_path / "0001.png", most_bytes=100_000)
    assert list(tmp_path.iterdir()) == []
    assert sum(fake.counts.views.values()) == 1
