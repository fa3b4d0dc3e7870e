"""What is published of the house."""

from collections.abc import Iterator

import pytest

from musings.config.settings import Settings
from musings.files.media_root import MediaRoot
from musings.makers.choice import Makers
from musings.models import ArtifactType, Kind, NewArtifact
from musings.mqtt.house import MOST_BYTES, NOTHING, STATE, House
from musings.store.database import Database
from musings.store.gallery import artifacts, trash
from tests.musings.store.adding import add, shell


@pytest.fixture
def house(settings: Settings, database: Database, media_root: MediaRoot) -> Iterator[House]:
    makers = Makers(settings)
    yield House(database, makers, media_root, address="https://studio.example")
    makers.close()


def made(database: Database, media_root: MediaRoot, preview: bytes | None, name: str = "1.webp") -> int:
    """A completed prompt, with a preview or without one."""
    prompt = add(database, "a wren", "image")
    path = None if preview is None else f"previews/{prompt.id}-{name}"
    if path is not None and preview is not None:
        (media_root.folder / "previews").mkdir(exist_ok=True)
        (media_root.folder / path).write_bytes(preview)
    new = NewArtifact(ArtifactType.IMAGE, f"image/{prompt.id}.png", path, {})
    database.writing(artifacts.record_prompt_artifacts, prompt.id, [new])
    shell(database, "UPDATE prompts SET status = 'completed' WHERE id = ?", prompt.id)
    return prompt.id


def test_the_state_is_that_of_the_summary(house: House, database: Database) -> None:
    add(database, "a wren")
    found = house.state()
    assert set(found) == set(STATE)
    assert (found["state"], found["pending"]) == ("stopped", 1)


def test_the_last_work_is_the_newest_with_a_picture(house: House, database: Database, media_root: MediaRoot) -> None:
    assert house.last(NOTHING) == NOTHING
    wren = made(database, media_root, b"a wren")
    made(database, media_root, None)
    made(database, media_root, b"of another type", "1.png")
    made(database, media_root, b"x" * (MOST_BYTES + 1))
    found = house.last(NOTHING)
    assert (found.picture, found.facts["prompt_id"]) == (b"a wren", wren)
    assert found.facts["url"] == f"https://studio.example/api/artifacts/{found.artifact_id}"
    assert house.last(found) is found
    database.writing(trash.discard, wren)
    assert house.last(found) == NOTHING


def test_a_preview_that_has_gone_is_passed_over(house: House, database: Database, media_root: MediaRoot) -> None:
    made(database, media_root, b"older")
    newer = made(database, media_root, b"newer")
    (media_root.folder / f"previews/{newer}-1.webp").unlink()
    assert house.last(NOTHING).picture == b"older"


def test_the_kinds_are_those_that_something_makes(house: House) -> None:
    assert house.kinds() == list(Kind)
