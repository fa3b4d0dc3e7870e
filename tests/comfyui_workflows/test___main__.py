"""`python -m comfyui_workflows` is the command line, with its exit code."""

import json
import subprocess
import sys
from pathlib import Path

from tests.musings.makers.comfyui.graphs import painting


def test_the_exit_code_is_that_of_the_command_line(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(painting()))
    bad.write_text("{")
    codes = {}
    for file in (good, bad):
        words = [sys.executable, "-m", "comfyui_workflows", "convert", "--out", str(tmp_path / "out"), str(file)]
        codes[file.name] = subprocess.run(words, capture_output=True, check=False).returncode
    assert codes == {"good.json": 0, "bad.json": 1}
    assert json.loads((tmp_path / "out" / "good.json").read_text()) == painting()
