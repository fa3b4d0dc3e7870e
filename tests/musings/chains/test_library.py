"""The chains there are; those that come with Musings are in order and can be run."""

import pytest

from musings.chains import library, reading
from musings.chains.library import ChainSource
from musings.config.settings import Settings
from musings.errors import InvalidInputError, NotFoundError
from musings.makers.choice import Makers
from musings.store.database import Database
from tests.musings.chains.studio import TWO

NAMES = ["album", "illustrated-story", "musing", "picture-book"]


def names(database: Database) -> list[str]:
    return [each.chain.name for each in database.reading(library.listing)]


@pytest.mark.parametrize("found", library.shipped(), ids=lambda found: str(found.chain.name))
def test_each_that_comes_with_musings_can_be_run_without_a_server(
    found: library.ListedChain, settings: Settings
) -> None:
    library.check_makers(found.chain, Makers(settings))
    assert found.chain.title
    assert found.chain.description
    assert found.source is ChainSource.SHIPPED


def test_one_is_stored_listed_and_removed(database: Database) -> None:
    assert names(database) == NAMES
    stored = database.writing(library.store, reading.from_toml(TWO))
    assert names(database) == [*NAMES, "two"]
    assert database.reading(library.named, "two") == stored
    database.writing(library.remove, "two")
    assert names(database) == NAMES
    with pytest.raises(NotFoundError):
        database.writing(library.remove, "two")


def test_one_may_stand_in_the_place_of_a_shipped_one_which_comes_back(database: Database) -> None:
    own = reading.from_toml(TWO.replace('name = "two"', 'name = "musing"'))
    database.writing(library.store, own)
    assert database.reading(library.named, "musing").source is ChainSource.OWN
    assert names(database) == NAMES
    database.writing(library.remove, "musing")
    assert database.reading(library.named, "musing").source is ChainSource.SHIPPED
    with pytest.raises(NotFoundError, match="comes with Musings and stays"):
        database.writing(library.remove, "musing")


def test_what_its_workflows_do_not_have_is_told(settings: Settings) -> None:
    odd = TWO.replace('kind = "image"', 'kind = "image"\nworkflow = "opera"') + "[steps.parameters]\nx = 1\n"
    with pytest.raises(InvalidInputError, match=r"steps.2.workflow"):
        library.check_makers(reading.from_toml(odd), Makers(settings))
    with pytest.raises(InvalidInputError, match=r"steps.2.parameters.x: the workflow has no such parameter"):
        library.check_makers(reading.from_toml(TWO + "[steps.parameters]\nx = 1\n"), Makers(settings))
