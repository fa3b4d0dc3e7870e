"""Programs beside us: how they are shown, and that they end with us."""

import subprocess

from musings import process
from tests.musings.process.programs import gone, python


def test_a_command_as_a_person_would_type_it() -> None:
    assert process.shown(["echo", "a b", "it's"]) == """echo 'a b' 'it'"'"'s'"""


class TestLifeline:
    WAITS = (
        "import threading\nfrom musings.process import end_with_parent\nend_with_parent()\nprint('ready', flush=True)\n"
        "threading.Event().wait(600)\n"
    )

    def test_a_companion_ends_with_who_started_it(self) -> None:
        starts = (
            f"import sys\nfrom musings.process import Lifeline, spawn\nwords = [sys.executable, '-c', {self.WAITS!r}]\n"
            "print(spawn(words, lifeline=Lifeline()).pid, flush=True)\nsys.stdin.read()\n"
        )
        with subprocess.Popen(python(starts), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
            assert parent.stdout is not None
            told = {parent.stdout.readline().strip(), parent.stdout.readline().strip()} - {b"ready"}
            parent.kill()
        assert gone(int(told.pop()))
