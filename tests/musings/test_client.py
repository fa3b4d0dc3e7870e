"""The public door: what docs/client.md shows is there, and its examples run as they stand."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from musings import client
from tests.musings.api.conftest import Api
from tests.musings.command_line import environment
from tests.musings.remote.conftest import staffed_api
from tests.paths import ROOT

__all__ = ["staffed_api"]

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "client.md").read_text(encoding="utf-8"), re.DOTALL)


def test_everything_that_is_named_is_there() -> None:
    assert sorted(client.__all__) == sorted(set(client.__all__))
    assert all(hasattr(client, name) for name in client.__all__)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_of_the_page_runs(example: str, staffed_api: Api, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes((ROOT / "tests/musings/remote/photo.png").read_bytes())
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        cwd=tmp_path,
        env=environment(tmp_path, MUSINGS_URL=staffed_api.address, MUSINGS_TOKEN="sk-any"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
