"""What ``docs/comfyui.md`` lists is what there is."""

import re

from comfyui_workflows import sidecar
from comfyui_workflows.tracing import TITLE_ROLES
from fake_comfyui.faults import FAULTS
from fake_comfyui.nodes import classes
from fake_comfyui.server import MODELS
from tests.paths import ROOT

TEXT = (ROOT / "docs" / "comfyui.md").read_text()
WORDS = set(re.findall(r"`([^`\n]+)`", TEXT))


def test_every_fault_is_described_and_no_other() -> None:
    assert set(FAULTS) <= WORDS
    described = [line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `")]
    named = {word for cell in described for word in re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", cell)}
    assert named <= set(FAULTS)


def test_every_node_and_model_of_the_fake_is_listed() -> None:
    assert set(classes((), [], [])) <= WORDS
    assert set(MODELS) <= WORDS


def test_every_key_of_a_sidecar_is_listed() -> None:
    assert {*sidecar.FIELD_KEYS, *sidecar.PLACE_KEYS, *sidecar.TYPES} <= WORDS
    assert all(
        f"{key} =" in TEXT for key in (*sidecar.TOP_KEYS, *sidecar.COMMAND_KEYS) if key not in ("fields", "command")
    )


def test_the_sidecar_shown_is_valid() -> None:
    shown = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert len(shown) == 2
    for text in shown:
        sidecar.read_sidecar("shown.form.toml", text)


def test_every_title_that_is_a_role_is_listed() -> None:
    single = {title for title in TITLE_ROLES if " " not in title and title != "positive"}
    assert single <= WORDS
