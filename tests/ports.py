"""Ports for programs that must be told theirs before they start."""

import socket


def free_port() -> int:
    """One on 127.0.0.1 that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
