"""How many heaps glibc keeps for the threads of a process."""

import argparse
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from musings.commands import worker
from tests.conftest import MakeSettings

PROGRAM = """
import ctypes, sys, threading
from musings.process.arenas import few_arenas
if sys.argv[1] == "few":
    assert few_arenas()
together = threading.Barrier(12)

def work():
    together.wait()
    pieces = [bytes(20_000) for _ in range(100)]
    together.wait()
    del pieces

threads = [threading.Thread(target=work) for _ in range(12)]
for each in threads: each.start()
for each in threads: each.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other systems keep their memory in other ways")
def test_many_threads_share_few_heaps(tmp_path: Path) -> None:
    def heaps(how: str) -> int:
        told = tmp_path / how
        subprocess.run([sys.executable, "-c", PROGRAM, how, str(told)], check=True)
        return told.read_text().count("<heap nr=")

    assert heaps("few") == 2 < heaps("usual")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other systems keep their memory in other ways")
def test_the_worker_has_few_heaps(monkeypatch: pytest.MonkeyPatch, make_settings: MakeSettings) -> None:
    """Where it is set is the worker's own process, so that this looks at the call alone."""
    told: list[bool] = []
    monkeypatch.setattr(worker, "few_arenas", lambda: told.append(True))
    monkeypatch.setattr(worker, "end_with_parent", lambda: None)
    monkeypatch.setattr(worker, "service_logs", lambda settings, program: None)
    settings = make_settings()
    arguments = argparse.Namespace(config=settings.file, drain=True, only=None, concurrency=None)
    assert worker.run(arguments) == 0
    assert told == [True]


GIVING = """
import ctypes, sys
from musings.process.arenas import few_arenas, give_back
few_arenas()
def pages():
    return int(open("/proc/self/statm").read().split()[1])
kept, pieces = [], []
for _ in range(4_000):
    pieces.append(bytearray(20_000))
    kept.append(bytearray(600))
del pieces
before = pages()
assert give_back()
assert pages() < before / 2, (before, pages())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other systems keep their memory in other ways")
def test_what_was_freed_goes_back_although_something_lies_behind_it() -> None:
    subprocess.run([sys.executable, "-c", GIVING], check=True)
