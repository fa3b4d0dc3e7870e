"""A graph that is run as it was sent."""

import json
from pathlib import Path

import pytest

from musings.errors import InvalidInputError
from musings.makers.base import SentFile
from musings.makers.comfyui import literal
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.library import Library
from musings.models import Kind
from tests.musings.makers.comfyui.graphs import Graph, film, node, painting, picture, sounds, spoken


@pytest.mark.parametrize(
    ("graph", "kind"),
    [(picture(), Kind.IMAGE), (sounds(), Kind.MUSIC), (film(), Kind.VIDEO), (spoken("x"), Kind.TEXT)],
)
def test_it_is_kept_as_it_is_with_what_it_makes(tmp_path: Path, graph: Graph, kind: Kind) -> None:
    sent = literal.taken(graph, {}, None)
    assert (sent.kind, list(sent.form)) == (kind, [])
    found = Library(tmp_path, {}, ClassTable([])).of_version(sent.version.name, "comfyui", sent.version.content)
    assert (found.graph, found.kind, found.literal, list(found.fields)) == (graph, kind, True, [])
    assert not list(tmp_path.iterdir())


def test_what_people_want_to_know_stands_beside_it() -> None:
    sent = literal.taken(painting(seed=7), {}, None)
    found = literal.read(json.loads(sent.version.content))
    assert found is not None
    assert (sent.words, found.shown["seed"], found.shown["negative_prompt"]) == ("a red fox", 7, "watermark")


def test_a_graph_that_no_form_fits_runs_all_the_same() -> None:
    sent = literal.taken({"1": node("Strange", text="%nonsense%")}, {}, None)
    assert (sent.kind, sent.words) in ((Kind.IMAGE, None), (Kind.IMAGE, "%nonsense%"))


def test_its_files_are_fields() -> None:
    graph = {"1": node("LoadImage", image="a.png"), "2": node("SaveImage", images=["1", 0], filename_prefix="x")}
    sent = literal.taken(graph, {"file_1": SentFile("1", "image", "image")}, None)
    assert [(field.name, field.type) for field in sent.form] == [("file_1", "image")]
    found = literal.read(json.loads(sent.version.content))
    assert found is not None
    assert [(each.node, each.input) for each in found.form.bindings] == [("1", "image")]


def test_two_graphs_are_two_versions_and_one_is_one() -> None:
    graphs = (picture(), picture(), picture(color=1))
    first, again, other = (literal.taken(graph, {}, None).version.hash for graph in graphs)
    assert first == again != other


def test_one_that_is_too_large_is_refused_and_others_are_not_literal() -> None:
    with pytest.raises(InvalidInputError, match="is larger than"):
        literal.taken({"1": node("A", text="x" * literal.LARGEST_BYTES)}, {}, None)
    assert literal.read({"text": "{}"}) is None
