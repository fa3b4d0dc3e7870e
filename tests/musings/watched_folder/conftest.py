"""A watched folder, looked at by hand, with a clock of the test's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.files.media_root import MediaRoot
from musings.makers.choice import Makers
from musings.models import ArtifactType, Kind, NewArtifact, Prompt
from musings.requests.stored_makers import makers_of
from musings.store.database import Database
from musings.store.gallery import artifacts, lists
from musings.watched_folder.directory import inside, opened
from musings.watched_folder.intake import FolderIntake
from musings.watched_folder.results import FolderResults
from tests.conftest import MakeSettings
from tests.musings.store.adding import shell


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    (tmp_path / "inbox").mkdir()
    return make_settings(
        watched_folder={"path": "inbox"}, processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2}
    )


@pytest.fixture
def makers(settings: Settings, database: Database) -> Iterator[Makers]:
    made = makers_of(settings, database)
    yield made
    made.close()


@dataclass
class Inbox:
    """The folder and who looks at it; ``restart`` forgets what only a process remembers."""

    folder: Path
    settings: Settings
    database: Database
    makers: Makers
    media_root: MediaRoot
    now: float = 0.0
    intake: FolderIntake = field(init=False)
    results: FolderResults = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.intake = FolderIntake(self.settings, self.database, self.makers, lambda: self.now)
        self.results = FolderResults(self.settings, self.database)

    def look(self, kind: str | None = None) -> None:
        """Twice, with time enough between."""
        chosen = None if kind is None else Kind(kind)
        for _ in range(2):
            with opened(self.folder) as root:
                if chosen is None:
                    self.results.look(None, root)
                    self.intake.look(None, root)
                else:
                    with inside(root, chosen.value) as directory:
                        if directory is not None:
                            self.results.look(chosen, directory)
                            self.intake.look(chosen, directory)
            self.now += 10

    def drop(self, name: str, content: str | bytes = "a fox in the snow") -> Path:
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def prompts(self) -> list[Prompt]:
        """Oldest first."""
        return [*reversed(self.database.reading(lists.listing, lists.PromptFilter(), 200, None).items)]

    def names(self) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*"))

    def complete(self, prompt_id: int, content: bytes = b"made") -> None:
        """As the worker leaves it: a file in its place, a row for it, the end of the prompt."""
        path = f"image/{prompt_id}_x/0001.png"
        (self.media_root.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.media_root.folder / path).write_bytes(content)
        self.database.writing(
            artifacts.record_prompt_artifacts, prompt_id, [NewArtifact(ArtifactType.IMAGE, path, None, {})]
        )
        shell(self.database, "UPDATE prompts SET status = 'completed' WHERE id = ?", prompt_id)

    def fail(self, prompt_id: int, words: str = "The model is missing.") -> None:
        shell(self.database, "UPDATE prompts SET status = 'failed', error_message = ? WHERE id = ?", words, prompt_id)


@pytest.fixture
def inbox(settings: Settings, database: Database, makers: Makers, media_root: MediaRoot) -> Inbox:
    path = settings.watched_folder.path
    assert path is not None
    return Inbox(path, settings, database, makers, media_root)
