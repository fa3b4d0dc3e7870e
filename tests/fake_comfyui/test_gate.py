"""What stands before every route: who is turned away, and with which status."""

from http.client import HTTPConnection

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from fake_comfyui.faults import TOKEN
from fake_comfyui.gate import MAX_BODY_BYTES
from fake_comfyui.server import FakeComfy

AUTHORIZED = {"authorization": f"Bearer {TOKEN}"}


def ask(fake: FakeComfy, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(f"{fake.url}/queue", headers=named, trust_env=False)


def opens(fake: FakeComfy, **headers: str) -> bool:
    try:
        with connect(f"ws{fake.url.removeprefix('http')}/ws", additional_headers=headers, proxy=None):
            return True
    except InvalidStatus:
        return False


def test_a_busy_server_says_when_to_come_again(fake: FakeComfy) -> None:
    fake.faults.on("http-503", 2)
    first = ask(fake)
    assert (first.status_code, first.headers["retry-after"]) == (503, "7")
    assert [ask(fake).status_code for _ in range(2)] == [503, 200]


def test_a_socket_uses_up_no_times_of_a_switch(fake: FakeComfy) -> None:
    fake.faults.on("http-503", 1)
    assert not opens(fake)
    assert ask(fake).status_code == 503
    assert opens(fake)


def test_a_token_is_asked_for_at_both_doors(fake: FakeComfy) -> None:
    fake.faults.on("auth-required")
    assert ask(fake).status_code == ask(fake, authorization="Bearer wrong").status_code == 401
    assert ask(fake, **AUTHORIZED).status_code == 200
    assert not opens(fake)
    assert opens(fake, **AUTHORIZED)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://evil.example", 403),
        ("http://127.0.0.1:1", 403),
        ("http://localhost:{port}", 403),
        ("http://127.0.0.1:{port}", 200),
        ("http://127.0.0.1", 200),
        ("null", 200),
        ("", 200),
    ],
)
def test_pages_of_other_sites_are_turned_away(fake: FakeComfy, origin: str, status: int) -> None:
    origin = origin.format(port=fake.url.rpartition(":")[2])
    assert ask(fake, origin=origin).status_code == status
    assert opens(fake, origin=origin) is (status == 200)


def test_a_server_of_another_name_does_not_look(fake: FakeComfy) -> None:
    """A browser cannot be made to reach it by a page: as the real server, it looks on this machine alone."""
    assert ask(fake, host="comfy.example:8188", origin="http://evil.example").status_code == 200


def test_a_body_beyond_the_limit_is_refused_unread(fake: FakeComfy) -> None:
    asking = HTTPConnection(fake.url.removeprefix("http://"), timeout=10)
    asking.putrequest("POST", "/upload/image")
    asking.putheader("Content-Length", str(MAX_BODY_BYTES + 1))
    asking.endheaders()
    answer = asking.getresponse()
    assert (answer.status, str(MAX_BODY_BYTES) in answer.read().decode()) == (413, True)
    asking.close()


def test_no_socket_leaves_http_alone(fake: FakeComfy) -> None:
    fake.faults.on("no-socket")
    assert not opens(fake)
    assert ask(fake).status_code == 200
