"""The speech server as a pipeline: the words of a prompt, with its voice, into one file that tells how."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.makers.speech.pipeline import SpeechServerPipeline, backend, server_of
from musings.media import sounds
from musings.models import Job, Kind
from tests.conftest import MakeSettings
from tests.fakes.speech import FakeSpeech
from tests.musings.makers.contexts import Told


@pytest.fixture
def fake() -> Iterator[FakeSpeech]:
    server = FakeSpeech()
    yield server
    server.close()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://a:1", "http://a:1/v1"),
        ("http://a:1/", "http://a:1/v1"),
        ("http://a:1/v1/", "http://a:1/v1"),
        ("http://a:1/speech/v2", "http://a:1/speech/v2"),
    ],
)
def test_an_address_without_a_path_gets_the_version(make_settings: MakeSettings, given: str, address: str) -> None:
    assert server_of(make_settings(voice={"url": given})).url == address


def test_a_job_becomes_one_sound_with_its_recipe(make_settings: MakeSettings, fake: FakeSpeech, tmp_path: Path) -> None:
    settings = make_settings(voice={"url": fake.address, "model": "kokoro", "max_characters": 40})
    told = Told()
    words = "Salt on the rail. A gull that will not land. The lamp goes round."
    folder = tmp_path / "job"
    folder.mkdir()
    job = Job(1, 1, Kind.VOICE, "voice", words, {"voice": "nova", "speed": 1.5}, folder)
    outcome = SpeechServerPipeline(settings).run(job, told)
    [made] = outcome.files
    assert sounds.read_sound(made.path).duration > 1
    assert {seen.body["voice"] for seen in fake.asked} == {"nova"}
    assert all(len(seen.body["input"]) <= 40 for seen in fake.asked)
    recipe = made.metadata
    assert (recipe["voice"], recipe["model"], recipe["prompt"]) == ("nova", "kokoro", words)
    assert outcome.backend == fake.address
    assert told.shares[-1] == 1
    assert set(told.stages) == {"speaking"}


def test_whether_it_answers_is_asked_now(make_settings: MakeSettings, fake: FakeSpeech) -> None:
    settings = make_settings(voice={"url": fake.address})
    assert backend(settings).reachable
    away = backend(make_settings(voice={"url": "http://127.0.0.1:1/v1"}))
    assert not away.reachable
    assert "does not answer" in (away.last_error or "")
