"""Workflow files as they were, once each, by their hash."""

from musings.models import WorkflowVersion
from musings.store.database import Database
from musings.store.gallery import workflows

FOX = WorkflowVersion("aa", "fox", "comfyui", '{"1": {"text": "ä\\n🦊"}}')


def test_a_version_comes_back_as_it_was(database: Database) -> None:
    database.writing(workflows.keep, FOX)
    assert database.reading(workflows.find, "aa") == FOX
    assert database.reading(workflows.find, "bb") is None


def test_a_hash_names_one_content_for_ever(database: Database) -> None:
    database.writing(workflows.keep, FOX)
    database.writing(workflows.keep, WorkflowVersion("aa", "renamed", "script", "other"))
    assert database.reading(workflows.find, "aa") == FOX


def test_names_of_those_that_were_kept(database: Database) -> None:
    database.writing(workflows.keep, FOX)
    assert database.reading(workflows.names, {"aa", "bb"}) == {"aa": "fox"}
    assert database.reading(workflows.names, set()) == {}
