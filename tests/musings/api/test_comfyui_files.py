"""How clients of ComfyUI name files."""

import pytest

from musings.api.comfyui_files import ANNOTATED, checked_folder, checked_name, checked_subfolder, find, kept_in
from musings.comfyui_api.refusals import GraphRefusal
from musings.files.media_root import MediaRoot
from musings.models import ArtifactType, NewArtifact
from musings.store.database import Database
from musings.store.gallery import artifacts, comfyui_files
from tests.musings.store.adding import add, shell
from tests.musings.store.gallery.sending import send


def test_what_was_sent_and_what_was_made_are_found_by_name(database: Database, media_root: MediaRoot) -> None:
    upload = send(database, media_root)
    database.writing(comfyui_files.keep, "sub", "u.png", upload)
    database.writing(comfyui_files.keep, kept_in("temp", ""), "t.png", upload)
    prompt = add(database, "a fox", "image")
    new = [NewArtifact(ArtifactType.IMAGE, "image/1_x/0001.png", None, {"sha256": "0" * 64})]
    [made] = database.writing(artifacts.record_prompt_artifacts, prompt.id, new)

    def ref(value: str) -> str | None:
        found = find(database, value)
        return None if found is None else found.ref

    assert ref("sub/u.png") == ref("sub\\u.png") == ref("sub/u.png [input]") == ref("t.png [temp]") == upload.ref
    assert ref("image/1_x/0001.png [output]") == f"artifact:{made.id}"
    for absent in ("u.png", "t.png", "image/1_x/0001.png", "image/1_x/0002.png [output]", "", "/etc/passwd [output]"):
        assert ref(absent) is None, absent
    shell(database, "UPDATE prompts SET deleted_at = '2026-01-01 00:00:00'")
    assert ref("image/1_x/0001.png [output]") is None


def test_a_name_with_its_folder() -> None:
    found = ANNOTATED.fullmatch("a [b].png [output]")
    assert found is not None
    assert (found["name"], found["folder"]) == ("a [b].png", "output")
    assert ANNOTATED.fullmatch("a.png [elsewhere]") is None


@pytest.mark.parametrize("name", ["", "/a.png", "../a.png", "a..b.png", "a\nb.png", "x" * 301])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(GraphRefusal) as caught:
        checked_name(name)
    assert caught.value.status == 400


@pytest.mark.parametrize("folder", ["..", "a/../..", "/etc", "\\etc", "a\0"])
def test_a_folder_outside(folder: str) -> None:
    with pytest.raises(GraphRefusal) as caught:
        checked_subfolder(folder)
    assert caught.value.status == 403


def test_folders_are_normalised() -> None:
    assert [checked_subfolder(each) for each in ("", ".", "a/", "a\\b")] == ["", "", "a", "a/b"]
    assert checked_folder("temp") == "temp"
    with pytest.raises(GraphRefusal):
        checked_folder("models")
