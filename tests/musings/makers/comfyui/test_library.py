"""The library of workflow files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import ConflictError, InvalidInputError, NotFoundError
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.library import Library
from musings.models import Kind
from tests.musings.makers.comfyui.doubles import EXPORT
from tests.musings.makers.comfyui.graphs import film, node, painting, sounds

SAVED: dict[str, Any] = {
    "nodes": [
        {"id": 1, "type": "EmptyImage", "mode": 0, "inputs": [],
         "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}],
         "widgets_values": [64, 48, 2, 255]},
        {"id": 2, "type": "SaveImage", "mode": 0, "inputs": [{"name": "images", "type": "IMAGE", "link": 1}],
         "outputs": [], "widgets_values": ["fox"]},
    ],
    "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    "version": 0.4,
}  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path, {Kind.IMAGE: tmp_path / "chosen.json"}, ClassTable([]))


@pytest.fixture
def classes() -> Iterator[ClassTable]:
    with FakeComfy() as fake, ComfyServer(fake.url) as server:
        yield ClassTable([server])


def write(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_files_are_found_with_kind_and_form(library: Library, tmp_path: Path) -> None:
    write(tmp_path, "chosen.json", painting())
    write(tmp_path, "drums.json", sounds())
    write(tmp_path, "voice_reader.json", sounds())
    write(tmp_path, "fox.py", EXPORT)
    write(tmp_path, "notes.txt", "no workflow")
    write(tmp_path, ".hidden.json", painting())

    found = {each.name: each for each in library.all()}

    assert list(found) == ["chosen", "drums", "fox", "voice_reader"]
    kinds = [Kind.IMAGE, Kind.MUSIC, Kind.IMAGE, Kind.VOICE]
    assert [each.kind for each in found.values()] == kinds
    assert [each.source for each in found.values()] == ["comfyui", "comfyui", "script", "comfyui"]
    names = [field.name for field in found["chosen"].fields]
    assert {"seed", "steps", "cfg", "width", "height"} <= set(names)
    assert "prompt" not in names  # that is the prompt's own text
    assert library.chosen_for(Kind.IMAGE) == found["chosen"]
    assert library.chosen_for(Kind.MUSIC) is None


def test_a_changed_file_is_read_again(library: Library, tmp_path: Path) -> None:
    write(tmp_path, "fox.json", painting())
    before = library.get("fox")
    write(tmp_path, "fox.json", painting(steps=99))
    assert library.get("fox").hash != before.hash
    write(tmp_path, "fox.form.toml", 'title = "The fox"\nkind = "voice"\n[fields.steps]\nlabel = "Patience"\n')
    after = library.get("fox")
    assert (after.title, after.kind) == ("The fox", Kind.VOICE)
    assert next(field.label for field in after.fields if field.name == "steps") == "Patience"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("broken.json", "{", "not JSON"),
        ("list.json", "[]", "not a workflow"),
        ("other.json", '{"a": 1}', "not a ComfyUI workflow"),
        ("saved.json", SAVED, "saved format"),
        ("plain.py", "print(1)", "not made by ComfyUI-SaveAsScript"),
        ("cut.py", "def main(:", "not a Python script"),
    ],
)
def test_a_file_that_cannot_be_used_stays_and_says_why(
    library: Library, tmp_path: Path, name: str, content: object, words: str
) -> None:
    write(tmp_path, name, content)
    [found] = library.all()
    assert words in (found.problem or "")


def test_a_wrong_sidecar_names_its_key(library: Library, tmp_path: Path) -> None:
    write(tmp_path, "fox.json", painting())
    write(tmp_path, "fox.form.toml", "[fields.steps]\nlable = 'x'\n")
    assert "lable" in (library.get("fox").problem or "")


def test_a_saved_file_is_read_with_the_classes_of_a_server(tmp_path: Path, classes: ClassTable) -> None:
    write(tmp_path, "saved.json", SAVED)
    found = Library(tmp_path, {}, classes).get("saved")
    assert found.problem is None
    assert found.graph is not None
    assert found.graph["2"]["inputs"]["images"] == ["1", 0]
    assert {field.name for field in found.fields} >= {"width", "height", "count"}


def test_importing_checks_first(library: Library, tmp_path: Path) -> None:
    kept = library.add("fox.json", json.dumps(painting()).encode())
    assert (tmp_path / "fox.json").is_file()
    assert library.get("fox") == kept
    library.add("fox.json", json.dumps(painting()).encode())  # the same again is no conflict
    with pytest.raises(ConflictError, match="already"):
        library.add("fox.json", json.dumps(sounds()).encode())
    with pytest.raises(InvalidInputError, match="not a ComfyUI workflow"):
        library.add("bad.json", b'{"a": 1}')
    assert not (tmp_path / "bad.json").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../fox.json",
        "/etc/fox.json",
        "a/b.json",
        "fox.txt",
        "",
        ".fox.json",
        "fox\0.json",
        "x" * 200 + ".json",
        "..json",
    ],
)
def test_a_name_that_is_no_plain_name_is_refused(library: Library, name: str) -> None:
    with pytest.raises(InvalidInputError):
        library.add(name, json.dumps(painting()).encode())


def test_removing_moves_aside(library: Library, tmp_path: Path) -> None:
    write(tmp_path, "fox.json", painting())
    library.remove("fox")
    assert library.all() == []
    assert (tmp_path / ".removed" / "fox.json").is_file()
    with pytest.raises(NotFoundError):
        library.remove("fox")


def test_a_version_can_be_used_again(library: Library, tmp_path: Path) -> None:
    path = write(tmp_path, "fox.json", painting(steps=5))
    version = library.version_of(library.get("fox"))
    path.write_text(json.dumps(painting(steps=9)))
    again = library.of_version(version.name, version.source, version.content)
    assert again.hash == version.hash
    assert again.graph is not None
    assert again.graph["3"]["inputs"]["steps"] == 5


def test_a_count_of_runs_without_a_seed_says_that_they_may_be_the_same(library: Library, tmp_path: Path) -> None:
    (tmp_path / "image_film.json").write_text(json.dumps(film()))
    grainy = node("EmptyImage", width=64, height=48, batch_size=4, color=["4", 0])
    noisy = {**film(), "1": grainy, "4": node("RandomNoise", noise_seed=1)}
    (tmp_path / "image_video.json").write_text(json.dumps(noisy))
    said = {each.name: field.help or "" for each in library.all() for field in each.fields if field.role == "count"}
    assert "may be the same" in said["image_film"]
    assert "a seed of its own" in said["image_video"]
