"""What somebody brings in becomes a file that can be kept."""

import json

import pytest

from comfyui_workflows.envelopes import open_file
from comfyui_workflows.errors import OtherProgramError
from comfyui_workflows.json_types import loads
from musings.errors import InvalidInputError
from musings.makers.choice import Makers
from musings.makers.comfyui.contents import LARGEST_BYTES
from musings.makers.comfyui.incoming import looked_into, received, safe_name
from tests.comfyui_workflows.carriers import CARRIERS, PROMPT, SAVED, png
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import painting


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("workflow (1).json", "workflow (1).json"),
        (" fox.JSON ", "fox.json"),
        ("Füchse im Schnee, 2.json", "Füchse im Schnee, 2.json"),
        ("fox [v2] {final} & more!.json", "fox [v2] {final} & more!.json"),
        ("狐.py", "狐.py"),
        ("🦊.json", "🦊.json"),
        ("狐" * 60 + ".json", "狐" * 60 + ".json"),
        ("console.json", "console.json"),
        ("a con.json", "a con.json"),
    ],
)
def test_names_that_people_have(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@pytest.mark.parametrize(
    "name",
    [
        "a:b.json", "con|.json", "fox\u202e.json", "a\n.json", "..json", "json", "_a.json", "", ".json", "\ud800.json",
        "a\0.json", "../a.json", "CON.json", "nul.py", "com1.json", "LPT9.fox.json", "aux .json", "🦊" * 60 + ".json",
        "狐" * 75 + ".json", "a" * 101 + ".json",
    ],
)  # fmt: skip
def test_names_that_no_system_takes(name: str) -> None:
    with pytest.raises(InvalidInputError, match="plain file name"):
        safe_name(name)


@pytest.mark.parametrize("name", CARRIERS)
def test_what_a_file_carries_is_kept_as_json_that_opens_as_the_file_does(name: str) -> None:
    kept = received(f"my {name}", CARRIERS[name])
    assert kept.name == f"my {name.rpartition('.')[0]}.json"
    assert kept.remarks
    again = open_file(kept.name, kept.content)
    assert again.embedded
    assert (again.graphs[0], again.plain) == (SAVED, json.loads(PROMPT))
    assert f"my {name}" in again.remarks[0]


def test_a_picture_under_the_name_of_a_workflow_is_one_all_the_same() -> None:
    assert json.loads(received("fox.json", CARRIERS["a.png"]).content)["prompt"] == json.loads(PROMPT)


def test_a_workflow_is_kept_as_it_is() -> None:
    content = b'{"1": {"class_type": "A", "inputs": {}}} // mine'
    assert received("a.json", content).content == content


def test_what_is_too_large_or_carries_nothing_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="larger than"):
        received("a.json", b" " * (LARGEST_BYTES + 1))
    with pytest.raises(InvalidInputError, match="no ComfyUI workflow is in it"):
        received("a.png", png({}))


def test_files_of_other_programs_are_told_from_the_rest() -> None:
    told = looked_into("a.png", png({"parameters": "a fox\nSteps: 20, Seed: 3"}))
    assert isinstance(told, OtherProgramError)
    assert told.settings is not None
    assert told.settings.seed == 3
    for name, content in (("a.png", png({})), ("a.json", b"{")):
        assert not isinstance(looked_into(name, content), OtherProgramError)
    assert looked_into("a.py", b"\x89PNG") is None


def test_an_inspection_opens_a_file_once(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def counted(text: str) -> object:
        opened.append(text)
        return loads(text)

    monkeypatch.setattr("comfyui_workflows.envelopes.loads", counted)
    makers = Makers(make_settings())
    found = makers.inspect("fox.json", json.dumps(painting()).encode())
    makers.close()
    assert found is not None
    assert found.workflow.problem is None
    assert len(opened) == 1
