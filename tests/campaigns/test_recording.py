"""Reading what ``strace`` saw."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.campaigns import power, recording
from tests.campaigns.recording import MARK, Event

PROGRAM = f"""
import os, sys
from pathlib import Path

import pytest
root = Path(sys.argv[1])
(root / "new").mkdir()
with open(root / "new" / "a", "wb") as file:
    file.write(b"one")
    file.flush()
    file.seek(1)
    file.write("ü".encode())
    file.flush()
    os.fsync(file.fileno())
os.replace(root / "new" / "a", root / "b")
try:
    os.open("{MARK}17", os.O_RDONLY)
except FileNotFoundError:
    pass
os.unlink(root / "b")
"""


@pytest.mark.skipif(not power.is_possible(), reason="strace is not here, or may not trace")
def test_a_program_is_read_as_what_it_did_to_files(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    log = tmp_path / "log"
    subprocess.run([*recording.words(log), sys.executable, "-c", PROGRAM, str(folder)], check=True)
    found = recording.read(log, folder)
    assert found.unread == set()
    whole = "ü".encode()
    assert found.events == [
        Event("mkdir", "new"),
        Event("create", "new/a"),
        Event("size", "new/a"),
        Event("write", "new/a", data=b"one"),
        Event("write", "new/a", offset=1, data=whole),
        Event("sync", "new/a", began=5),
        Event("rename", "new/a", "b"),
        Event("acknowledge", other="17"),
        Event("unlink", "b"),
    ]
