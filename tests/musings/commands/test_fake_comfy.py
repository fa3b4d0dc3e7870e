"""`musings fake-comfy`: the fake server under the name of a verb."""

import socket

from fake_comfyui.faults import FAULTS
from tests.musings.command_line import Run


def test_help_lists_every_fault_with_what_it_does(run: Run) -> None:
    said = run("fake-comfy", "--help").out
    assert all(f"  {name}" in said for name in FAULTS)


def test_an_unknown_fault_is_wrong_usage_and_nothing_is_served(run: Run) -> None:
    said = run("fake-comfy", "--fault", "made-up", "--port", "0")
    assert (said.code, said.out) == (2, "")
    assert "made-up" in said.err


def test_a_port_that_is_taken_ends_with_3(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = run("fake-comfy", "--port", str(port))
    assert said.code == 3
    assert f"cannot listen on 127.0.0.1:{port}" in said.err
