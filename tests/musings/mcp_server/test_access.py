"""Whose rights a tool has: nobody's name is kept where nobody is known."""

from musings.mcp_server.access import QueueAccess
from musings.remote.connection import Connection
from musings.remote.operations import Operations
from musings.remote.wires import AsyncWire


def test_nobody_owns_what_an_unknown_caller_makes() -> None:
    access = QueueAccess(Operations(AsyncWire(Connection("http://127.0.0.1")), "here"))
    assert dict(access.owner) == {}
