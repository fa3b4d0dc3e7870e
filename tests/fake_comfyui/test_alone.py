"""The fake without Musings: the README's example, the usual artist, and its words held to the code."""

import re
from pathlib import Path

from fake_comfyui.dialect import DIALECTS
from fake_comfyui.faults import FAULTS
from tests.alone import examples, run_alone
from tests.paths import ROOT


def test_the_example_of_the_readme_passes(tmp_path: Path) -> None:
    (example,) = examples("fake_comfyui")
    (tmp_path / "test_example.py").write_text(example)
    told = run_alone("fake_comfyui", "import pytest; sys.exit(pytest.main(['-q', '-p', 'no:schemathesis']))", tmp_path)
    assert "1 passed" in told


def test_a_graph_is_run_without_the_rest_of_us(tmp_path: Path) -> None:
    program = """
import httpx, time
from fake_comfyui.artist import artist_named
from fake_comfyui.server import FakeComfy
graph = {
    "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 48, "batch_size": 1, "color": 255}},
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "a"}},
}
with FakeComfy(artist=artist_named("plain")) as fake:
    id = httpx.post(f"{fake.url}/prompt", json={"prompt": graph}).json()["prompt_id"]
    deadline = time.monotonic() + 30
    while not (history := httpx.get(f"{fake.url}/history/{id}").json()):
        assert time.monotonic() < deadline
    print(history[id]["outputs"]["2"]["images"][0]["filename"])
"""
    assert run_alone("fake_comfyui", program, tmp_path) == "a_00001_.png\n"


def test_the_readme_counts_and_names_what_there_is() -> None:
    text = (ROOT / "src" / "fake_comfyui" / "README.md").read_text("utf-8")
    assert [int(count) for count in re.findall(r"(\d+) faults", text)] == [len(FAULTS)]
    assert all(f"`{name}`" in text or f"--version-like {name}`" in text for name in DIALECTS)
    assert all(dialect.version.removesuffix("+fake") in text for dialect in DIALECTS.values())
