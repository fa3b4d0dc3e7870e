"""Files of a server: whole and under their names, or not there at all."""

from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import Cancelled, NotFoundError, PassingFault, UserFault
from musings.files.digests import sha256_of
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.fetching import fetch
from musings.makers.comfyui.outputs import OutputFile
from tests.musings.makers.comfyui.servers import answering_packed

NAME = "fox_00001_.png"


@pytest.fixture
def output(fake: FakeComfy) -> OutputFile:
    (fake.folders.of("output") / NAME).write_bytes(b"\x89PNG" + bytes(range(256)) * 400)
    return OutputFile("9", "images", NAME)


def test_what_is_there_is_replaced_by_the_whole_file(server: ComfyServer, output: OutputFile, tmp_path: Path) -> None:
    target = tmp_path / "0001.png"
    target.write_bytes(b"old")
    found = fetch(server, output, target)
    assert (found.path, found.size, found.media_type) == (target, 102_404, "image/png")
    assert found.sha256 == sha256_of(target)
    assert [path.name for path in tmp_path.iterdir()] == ["0001.png"]


def test_a_transfer_that_breaks_is_tried_again_after_longer_and_longer_waits(
    fake: FakeComfy, server: ComfyServer, output: OutputFile, tmp_path: Path
) -> None:
    fake.faults.on("truncated-view=2")
    waits: list[float] = []
    found = fetch(server, output, tmp_path / "0001.png", wait=waits.append, retry_seconds=1)
    assert found.size == 102_404
    assert waits == sorted(waits)
    assert len(waits) == 2


def test_one_that_stays_broken_leaves_nothing_and_what_was_there_stays(
    fake: FakeComfy, server: ComfyServer, output: OutputFile, tmp_path: Path
) -> None:
    (tmp_path / "0001.png").write_bytes(b"old")
    fake.faults.on("truncated-view")
    with pytest.raises(PassingFault, match=rf"output/{NAME} did not arrive whole from .* in 3 tries"):
        fetch(server, output, tmp_path / "0001.png", wait=lambda _: None, tries=3)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"0001.png": b"old"}


def test_what_cannot_be_decoded_did_not_arrive(server: ComfyServer, output: OutputFile, tmp_path: Path) -> None:
    seen: list[str] = []

    def verify(path: Path) -> None:
        seen.append(path.suffix)
        if len(seen) < 3:
            raise ValueError("cut short")

    assert fetch(server, output, tmp_path / "a.png", verify=verify, wait=lambda _: None).size == 102_404
    assert seen == [".png"] * 3


def test_what_the_server_has_deleted_is_asked_for_once(server: ComfyServer, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no longer has output/gone\.png"):
        fetch(server, OutputFile("9", "images", "gone.png"), tmp_path / "a.png", wait=_nobody_waits)


def test_a_name_that_it_will_not_hand_out_is_the_workflows_fault(server: ComfyServer, tmp_path: Path) -> None:
    with pytest.raises(UserFault, match="will not hand out") as caught:
        fetch(server, OutputFile("9", "images", "../secret.png"), tmp_path / "a.png", wait=_nobody_waits)
    assert '".."' in (caught.value.hint or "")


def test_a_page_in_place_of_a_file_is_no_file(tmp_path: Path) -> None:
    with answering_packed(b"") as url, ComfyServer(url) as server:
        output = OutputFile("9", "images", NAME)
        with pytest.raises(PassingFault, match="the answer is a page"):
            fetch(server, output, tmp_path / "a.png", wait=lambda _: None, tries=2)
    assert list(tmp_path.iterdir()) == []


def test_more_than_the_bound_is_given_up_at_once(server: ComfyServer, output: OutputFile, tmp_path: Path) -> None:
    with pytest.raises(UserFault, match="more than"):
        fetch(server, output, tmp_path / "a.png", wait=_nobody_waits, most_bytes=50_000)
    assert list(tmp_path.iterdir()) == []


def test_a_cancel_ends_it_within_a_file(server: ComfyServer, output: OutputFile, tmp_path: Path) -> None:
    looks: list[int] = []

    def check() -> None:
        looks.append(1)
        if len(looks) == 2:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        fetch(server, output, tmp_path / "a.png", check=check)
    assert list(tmp_path.iterdir()) == []


def _nobody_waits(_seconds: float) -> None:
    raise AssertionError("it was tried again")
