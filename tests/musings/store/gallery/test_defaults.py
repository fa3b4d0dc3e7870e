"""The default workflow of a kind: the first that could be used stays, until the owner chooses."""

from musings.models import Kind
from musings.store.database import Database
from musings.store.gallery import defaults
from musings.store.gallery.defaults import Default, WorkflowDefaults
from tests.musings.store.adding import shell


def test_a_default_does_not_change_by_itself(database: Database) -> None:
    for name in ("fox", "bear"):
        database.writing(defaults.settle, Kind.IMAGE, name)
    database.writing(defaults.settle, Kind.MUSIC, "song")
    assert database.reading(defaults.read) == {Kind.IMAGE: Default("fox", False), Kind.MUSIC: Default("song", False)}


def test_the_owner_may_change_it_and_is_not_overruled(database: Database) -> None:
    database.writing(defaults.settle, Kind.IMAGE, "fox")
    for name in ("bear", "owl"):
        database.writing(defaults.choose, Kind.IMAGE, name)
    database.writing(defaults.settle, Kind.IMAGE, "fox")
    assert database.reading(defaults.read) == {Kind.IMAGE: Default("owl", True)}


def test_a_kind_of_another_version_is_passed_over(database: Database) -> None:
    shell(
        database, "INSERT INTO musings_workflow_defaults (kind, workflow, by_owner, set_at) VALUES ('smell', 'a', 1, 0)"
    )
    assert database.reading(defaults.read) == {}


def test_makers_see_the_table_as_it_is_now(database: Database) -> None:
    known = WorkflowDefaults(database)
    assert known.read() == {}
    known.settle(Kind.VOICE, "aloud")
    known.choose(Kind.TEXT, "poets")
    assert known.read() == {Kind.VOICE: Default("aloud", False), Kind.TEXT: Default("poets", True)}
    database.writing(defaults.choose, Kind.VOICE, "other")
    assert known.read()[Kind.VOICE].workflow == "other"
