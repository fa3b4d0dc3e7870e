"""Voice prompts on a speech server, and writings read aloud, from the queue to the sound."""

from collections.abc import Iterator

import pytest

from musings.config.settings import Settings
from musings.makers.choice import Makers
from musings.makers.speech.aloud import spoken
from musings.models import Kind, NewPrompt, Prompt, StoredWriting, Writing
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import submission
from musings.store.writings import writings
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.fakes.speech import FakeSpeech

POEM = "# One\n\n**Salt** on the *rail*,\n> a gull that will `not` land.\n\n---\n\nsnake_case_stays"


@pytest.fixture
def speech() -> Iterator[FakeSpeech]:
    server = FakeSpeech()
    yield server
    server.close()


@pytest.fixture
def settings(make_settings: MakeSettings, speech: FakeSpeech) -> Settings:
    return make_settings(
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2, "max_attempts": 1},
        voice={"url": speech.url, "voice": "nova", "voices": ["echo"], "speed": 1.5, "model": "kokoro"},
    )


def drained(settings: Settings, database: Database, text: str = "Salt on the rail.", **more: object) -> Prompt:
    asked, _ = database.writing(submission.add, NewPrompt(text, "voice", **more))  # type: ignore[arg-type]
    assemble.runner(settings, database).run_queue_processor(drain=True)
    return database.reading(prompts.get, asked.id)


def keep(database: Database) -> int:
    with database.write() as connection:
        return writings.insert_writing(connection, Writing("The Lamp", POEM, "poetry"))


def test_a_voice_prompt_is_spoken_by_the_server(settings: Settings, database: Database, speech: FakeSpeech) -> None:
    found = drained(settings, database)
    assert (found.status, found.error_message) == ("completed", None)
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    facts = artifact.metadata
    assert (facts["backend"], facts["voice"], facts["model"]) == (f"{speech.url}/v1", "nova", "kokoro")
    assert (facts["sample_rate"], facts["channels"], facts["codec"]) == (24_000, 1, "flac")
    assert speech.asked[0].body["speed"] == 1.5


def test_a_voice_of_the_list_may_be_named_and_no_other(
    settings: Settings, database: Database, speech: FakeSpeech
) -> None:
    assert drained(settings, database, parameters={"voice": "echo"}).status == "completed"
    assert speech.asked[0].body["voice"] == "echo"
    refused = drained(settings, database, parameters={"voice": "opera"})
    assert refused.status == "failed"
    assert "must be one of nova, echo" in (refused.error_message or "")


def test_a_writing_is_read_aloud(settings: Settings, database: Database, speech: FakeSpeech) -> None:
    writing = keep(database)
    found = drained(settings, database, "Read it to me", parameters={"writing_id": writing})
    assert found.status == "completed"
    said = " ".join(seen.body["input"] for seen in speech.asked)
    heard = "The Lamp. One Salt on the rail, a gull that will not land. snake_case_stays"
    assert said.split() == heard.split()
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert artifact.metadata["writing_id"] == writing
    assert artifact.metadata["title"] == "The Lamp"
    assert artifact.metadata["original_prompt"] == "Read it to me"


def test_a_writing_that_is_not_there_is_told(settings: Settings, database: Database, speech: FakeSpeech) -> None:
    found = drained(settings, database, parameters={"writing_id": 99})
    assert found.status == "failed"
    assert "There is no writing 99." in (found.error_message or "")
    assert speech.asked == []


def test_the_sketch_voice_reads_writings_too(make_settings: MakeSettings, database: Database) -> None:
    writing = keep(database)
    found = drained(make_settings(), database, "Read it", parameters={"writing_id": writing})
    assert (found.status, found.error_message) == ("completed", None)
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert artifact.metadata["backend"] == "sketch"
    assert artifact.metadata["prompt"].startswith("The Lamp.\n\nOne")


def test_the_voices_of_a_house(settings: Settings, make_settings: MakeSettings) -> None:
    listed = [each for each in Makers(settings).workflows() if each.kind is Kind.VOICE]
    assert [each.name for each in listed] == ["speech-server", "sketch-voice"]
    assert all("writing_id" in {field.name for field in each.form} for each in listed)
    alone = [each.name for each in Makers(make_settings()).workflows() if each.kind is Kind.VOICE]
    assert alone == ["sketch-voice"]


def test_the_sketch_voice_can_still_be_named(settings: Settings, database: Database, speech: FakeSpeech) -> None:
    found = drained(settings, database, workflow="sketch-voice")
    assert found.status == "completed"
    assert speech.asked == []


@pytest.mark.parametrize(
    ("title", "content", "said"),
    [
        ("Why?", "x", "Why?\n\nx"),
        (None, "x", "x"),
        ("T", None, "T."),
        ("T", "2 * 3 * 4 = 24 and a_b_c", "T.\n\n2 * 3 * 4 = 24 and a_b_c"),
    ],
)
def test_what_is_said_of_a_writing(title: str | None, content: str | None, said: str) -> None:
    assert spoken(StoredWriting(1, title, content, None, None, None, None, None, False, None)) == said


def test_the_speech_server_is_listed_with_how_it_is(settings: Settings, speech: FakeSpeech) -> None:
    [found] = Makers(settings).backends(of=("speech",))
    assert (found.kind, found.url, found.reachable) == ("speech", f"{speech.url}/v1", True)
    speech.close()
    [gone] = Makers(settings).backends(of=("speech",))
    assert not gone.reachable
    assert "does not answer" in (gone.last_error or "")
