"""`python -m musings` is the `musings` command."""

import subprocess
import sys
from pathlib import Path

from musings.version import VERSION
from tests.musings.command_line import command, environment


def test_it_is_the_same_as_a_module_and_as_a_script(config: Path) -> None:
    script = Path(sys.executable).with_name("musings")
    programs = [command("--version"), *([(str(script), "--version")] if script.exists() else [])]
    for words in programs:
        said = subprocess.run(words, capture_output=True, text=True, env=environment(config.parent), check=True)
        assert said.stdout == f"musings {VERSION}\n"
