"""Values for the fields of a workflow that somebody keeps under a name."""

import json

import pytest

from musings.errors import ConflictError
from musings.models import WorkflowVersion
from musings.store.database import Database
from musings.store.gallery import presets, workflows
from tests.musings.store.adding import shell

VERSION = WorkflowVersion("abc", "fox", "comfyui", json.dumps({"file": "fox.json", "text": "{}", "sidecar": None}))


def test_a_preset_is_kept_with_the_version_that_its_fields_are_of(database: Database) -> None:
    database.writing(presets.keep, "fox", "wide", {"width": 1024, "words": None}, VERSION)
    database.writing(presets.keep, "fox", "fast", {"steps": 4}, None)
    database.writing(presets.keep, "owl", "wide", {}, None)
    fast, wide = database.reading(presets.of_workflow, "fox")
    assert (fast.name, fast.values, fast.hash) == ("fast", {"steps": 4}, None)
    assert (wide.name, wide.values, wide.hash) == ("wide", {"width": 1024, "words": None}, "abc")
    assert database.reading(workflows.find, "abc") == VERSION


def test_the_same_name_takes_the_place_and_a_removed_one_is_gone(database: Database) -> None:
    for width in (512, 768):
        database.writing(presets.keep, "fox", "wide", {"width": width}, None)
    [kept] = database.reading(presets.of_workflow, "fox")
    assert kept.values == {"width": 768}
    for _ in range(2):
        database.writing(presets.remove, "fox", "wide")
    assert database.reading(presets.of_workflow, "fox") == []


def test_a_workflow_has_only_so_many(database: Database) -> None:
    for number in range(presets.MOST):
        database.writing(presets.keep, "fox", str(number), {}, None)
    with pytest.raises(ConflictError, match="presets already"):
        database.writing(presets.keep, "fox", "one more", {}, None)
    # One that is there may still change.
    database.writing(presets.keep, "fox", "7", {"steps": 1}, None)


def test_a_row_of_another_program_breaks_nothing(database: Database) -> None:
    shell(database, "INSERT INTO musings_workflow_presets VALUES ('fox', 'odd', 'no JSON', NULL, '2026-01-01')")
    [found] = database.reading(presets.of_workflow, "fox")
    assert found.name == "odd"
