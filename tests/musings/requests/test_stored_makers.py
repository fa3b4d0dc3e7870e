"""The makers of an installation."""

from musings.config.settings import Settings
from musings.models import Kind
from musings.requests.stored_makers import makers_of
from musings.store.database import Database
from musings.store.gallery.defaults import WorkflowDefaults


def test_they_know_what_the_owner_chose(settings: Settings, database: Database) -> None:
    WorkflowDefaults(database).choose(Kind.TEXT, "sketch-text")
    makers = makers_of(settings, database)
    assert makers.default_of(Kind.TEXT) == "sketch-text"
    makers.close()
