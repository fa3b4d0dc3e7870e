"""A house with things in it: prompts with real files, in every state that retention can meet."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from musings.files.media_root import MediaRoot
from musings.models import ArtifactType, NewArtifact, NewPrompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import artifacts
from musings.store.queue import submission
from musings.store.tables import prompt_artifacts
from musings.store.tables import prompts as prompt_rows


@dataclass
class Stock:
    """A database and a media root that belong together."""

    database: Database
    root: MediaRoot

    def add(
        self,
        kind: str = "image",
        *,
        days: float = 0,
        size: int = 1000,
        starred: bool = False,
        status: str = "completed",
        trash_days: float | None = None,
        names: str | None = None,
    ) -> int:
        """A prompt that ended ``days`` ago with a file of ``size`` bytes and a preview of 10; returns its id."""
        prompt, _ = self.database.writing(submission.add, NewPrompt(f"a fox, {days:g} days ago", kind))
        place = f"{kind}/{prompt.id}_20261122T101500"
        file = names or f"{place}/0001.bin"
        preview = f"{place}/previews/0001.bin.webp"
        self.write(file, b"x" * size)
        self.write(preview, b"p" * 10)
        new = NewArtifact(ArtifactType.OTHER, file, preview, {"bytes": size})
        self.database.writing(artifacts.record_prompt_artifacts, prompt.id, [new])
        now = times.now()
        with self.database.write() as connection:
            values = {"completed_at": now - timedelta(days=days), "starred": starred, "status": status}
            if trash_days is not None:
                values["deleted_at"] = now - timedelta(days=trash_days)
            connection.execute(prompt_rows.update().where(prompt_rows.c.id == prompt.id).values(values))
        return prompt.id

    def write(self, name: str, content: bytes) -> Path:
        path = self.root.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def ids(self) -> list[int]:
        """Every prompt that has a row, whatever its state."""
        with self.database.read() as connection:
            return list(connection.execute(prompt_rows.select().order_by(prompt_rows.c.id)).scalars())

    def files(self) -> list[str]:
        """Every file outside of hidden folders."""
        found = (p.relative_to(self.root.folder) for p in self.root.folder.rglob("*") if p.is_file())
        return sorted(path.as_posix() for path in found if not path.parts[0].startswith("."))

    def named(self) -> list[str]:
        """Every path that a row names."""
        with self.database.read() as connection:
            found = connection.execute(prompt_artifacts.select()).all()
        return sorted({path for row in found for path in (row.file_path, row.preview_path) if path})

    def is_whole(self) -> bool:
        """No row without its file, no file without its row."""
        return self.files() == self.named()
