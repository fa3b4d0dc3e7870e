"""A package of ours in a fresh process where nothing else of ours can be imported."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.paths import ROOT

PACKAGES = ("musings", "musings_sketch", "fake_comfyui", "comfyui_workflows")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run_alone(package: str, program: str, folder: Path) -> str:
    """What a program prints in ``folder``; it may import ``package`` and no other package of ours."""
    blocked = f"import sys; sys.modules.update(dict.fromkeys({[name for name in PACKAGES if name != package]!r}))\n"
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    command = [sys.executable, "-c", blocked + program]
    ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def examples(package: str) -> list[str]:
    """The Python of a package's README, block by block."""
    return BLOCK.findall((ROOT / "src" / package / "README.md").read_text("utf-8"))
