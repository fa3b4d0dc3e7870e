"""A graph becomes a prompt once, with its files; what both protocols do with it is in their own tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.api.comfyui_calls import ComfyUICall
from musings.api.comfyui_files import NamedFile
from musings.api.comfyui_submission import PostedGraph, submit
from musings.comfyui_api.refusals import GraphRefusal
from musings.errors import InvalidInputError
from musings.models import ArtifactType
from musings.security.scopes import ANONYMOUS
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.makers.comfyui.graphs import node, picture


@pytest.fixture
def door(tmp_path: Path, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path, fresh_database, worker=False) as found:
        yield found


@pytest.fixture
def call(door: ComfyUIDoor) -> ComfyUICall:
    return ComfyUICall(door.services, ANONYMOUS)


def test_an_id_is_made_once_and_the_caller_sees_whether_it_is_the_same(call: ComfyUICall, door: ComfyUIDoor) -> None:
    first, again = (submit(call, PostedGraph(picture(), "j", "hash", labels={"a": "b"})) for _ in range(2))
    other = submit(call, PostedGraph(picture(color=2), "j", "other"))
    assert (first.is_new, again.is_new, other.is_new) == (True, False, False)
    assert {each.job.graph_hash for each in (first, again, other)} == {"hash"}
    [row] = door.rows()
    assert '"metadata": {"a": "b"}' in row["metadata"]


def test_files_that_a_graph_names_otherwise_go_with_it(call: ComfyUICall) -> None:
    """They must be here: a prompt that names a file that is gone would only fail later."""
    graph = {"1": node("LoadImage", image="photo.png"), "2": node("SaveImage", images=["1", 0], filename_prefix="x")}
    gone = NamedFile("upload:" + "0" * 64, "x", ArtifactType.IMAGE)
    with pytest.raises((GraphRefusal, InvalidInputError), match="upload"):
        submit(call, PostedGraph(graph, "j", "h", files={("1", "image"): gone}))
    with pytest.raises(GraphRefusal, match="failed validation"):
        submit(call, PostedGraph(graph, "j", "h"))


def test_a_part_is_taken_only_where_the_caller_can_be_told(call: ComfyUICall) -> None:
    graph = {**picture(), "5": node("SaveImage", images=["1", 0])}
    assert list(submit(call, PostedGraph(graph, "part", "h")).node_errors) == ["5"]
    with pytest.raises(GraphRefusal) as caught:
        submit(call, PostedGraph(graph, "whole", "h", in_part=False))
    assert list(caught.value.body["node_errors"]) == ["5"]
