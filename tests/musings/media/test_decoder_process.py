"""A decoding child gets what it needs of its parent, and nothing else."""

import os
from pathlib import Path

import psutil
import pytest

from musings.errors import AttemptError, InternalFault, PassingFault
from musings.files.disk import disk_error_in
from musings.media.decoder import Decoder
from musings.media.decoder_process import ADDED, environment, meant
from tests.musings.media.drawn import slope


def test_the_child_gets_no_secret_and_no_descriptor(tmp_path: Path) -> None:
    ours = {
        "PATH": "/bin",
        "HF_TOKEN": "x",
        "MUSINGS_SECRET_KEY": "y",
        "LC_ALL": "C.UTF-8",
        "HOME": "/home/x",
        "LANG": "C",
    }
    assert environment(ours) == {"LC_ALL": "C.UTF-8", "LANG": "C", **ADDED}
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        made = Decoder()
        before = {each.pid for each in psutil.Process().children()}
        slope(60, 30).save(tmp_path / "a.png")
        made.ask("read_picture", tmp_path / "a.png")
        [child] = [each for each in psutil.Process().children() if each.pid not in before]
        assert [each.path for each in child.open_files()] == []
        assert not {"HF_TOKEN", "HOME", "PATH"} & set(child.environ())
        assert child.cwd() == "/"
        made.close()


def test_an_answer_is_raised_as_what_the_child_met() -> None:
    assert meant({"done": {"width": 3}}) == {"width": 3}
    with pytest.raises(OSError, match="No space") as full:
        meant({"os": [28, "No space left on device", "/a"]})
    assert (full.value.errno, full.value.filename) == (28, "/a")
    with pytest.raises(AttemptError, match="damaged") as broken:
        meant({"fault": "a.png is damaged", "hint": "again", "log": "x", "disk": [5, "Input/output error", "/a"]})
    assert (broken.value.hint, broken.value.log) == ("again", "x")
    assert disk_error_in(broken.value) is not None
    with pytest.raises(ImportError):
        meant({"unloaded": "av", "log": ""})
    for odd in ({}, {"done": 3}, {"bug": "RuntimeError: x", "log": "Traceback"}):
        with pytest.raises(InternalFault):
            meant(odd)
    with pytest.raises(PassingFault):
        meant({"os": "words"})
