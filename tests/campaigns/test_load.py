"""How much of the processors is ours."""

import subprocess
import sys

from tests.campaigns import load

BUSY = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"


def test_what_our_own_programs_take_is_not_of_others() -> None:
    watch = load.Watch()
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert watch.ours() >= 0.5
    assert 0 <= watch.share_of_others() <= 1
