"""The versions that the fake can speak as, asked as a client asks."""

from pathlib import Path

import httpx
import pytest

from fake_comfyui.dialect import DIALECTS, USUAL
from fake_comfyui.nodes import classes
from fake_comfyui.server import FakeComfy


@pytest.mark.parametrize("name", DIALECTS)
def test_a_client_can_tell_the_version_by_what_it_asks(name: str, tmp_path: Path) -> None:
    dialect = DIALECTS[name]
    with FakeComfy(root=tmp_path, like=name) as fake, httpx.Client(base_url=fake.url, trust_env=False) as client:
        system = client.get("/system_stats").json()["system"]
        assert (system["comfyui_version"], system["os"]) == (dialect.version, dialect.os)
        assert client.get("/features").json() == dict(dialect.features)
        assert client.get("/api/jobs").status_code == (200 if dialect.jobs else 404)


def test_the_versions_are_in_their_order_and_the_usual_one_is_among_them() -> None:
    numbers = [tuple(map(int, each.version.removesuffix("+fake").split("."))) for each in DIALECTS.values()]
    assert numbers == sorted(numbers)
    assert [name for name, each in DIALECTS.items() if not each.version.startswith(name)] == []
    assert USUAL in DIALECTS


def test_choices_of_sounds_were_a_bare_list_once() -> None:
    old, new = (classes((), [], [], DIALECTS[name])["SaveAudioMP3"].required["quality"] for name in ("0.3", "0.8"))
    assert old[0] == new[1]["options"] == ["V0", "128k", "320k"]
    assert old[1] == {"default": "V0"}
    assert new[0] == "COMBO"


def test_only_the_newest_hands_on_what_it_saved() -> None:
    handed = {name: classes((), [], [], each)["SaveImage"].outputs for name, each in DIALECTS.items()}
    assert handed == {"0.3": (), "0.8": (), "0.33": ("IMAGE",)}
