"""What an installation remembers of its workflow files, also after a restart."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import InvalidInputError, NotFoundError
from musings.makers.base import Workflow
from musings.makers.choice import Makers
from musings.requests.stored_makers import makers_of
from musings.requests.workflow_memory import WorkflowMemory
from musings.store.database import Database
from musings.store.gallery import presets
from tests.musings.makers.comfyui.graphs import Graph, node, painting
from tests.musings.makers.comfyui.renumbering import renumbered
from tests.musings.store.adding import shell


@contextmanager
def installation(settings: Settings, database: Database) -> Iterator[tuple[Makers, WorkflowMemory]]:
    """As after a restart: nothing is known but what was kept."""
    makers = makers_of(settings, database)
    try:
        yield makers, WorkflowMemory(makers, database)
    finally:
        makers.close()


def write(settings: Settings, graph: Graph, sidecar: str | None = None) -> None:
    folder = settings.media.workflows
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fox.json").write_text(json.dumps(graph))
    if sidecar is not None:
        (folder / "fox.form.toml").write_text(sidecar)


def fox(makers: Makers) -> Workflow:
    return next(each for each in makers.offered() if each.name == "fox")


def said(settings: Settings, database: Database) -> list[str]:
    with installation(settings, database) as (makers, memory):
        found = memory.changes(makers.offered())
        return list(found["fox"].said) if "fox" in found else []


def without_steps() -> Graph:
    graph = renumbered(painting())
    sampler = next(data for data in graph.values() if data["class_type"] == "KSampler")
    del sampler["inputs"]["steps"]
    graph["90"] = node("LoadImage", "Photo", image="a.png")
    graph["91"] = node("PreviewImage", images=["90", 0])
    return graph


def test_what_a_new_export_moved_is_told_after_a_restart(settings: Settings, database: Database) -> None:
    write(settings, painting())
    assert said(settings, database) == []
    write(settings, without_steps())
    told = said(settings, database)
    assert "prompt goes to node 16 now, which was 6." in told
    assert any(words.startswith("steps is gone") for words in told)
    assert "image is new." in told
    # Until the file changes again, however often it is asked.
    assert said(settings, database) == told
    write(settings, painting(text="another fox"))
    assert "image is gone" in " ".join(said(settings, database))


def test_a_change_that_moves_nothing_says_nothing(settings: Settings, database: Database) -> None:
    write(settings, painting())
    assert said(settings, database) == []
    write(settings, painting(steps=9))
    assert said(settings, database) == []


def test_a_file_that_cannot_be_read_meanwhile_is_no_change(settings: Settings, database: Database) -> None:
    write(settings, painting())
    assert said(settings, database) == []
    (settings.media.workflows / "fox.json").write_text("{ half")
    assert said(settings, database) == []
    write(settings, painting())
    assert said(settings, database) == []


def test_presets_keep_working_after_the_fields_moved(settings: Settings, database: Database) -> None:
    graph = painting()
    graph["50"] = node("CLIPTextEncode", "Left side", text="a tree", clip=["4", 1])
    graph["51"] = node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["50", 0])
    graph["3"]["inputs"]["positive"] = ["51", 0]
    write(settings, graph)
    values = {"steps": 4, "left_side": "an oak", "cfg": 3.5}
    with installation(settings, database) as (makers, memory):
        kept = memory.keep(fox(makers), "oak", values)
        assert (kept.values, kept.gone) == (values, [])
    graph = renumbered(graph)
    del graph["13"]["inputs"]["cfg"]
    graph["150"]["_meta"]["title"] = "Left half"
    write(settings, graph)
    with installation(settings, database) as (_, memory):
        moved = memory.preset("fox", "oak")
    assert (moved.values, moved.gone) == ({"steps": 4, "left_half": "an oak"}, ["cfg"])
    # What was kept stays as it was: the next export may bring the field back.
    assert database.reading(presets.of_workflow, "fox")[0].values == values


def test_a_preset_has_values_that_the_form_takes(settings: Settings, database: Database) -> None:
    write(settings, painting())
    with installation(settings, database) as (makers, memory):
        workflow = fox(makers)
        with pytest.raises(InvalidInputError, match="steps"):
            memory.keep(workflow, "bad", {"steps": "many"})
        with pytest.raises(InvalidInputError, match="sepia"):
            memory.keep(workflow, "bad", {"sepia": 1})
        with pytest.raises(InvalidInputError, match="name"):
            memory.keep(workflow, " ", {"steps": 4})
        # As the terminal gives them, and not all of them.
        assert memory.keep(workflow, "fast", {"steps": "4"}).values == {"steps": 4}
        memory.forget("fox", "fast")
        with pytest.raises(NotFoundError):
            memory.forget("fox", "fast")


def test_what_is_built_in_has_presets_too(settings: Settings, database: Database) -> None:
    with installation(settings, database) as (makers, memory):
        sketch = next(each for each in makers.offered() if each.name == "sketch-image")
        name = next(each.name for each in sketch.form if each.type == "int")
        memory.keep(sketch, "own", {name: 64})
        assert memory.preset("sketch-image", "own").values == {name: 64}


def test_a_sidecar_means_the_same_nodes_after_a_restart(settings: Settings, database: Database) -> None:
    """Only the id says which of two texts is meant; the export gave that id to another node."""
    sidecar = '[fields.words]\nnode = "6"\ninput = "text"\nlabel = "What to paint"\n'
    graph = painting()
    graph["6"]["_meta"], graph["7"]["_meta"] = {"title": "Positive"}, {"title": "Negative"}
    write(settings, graph, sidecar)
    assert said(settings, database) == []
    graph["6"], graph["7"] = graph["7"], graph["6"]
    graph["3"]["inputs"] |= {"positive": ["7", 0], "negative": ["6", 0]}
    write(settings, graph, sidecar)
    # Twice: what was seen last is not what the sidecar was written for.
    assert "words goes to node 7 now, which was 6." in said(settings, database)
    with installation(settings, database) as (makers, _):
        words = next(each for each in fox(makers).form if each.name == "words")
        assert words.default == "a red fox"


def test_prompts_that_wait_keep_their_version(settings: Settings, database: Database, tmp_path: Path) -> None:
    write(settings, painting())
    with installation(settings, database) as (makers, memory):
        memory.changes(makers.offered())
        pinned = makers.pin("fox")
    assert pinned is not None
    write(settings, without_steps())
    with installation(settings, database) as (makers, memory):
        memory.changes(makers.offered())
        before = makers.changes("fox", pinned)
        assert before is not None
        assert before.names["steps"] is None
        now = makers.pin("fox")
    assert now is not None
    assert now.hash != pinned.hash
    assert "steps" in json.loads(pinned.content)["text"]


def test_kept_versions_of_another_program_break_nothing(settings: Settings, database: Database) -> None:
    write(settings, painting(), 'title = "Fox"\n')
    assert said(settings, database) == []
    shell(database, "UPDATE workflow_versions SET content = 'no JSON'")
    assert said(settings, database) == []
    write(settings, renumbered(painting()), 'title = "Fox"\n')
    assert said(settings, database) == []
