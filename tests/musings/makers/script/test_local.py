"""Whether scripts can run on this machine, and what is to be done where they cannot."""

import sys
from pathlib import Path

import pytest

from musings.config.media import ComfyUISettings
from musings.makers.script.local import local_problems
from tests.musings.makers.comfyui.doubles import stub_comfyui


def settings(directory: Path | None, python: str = sys.executable) -> ComfyUISettings:
    return ComfyUISettings(directory=directory, python=Path(python))


def test_a_comfyui_with_its_python_is_enough(tmp_path: Path) -> None:
    assert local_problems(settings(stub_comfyui(tmp_path / "ComfyUI"))) == []


@pytest.mark.parametrize("left", ["main.py", "nodes.py"])
def test_one_of_its_two_files_is_known(tmp_path: Path, left: str) -> None:
    (tmp_path / left).write_text("")
    assert local_problems(settings(tmp_path)) == []


def test_what_is_wrong_names_the_setting(tmp_path: Path) -> None:
    assert local_problems(settings(None)) == [
        "media.comfyui.directory is not set: name the folder that holds ComfyUI's main.py."
    ]
    [empty] = local_problems(settings(tmp_path))
    assert empty.startswith(f"media.comfyui.directory is {tmp_path}, which holds no ComfyUI")
    both = local_problems(settings(None, "no-such-python"))
    assert ["directory" in both[0], "media.comfyui.python is no-such-python" in both[1]] == [True, True]


def test_a_python_of_the_path_needs_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "python-of-comfyui"
    program.write_text("#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert local_problems(settings(None, program.name), needs_comfyui=False) != []
    program.chmod(0o755)
    assert local_problems(settings(None, program.name), needs_comfyui=False) == []
