"""A scripted speech server, and what speaks to it."""

from collections.abc import Iterator

import pytest

from musings.makers.speech.client import SpeechServer
from tests.fakes.speech import FakeSpeech


@pytest.fixture
def fake() -> Iterator[FakeSpeech]:
    server = FakeSpeech()
    yield server
    server.close()


@pytest.fixture
def server(fake: FakeSpeech) -> SpeechServer:
    return SpeechServer(fake.address, "kokoro", "wav", key="s3cret", timeout_seconds=5, connect_seconds=0.5)
