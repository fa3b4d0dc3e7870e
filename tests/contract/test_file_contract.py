"""``/view``, ``/upload/image`` and the pages that describe a server."""

import io
import json
import uuid
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from comfyui_workflows.object_info import choices_of
from fake_comfyui.dialect import Dialect
from fake_comfyui.nodes import classes
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.fetching import Fetched, fetch
from musings.makers.comfyui.library import Library
from musings.makers.comfyui.outputs import files_of
from tests.contract.watch import run
from tests.musings.makers.comfyui.graphs import Graph, film, node, picture, sounds


def fresh() -> str:
    return f"contract/{uuid.uuid4().hex[:8]}"


def made(url: str, server: ComfyServer, graph: Graph, folder: Path) -> list[Fetched]:
    entry = server.history(run(url, graph).prompt_id)
    assert entry is not None
    return [
        fetch(server, file, folder / f"{number}{file.suffix}") for number, file in enumerate(files_of(entry.outputs))
    ]


def view(url: str, **params: str) -> httpx.Response:
    return httpx.get(f"{url}/view", params=params, trust_env=False)


def test_a_picture_arrives_with_its_recipe(url: str, server: ComfyServer, tmp_path: Path) -> None:
    (fetched,) = made(url, server, picture(prefix=fresh(), color=0x0000FF), tmp_path)
    assert fetched.media_type == "image/png"
    assert fetched.size == fetched.path.stat().st_size
    with Image.open(fetched.path) as opened:
        assert opened.size == (32, 24)
        assert opened.convert("RGB").getpixel((3, 3)) == (0, 0, 255)
        assert '"EmptyImage"' in opened.info["prompt"]


def test_sounds_arrive_and_decode(url: str, server: ComfyServer, tmp_path: Path) -> None:
    fetched = made(url, server, sounds(fresh()), tmp_path)
    assert sorted(file.path.suffix for file in fetched) == [".flac", ".mp3", ".opus"]
    for file in fetched:
        with av.open(str(file.path)) as container:
            assert sum(frame.samples for frame in container.decode(audio=0)) > 20_000


def test_a_film_arrives_and_decodes(url: str, server: ComfyServer, tmp_path: Path) -> None:
    (fetched,) = made(url, server, film(fresh()), tmp_path)
    assert fetched.media_type == "video/mp4"
    with av.open(str(fetched.path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 4


@pytest.mark.parametrize("graph", [picture(color=0x00FF00), sounds("x"), film("x")], ids=["picture", "sounds", "film"])
def test_a_file_gives_back_the_workflow_that_made_it(
    url: str, server: ComfyServer, tmp_path: Path, graph: Graph
) -> None:
    """Import, run, import what came out, run that: the same graph each time, with the form that it had."""
    first = Library(tmp_path / "media", {}, ClassTable([server]))
    kept = first.add("first.json", json.dumps(named(graph, fresh())).encode())
    assert kept.graph is not None
    for fetched in made(url, server, dict(kept.graph), tmp_path):
        again = first.add(f"again {fetched.path.name}", fetched.path.read_bytes())
        assert again.problem is None
        assert again.graph is not None
        assert {each: bare(again.graph[each]) for each in again.graph} == {
            each: bare(kept.graph[each]) for each in kept.graph
        }
        assert [field.name for field in again.fields] == [field.name for field in kept.fields]
        assert again.kind is kept.kind
        (tmp_path / again.name).mkdir()
        assert made(url, server, dict(again.graph), tmp_path / again.name)


def named(graph: Graph, prefix: str) -> Graph:
    return {
        each: {
            **data,
            "inputs": {
                **data["inputs"],
                **({"filename_prefix": prefix} if "filename_prefix" in data["inputs"] else {}),
            },
        }
        for each, data in graph.items()
    }


def bare(data: Any) -> tuple[str, Any]:
    return data["class_type"], data["inputs"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"filename": "absent.png"}, 404),
        ({"filename": "../secret.png"}, 400),
        ({"filename": "/etc/passwd"}, 400),
        ({"filename": "a..b.png"}, 400),
        ({"filename": "a.png", "subfolder": "../.."}, 403),
        ({"filename": "a.png", "subfolder": "/etc"}, 403),
        ({"filename": "a.png", "type": "bogus"}, 400),
    ],
)
def test_what_view_refuses(url: str, params: dict[str, str], status: int) -> None:
    assert view(url, **params).status_code == status


def test_view_ranges_and_tags(url: str, server: ComfyServer, tmp_path: Path) -> None:
    (fetched,) = made(url, server, picture(prefix=fresh()), tmp_path)
    source = fetched.source
    whole = view(url, filename=source.filename, subfolder=source.subfolder)
    assert whole.headers["content-length"] == str(fetched.size)
    params = {"filename": source.filename, "subfolder": source.subfolder, "type": "output"}
    part = httpx.get(f"{url}/view", params=params, headers={"range": "bytes=0-7"}, trust_env=False)
    assert (part.status_code, part.content) == (206, b"\x89PNG\r\n\x1a\n")
    tag = {"if-none-match": whole.headers["etag"]}
    assert httpx.get(f"{url}/view", params=params, headers=tag, trust_env=False).status_code == 304


def test_a_preview_of_a_picture(url: str, server: ComfyServer, tmp_path: Path) -> None:
    (fetched,) = made(url, server, picture(prefix=fresh()), tmp_path)
    source = fetched.source
    answer = view(url, filename=source.filename, subfolder=source.subfolder, preview="webp")
    assert answer.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(answer.content)) as opened:
        assert opened.size == (32, 24)


def test_an_upload_gets_a_name_of_its_own_and_can_be_loaded(url: str, server: ComfyServer, tmp_path: Path) -> None:
    path, name = tmp_path / f"{uuid.uuid4().hex}.png", fresh()
    Image.new("RGB", (20, 10), (9, 8, 7)).save(path)
    assert server.upload(path) == path.name
    assert server.upload(path) == path.name
    Image.new("RGB", (20, 10), (1, 2, 3)).save(path)
    other = server.upload(path)
    assert other != path.name
    in_folder = server.upload(path, subfolder="musings")
    assert in_folder == f"musings/{path.name}"
    for value in (other, in_folder):
        graph = {
            "1": node("LoadImage", image=value),
            "2": node("SaveImage", images=["1", 0], filename_prefix=name),
        }
        (fetched,) = made(url, server, graph, tmp_path)
        with Image.open(fetched.path) as opened:
            assert opened.convert("RGB").getpixel((0, 0)) == (1, 2, 3)


def test_object_info_describes_what_a_form_needs(server: ComfyServer) -> None:
    info = server.object_info()
    size = info["EmptyImage"]["input"]["required"]["width"]
    assert (size[0], size[1]["min"], size[1]["default"]) == ("INT", 1, 512)
    assert info["SaveImage"]["output_node"] is True
    assert info["EmptyImage"]["output"] == ["IMAGE"]
    assert info["KSampler"]["input_order"]["required"][:4] == ["model", "seed", "steps", "cfg"]
    assert "128k" in choices_of(info["SaveAudioMP3"]["input"]["required"]["quality"])
    assert isinstance(info["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0], list)


def test_the_classes_that_the_fake_knows_are_real(server: ComfyServer, dialect: Dialect) -> None:
    """Inputs and outputs of every class of the fake agree with this server's; run against a real one it
    is a check.
    """
    info = server.object_info()
    for name, known in classes((), [], [], dialect).items():
        if name not in info and (known.module or "").startswith("custom_nodes"):
            continue  # it was started without them
        told = info[name]
        assert told["output"] == list(known.outputs), name
        assert told["output_node"] is known.saves, name
        for group, specs in (("required", known.required), ("optional", known.optional)):
            assert list(told["input"].get(group, {})) == list(specs), name
            for field, spec in specs.items():
                theirs = told["input"][group][field]
                either = isinstance(theirs[0], list) or theirs[0] == "COMBO"  # the style of choices varies by version
                assert either == (isinstance(spec[0], list) or spec[0] == "COMBO"), f"{name}.{field}"
                if not either:
                    assert theirs[0] == spec[0], f"{name}.{field}"
                    limits = spec[1] if len(spec) > 1 else {}
                    for key in ("min", "max", "default", "multiline"):
                        if key in limits and key in theirs[1]:
                            assert theirs[1][key] == limits[key], f"{name}.{field}.{key}"


def test_object_info_of_one_class(url: str) -> None:
    assert list(httpx.get(f"{url}/object_info/SaveImage", trust_env=False).json()) == ["SaveImage"]
    assert httpx.get(f"{url}/object_info/NoSuchNode", trust_env=False).json() == {}


def test_system_stats(server: ComfyServer) -> None:
    stats = server.system_stats()
    assert server.version() == stats["system"]["comfyui_version"]
    assert {"name", "type", "vram_total", "vram_free"} <= stats["devices"][0].keys()


@pytest.mark.parametrize("path", ["nothing/here", "interrupt"])
def test_an_unknown_path_and_a_wrong_method_are_404(url: str, path: str) -> None:
    assert httpx.get(f"{url}/{path}", trust_env=False).status_code == 404


def test_pages_of_other_sites_are_turned_away(url: str) -> None:
    answer = httpx.get(f"{url}/prompt", headers={"origin": "http://evil.example"}, trust_env=False)
    assert answer.status_code == 403
