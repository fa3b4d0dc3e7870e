"""Files brought to where Load nodes find them."""

from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import UserFault
from musings.makers.comfyui import loading
from musings.makers.comfyui.client import ComfyServer


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "0001.PNG"
    path.write_bytes(b"a fox")
    return path


def test_a_copy_stands_in_the_input_folder_once(picture: Path, tmp_path: Path) -> None:
    comfyui = tmp_path / "ComfyUI"
    [name] = {loading.copy(comfyui, (), {"image": picture})["image"] for _ in range(2)}
    assert name == f"musings/{loading.name_of(picture)}"
    assert name.endswith(".png")
    assert [path.read_bytes() for path in (comfyui / "input" / "musings").iterdir()] == [b"a fox"]
    picture.write_bytes(b"a hare")
    assert loading.copy(comfyui, (), {"image": picture})["image"] != name


@pytest.mark.parametrize(
    ("flags", "base"),
    [
        ((), "ComfyUI"),
        (("--cpu", "--base-directory", "/data"), "/data"),
        (("--base-directory=/data", "--cpu"), "/data"),
        (("--base-directory",), "ComfyUI"),
    ],
)
def test_where_comfyui_keeps_its_folders(flags: tuple[str, ...], base: str) -> None:
    assert loading.base_of(Path("ComfyUI"), flags) == Path(base)


def test_a_folder_that_cannot_be_written_is_named(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "input").write_text("not a folder")
    with pytest.raises(UserFault, match="cannot be copied") as caught:
        loading.copy(tmp_path, (), {"image": picture})
    assert str(tmp_path / "input" / "musings") in str(caught.value)


def test_a_server_is_given_the_file_under_the_same_name(picture: Path) -> None:
    with FakeComfy() as fake, ComfyServer(fake.url) as server:
        for _ in range(2):
            assert loading.upload(server, {"image": picture}) == {"image": f"musings/{loading.name_of(picture)}"}
        assert [path.read_bytes() for path in (fake.root / "input" / "musings").iterdir()] == [b"a fox"]
