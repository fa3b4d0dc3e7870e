"""Whatever one file or its sidecar holds is that file's own problem: it is named, and all others go on."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comfyui_workflows.tracing import MOST_FIELDS
from fake_comfyui.server import FakeComfy
from musings.errors import InvalidInputError
from musings.makers.choice import Makers
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.library import Library, WorkflowFile
from musings.requests import intake
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import node, painting
from tests.musings.makers.comfyui.strange_files import FILES, GOOD, SIDECARS


@pytest.fixture(scope="module")
def classes() -> Iterator[ClassTable]:
    with FakeComfy() as fake, ComfyServer(fake.url) as server:
        table = ClassTable([server])
        assert table.wait(30) is not None
        yield table


@pytest.fixture
def library(tmp_path: Path, classes: ClassTable) -> Library:
    return Library(tmp_path, {}, classes)


def put(folder: Path, name: str, content: str | bytes) -> None:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def checked(found: WorkflowFile) -> WorkflowFile:
    """What a page is sent of it can be sent, and it can be kept and read again."""
    shown = [found.name, found.title, found.description, found.problem, [vars(each) for each in found.fields]]
    json.dumps(shown, ensure_ascii=False, allow_nan=False).encode()
    return found


def test_a_folder_of_strange_files_is_listed_whole(library: Library, tmp_path: Path) -> None:
    for name, (content, _) in FILES.items():
        put(tmp_path, f"{name}.json", content)
    for name, (content, _) in SIDECARS.items():
        put(tmp_path, f"{name}.json", GOOD)
        put(tmp_path, f"{name}.form.toml", content)
    put(tmp_path, "good.json", GOOD)
    found = {each.name: checked(each) for each in library.all()}
    assert found["good"].problem is None
    for name, (_, words) in (FILES | SIDECARS).items():
        assert words in (found[name].problem or ""), name
    for each in found.values():
        version = library.version_of(each)
        again = library.of_version(version.name, version.source, version.content)
        assert (again.hash, again.problem) == (each.hash, each.problem)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_file_as_windows_saves_it(library: Library, tmp_path: Path, encoding: str) -> None:
    kept = library.add("fox.json", json.dumps(painting(text="a f\xf6x"), ensure_ascii=False).encode(encoding))
    assert kept.problem is None
    assert kept.form.prompt_field is not None
    assert kept.form.prompt_field.default == "a f\xf6x"
    version = library.version_of(kept)
    again = library.of_version(version.name, version.source, version.content)
    assert (again.graph, again.hash) == (kept.graph, kept.hash)


def test_the_bytes_of_a_script_come_back(library: Library, tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n".encode("latin-1")
    put(tmp_path, "old.py", text)
    version = library.version_of(library.get("old"))
    again = library.of_version(version.name, version.source, version.content)
    assert again.path.read_bytes() == text
    assert again.hash == version.hash


def test_a_file_that_cannot_be_opened(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "fox.json", GOOD)

    def refused(self: Path, *_: object, **__: object) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)  # root may open anything
    [found] = library.all()
    assert found.problem == "fox.json cannot be read: Permission denied."


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="needs names that are no text")
def test_a_file_name_that_is_no_text(library: Library, tmp_path: Path) -> None:
    put(tmp_path, os.fsdecode(b"caf\xe9.json"), GOOD)
    [found] = library.all()
    assert checked(found).name == "caf?"


def saved(kind: str) -> str:
    """A saved workflow of one node, which something is linked to."""
    nodes = [{"id": each, "type": kind, "inputs": [{"name": "x", "link": 1}], "widgets_values": []} for each in (1, 2)]
    return json.dumps({"nodes": nodes, "links": [[1, 1, 0, 2, 0, "X"]]})


def test_nodes_that_nobody_has_may_be_those_of_a_server_that_is_away(tmp_path: Path) -> None:
    put(tmp_path, "rare.json", saved("RareNode"))
    with FakeComfy() as fake, ComfyServer(fake.url) as there, ComfyServer("http://127.0.0.1:9") as away:
        for servers, unread in (([there], False), ([there, away], True)):
            table = ClassTable(servers)
            assert table.wait(30) is not None
            [found] = Library(tmp_path, {}, table).all()
            assert "RareNode" in (found.problem or "")
            assert found.unread is unread


@pytest.mark.parametrize("workflow", ["rare", None])
def test_a_prompt_for_a_workflow_that_no_server_can_read_now_is_taken(
    make_settings: MakeSettings, workflow: str | None
) -> None:
    settings = make_settings(media={"comfyui": {"host": "http://127.0.0.1:9"}, "scripts": {"image": "media/rare.json"}})
    settings.media.workflows.mkdir(parents=True, exist_ok=True)
    put(settings.media.workflows, "rare.json", saved("RareNode"))
    pipelines = Makers(settings)
    taken = intake.checked(pipelines, prompt_text="a fox", prompt_type="image", workflow=workflow)
    assert taken.workflow == workflow
    put(settings.media.workflows, "rare.json", "no JSON")
    with pytest.raises(InvalidInputError, match=r"rare\.json is not JSON"):
        intake.checked(pipelines, prompt_text="a fox", prompt_type="image", workflow="rare")


def test_without_servers_nobody_waits_for_their_classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musings.makers.comfyui.classes.FIRST_SECONDS", 3600.0)  # who waits for it never ends
    for number in range(20):
        put(tmp_path, f"{number}.json", FILES["no_nodes"][0])
    found = Library(tmp_path, {}, ClassTable([])).all()
    assert all("saved format" in (each.problem or "") for each in found)


def test_what_no_reader_foresaw_is_the_files_problem(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "fox.json", GOOD)
    monkeypatch.setattr("musings.makers.comfyui.library.form_of", lambda *_: [][1])
    [found] = library.all()
    assert found.problem == "fox.json cannot be understood: IndexError: list index out of range."


@pytest.mark.parametrize(
    "wrapped",
    [
        {"input": {"workflow": painting()}},
        {"workflow": painting()},
        {"workflow_api": painting()},
        {"output": painting(), "workflow": {"nodes": [], "links": []}},
        {"prompt": painting(), "workflow": {"nodes": [], "links": []}},
        {"prompt": painting(), "client_id": "x"},
        {"prompt": json.dumps(painting())},
        {"body": {"input": {"workflow": json.dumps(painting())}}},
        {"1f": {"prompt": [0, "1f", painting(), {"client_id": "x"}, ["9"]], "outputs": {}}},
        [painting()],
    ],
    ids=lambda each: json.dumps(each)[:40],
)
def test_the_graph_is_found_in_its_wrapper(library: Library, wrapped: Any) -> None:
    assert library.add("fox.json", json.dumps(wrapped).encode()).graph == painting()


def test_a_saved_file_in_a_wrapper(library: Library) -> None:
    saved = {"nodes": [{"id": 1, "type": "EmptyImage", "widgets_values": [64, 48, 1, 0]}], "links": []}
    kept = library.add("saved.json", json.dumps({"workflow": saved}).encode())
    assert kept.graph is not None
    assert kept.graph["1"]["inputs"]["width"] == 64


def test_a_wrapper_around_nothing(library: Library) -> None:
    with pytest.raises(InvalidInputError, match="not a ComfyUI workflow"):
        library.add("fox.json", json.dumps({"input": {"workflow": {"a": 1}}}).encode())


def template(**inputs: Any) -> dict[str, Any]:
    graph = painting()
    graph["6"]["inputs"]["text"] = "%prompt%"
    graph["7"]["inputs"]["text"] = "%negative_prompt%"
    graph["4"]["inputs"]["ckpt_name"] = "%model%"
    said = {"seed": "seed", "steps": "steps", "cfg": "scale", "sampler_name": "sampler"}
    said |= {"scheduler": "scheduler", "denoise": "denoise"}
    graph["3"]["inputs"] |= {name: f"%{word}%" for name, word in said.items()}
    graph["5"]["inputs"] |= {"width": "%width%", "height": '"%height%"'}
    graph["3"]["inputs"] |= inputs
    return graph


def test_placeholders_become_the_form(library: Library) -> None:
    kept = library.add("chat.json", json.dumps(template()).encode())
    fields = {field.name: field for field in kept.form.fields}
    types = {name: (field.type, field.default) for name, field in fields.items()}
    assert types | {"count": ("int", 1)} == {
        "prompt": ("longtext", ""),
        "negative_prompt": ("longtext", ""),
        "seed": ("int", None),
        "steps": ("int", 20),
        "cfg": ("float", 8.0),
        "width": ("int", 512),
        "height": ("int", 512),
        "checkpoint": ("choice", "fake_image_v1.safetensors"),
        "sampler": ("choice", "euler"),
        "scheduler": ("choice", "normal"),
        "denoise": ("float", 1.0),
        "count": ("int", 1),
    }
    assert kept.takes_text
    assert "%" not in json.dumps(kept.graph)


def test_placeholders_without_a_server(tmp_path: Path) -> None:
    kept = Library(tmp_path, {}, ClassTable([])).add("chat.json", json.dumps(template()).encode())
    fields = {field.name: field for field in kept.form.fields}
    assert (fields["cfg"].type, fields["seed"].type, fields["width"].type) == ("float", "int", "int")
    assert (fields["checkpoint"].type, fields["checkpoint"].default, fields["checkpoint"].required) == (
        "text",
        None,
        True,
    )


def test_placeholders_that_nobody_knows_are_named(library: Library) -> None:
    strange = json.dumps(template(seed="%dice%") | {"20": node("LoadImage", image="%user_avatar%")})
    with pytest.raises(InvalidInputError, match=r"%dice% \(node 3, seed\), %user_avatar% \(node 20, image\)"):
        library.add("chat.json", strange.encode())


def test_what_only_looks_like_one_stays(library: Library) -> None:
    graph = painting(text="100% wool, 50%off% and %date:yyyy%")
    graph["9"]["inputs"]["filename_prefix"] = "%year%"
    kept = library.add("wool.json", json.dumps(graph).encode())
    assert kept.graph == graph


def test_a_template_that_is_json_only_when_it_is_filled(library: Library) -> None:
    text = json.dumps(template()).replace('"%seed%"', "%seed%").replace('"%steps%"', "%steps%")
    text = text.replace('"%prompt%"', '"masterpiece, %prompt%, best, 100% wool"')
    kept = library.add("chat.json", text.encode())
    assert kept.problem is None
    assert kept.graph is not None
    assert kept.graph["6"]["inputs"]["text"] == "masterpiece, %prompt%, best, 100% wool"


def crowds() -> dict[str, Any]:
    """Files of half a megabyte that any reader with a loop within a loop would sit over for minutes."""
    many = range(9_000)
    inner = {"id": "S", "nodes": [], "links": [[each, 1, 0, -20, 0, "*"] for each in range(10_000)]}
    entry = {"name": "images", "type": "IMAGE"}
    savers = [{"id": each, "type": "SaveImage", "inputs": [{**entry, "link": each}]} for each in range(1, 5_000)]
    wired = [[each, 0, 0, each, 0, "IMAGE"] for each in range(1, 5_000)]
    return {
        "marks": {str(each): node("A", "<a>", value=1) for each in many},
        "words": {
            "s": node("KSampler", positive=["0", 0], negative=["0", 0]),
            **{str(each): node("A", text=f"words {each}", more=[str(each + 1), 0]) for each in many},
        },
        "latents": {str(each): node("KSampler", latent_image=[str(each + 1), 0]) for each in many},
        "outputs": {
            "nodes": [{"id": 0, "type": "S"}, *savers],
            "links": wired,
            "definitions": {"subgraphs": [inner]},
        },
    }


@pytest.mark.parametrize("name", ["marks", "words", "latents", "outputs"])
def test_a_crowd_of_nodes_is_read_without_a_loop_within_a_loop(library: Library, tmp_path: Path, name: str) -> None:
    put(tmp_path, "crowd.json", json.dumps(crowds()[name]))
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1
        assert steps < 20_000_000  # a square of the nodes is eighty million

    sys.setprofile(count)  # calls are counted, because seconds would measure the machine
    try:
        [found] = library.all()
    finally:
        sys.setprofile(None)
    assert len(found.fields) <= MOST_FIELDS + 1
