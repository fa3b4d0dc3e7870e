"""A database with prompts, artifacts and their files, as an installation that was used for a while has them."""

import hashlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from musings.models import ArtifactType, Kind, NewArtifact, NewPrompt, Writing
from musings.sqlite import backup, restore, schema
from musings.sqlite.database import open_database
from musings.store.gallery import artifacts
from musings.store.queue import claims, endings, submission
from tests.musings.sqlite import old_databases as old

HOSTILE = '<script>alert(1)</script> & "quotes" 夜の海'
NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)


def furnished(folder: Path) -> Path:
    """An installation in a folder of its own: musings.db and media/."""
    folder.mkdir()
    furnish(folder / "musings.db", folder / "media")
    return folder


def back_up(home: Path, destination: Path, *, media: bool = True) -> backup.Made:
    return backup.make(home / "musings.db", home / "media", destination, media=media, now=NOW)


def put_back(source: Path, home: Path) -> restore.Restored:
    home.mkdir(exist_ok=True)
    return restore.restore(restore.check(source, schema.HEAD), home / "musings.db", home / "media", NOW)


def furnish(path: Path, media_root: Path, count: int = 6) -> None:
    """``count`` finished pictures, one finished text, one prompt that waits."""
    with closing(open_database(path)) as database:
        schema.ensure(database)
        for number in range(count):
            prompt, _ = database.writing(submission.add, NewPrompt(f"{HOSTILE} {number}", "image"))
            name = f"image/{prompt.id}_20261122T101500/odd #{number} %20.png"
            file = media_root / name
            file.parent.mkdir(parents=True)
            file.write_bytes(hashlib.sha256(str(number).encode()).digest() * (number + 1) * 50)
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            database.writing(
                artifacts.record_prompt_artifacts,
                prompt.id,
                [NewArtifact(ArtifactType.IMAGE, name, metadata={"sha256": digest})],
            )
        database.writing(submission.add, NewPrompt("a poem", "poem"))
        claimed = database.writing(claims.claim, [Kind.TEXT])
        assert claimed is not None
        database.writing(
            endings.complete,
            claimed,
            artifacts=[],
            writing=Writing("The Sea", f"waves\n{HOSTILE}", "poem"),
            seconds=1,
            log="",
        )
        database.writing(submission.add, NewPrompt("still waiting", "music"))


def state_of(path: Path) -> dict[str, str]:
    """A hash over each table that lasts; see ``old_databases.contents``."""
    lasting = ("prompts", "prompt_artifacts", "writings", "attempts")
    return {table: said for table, said in old.contents(path).items() if table in lasting}


def gallery_of(path: Path, media_root: Path) -> dict[str, str]:
    """What the gallery shows: the sum of each artifact's file by its path, which must be what its row says."""
    shown = {}
    with closing(open_database(path)) as database:
        page = database.reading(artifacts.gallery, artifacts.ArtifactFilter(), 200, None)
        for artifact, _ in page.items:
            digest = hashlib.sha256((media_root / artifact.file_path).read_bytes()).hexdigest()
            assert digest == artifact.metadata["sha256"]
            shown[artifact.file_path] = digest
    return shown
