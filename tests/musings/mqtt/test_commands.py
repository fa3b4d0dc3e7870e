"""Commands on a real database, without a broker."""

from collections.abc import Iterator

import pytest

from musings.config.settings import Settings
from musings.errors import InvalidInputError, NotFoundError, QueueFullError
from musings.makers.choice import Makers
from musings.mqtt.commands import Commands, GivenCommand
from musings.requests.stored_makers import makers_of
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.queue import pause
from tests.musings.store.adding import in_status


@pytest.fixture
def makers(settings: Settings, database: Database) -> Iterator[Makers]:
    made = makers_of(settings, database)
    yield made
    made.close()


@pytest.fixture
def commands(settings: Settings, database: Database, makers: Makers) -> Commands:
    return Commands(settings, database, makers)


def asked(database: Database) -> list[tuple[str, str]]:
    found = database.reading(lists.listing, lists.PromptFilter(), 50, None).items
    return [(each.prompt_text, each.prompt_type) for each in found]


def test_words_are_a_prompt_of_the_chosen_kind(commands: Commands, database: Database) -> None:
    commands.do(GivenCommand("make", b"{a fox|a wolf} in the snow"))
    assert asked(database) == [("{a fox|a wolf} in the snow", "image")]


def test_an_object_says_all_that_a_prompt_may(commands: Commands, database: Database) -> None:
    text = b'{"prompt_text": "a waltz", "prompt_type": "music", "priority": 2, "parameters": {"duration": 20}}'
    commands.do(GivenCommand("make", text))
    [made] = database.reading(lists.listing, lists.PromptFilter(), 5, None).items
    assert (made.prompt_type, made.priority, made.parameters) == ("music", 2, {"duration": 20})
    assert made.metadata["mqtt"] == {"node": "musings"}


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"", "prompt_text: is empty"),
        (b'{"prompt_text": 7}', "prompt_text: must be a text"),
        (b'{"prompt_text": "a", "priority": true}', "priority: must be a whole number"),
        (b'{"prompt_text": "a", "parameters": {"widht": 3}}', "widht"),
        (b'{"prompt_text": "a", "workflow": "nothing"}', "nothing"),
        (b'{"a":' * 5000, "begins as JSON"),
        (b"x" * 800_001, "bytes long"),
    ],
)
def test_what_is_wrong_is_said(commands: Commands, database: Database, payload: bytes, words: str) -> None:
    with pytest.raises((InvalidInputError, NotFoundError), match=words):
        commands.do(GivenCommand("make", payload))
    assert asked(database) == []


def test_a_repetition_of_what_was_done_does_nothing(commands: Commands, database: Database) -> None:
    commands.do(GivenCommand("make", b"a fox", delivery=7))
    commands.do(GivenCommand("make", b"a fox", delivery=7, is_repeated=True))
    assert len(asked(database)) == 1


def test_a_repetition_of_what_was_lost_is_done(commands: Commands, database: Database) -> None:
    commands.do(GivenCommand("make", b"a fox", delivery=7, is_repeated=True))
    assert len(asked(database)) == 1


def test_the_same_words_under_the_same_number_are_meant_again(commands: Commands, database: Database) -> None:
    """A broker that was restarted counts from one again."""
    for _ in range(2):
        commands.do(GivenCommand("make", b"a fox", delivery=1))
    assert len(asked(database)) == 2


def test_a_full_queue_is_said(settings: Settings, database: Database, makers: Makers) -> None:
    processing = settings.processing.model_copy(update={"max_pending": 1})
    commands = Commands(settings.model_copy(update={"processing": processing}), database, makers)
    commands.do(GivenCommand("make", b"one"))
    with pytest.raises(QueueFullError):
        commands.do(GivenCommand("make", b"two"))


def test_pause_resume_retry_and_the_kind(commands: Commands, database: Database) -> None:
    in_status(database, "failed")
    commands.do(GivenCommand("pause", b"PRESS"))
    assert database.reading(pause.is_paused)
    commands.do(GivenCommand("resume", b"PRESS"))
    assert not database.reading(pause.is_paused)
    commands.do(GivenCommand("retry", b"PRESS"))
    assert database.reading(lists.listing, lists.PromptFilter(statuses=["failed"]), 5, None).items == ()
    commands.do(GivenCommand("kind", b"voice"))
    assert commands.kind == "voice"
