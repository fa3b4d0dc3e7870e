"""What idle streams of events cost the API, and what is left of it when they are gone: python -m benchmarks.streams."""

import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, median, milliseconds, timed
from benchmarks.programs import answers, api, memory_megabytes
from benchmarks.throughput import opened

STREAMS = 5000
ROUNDS = 3
SPARE_DESCRIPTORS = 200
ANSWER_SECONDS = 30.0
REQUEST = b"GET /api/events HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n"


def measure(folder: Path, many: int = STREAMS) -> Iterator[Figure]:
    """As many streams as asked for, opened and left open, then closed, and again."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, many + SPARE_DESCRIPTORS), hard))
    with opened(folder) as (settings, _):
        assert settings.file is not None
        with api(settings.file) as (server, address):
            yield Figure("memory before", f"{memory_megabytes(server.pid):.0f} MB")
            yield Figure("/healthz before, p50", milliseconds(median(timed(lambda: answers(address), 20))))
            for number in range(1, ROUNDS + 1):
                held, taken = held_open(address, many)
                told = f"{taken} of {many} streams open"
                yield Figure(f"{told}, memory (round {number})", f"{memory_megabytes(server.pid):.0f} MB")
                yield Figure(f"{told}, /healthz, p50", milliseconds(median(timed(lambda: answers(address), 20))))
                for each in held:
                    each.close()
                time.sleep(2)
                yield Figure(f"all closed, memory (round {number})", f"{memory_megabytes(server.pid):.0f} MB")


def held_open(address: str, many: int) -> tuple[list[socket.socket], int]:
    """The connections, each with its request answered, and how many of them were given a stream."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    held, taken = [], 0
    for _ in range(many):
        connection = socket.create_connection((host, int(port)), ANSWER_SECONDS)
        connection.sendall(REQUEST % host.encode())
        taken += connection.recv(12).endswith(b"200")
        held.append(connection)
    return held, taken


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        for figure in measure(Path(name) / "house", int(sys.argv[1]) if len(sys.argv) > 1 else STREAMS):
            print(figure, flush=True)


if __name__ == "__main__":
    main()
