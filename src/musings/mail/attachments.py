"""What was made, as the files of one mail."""

from collections.abc import Sequence
from pathlib import Path

from musings.config.settings import Settings
from musings.errors import MusingsError
from musings.files.marking import marking
from musings.files.marking.xmp import mark_of
from musings.files.media_root import media_root_of
from musings.models import Artifact

MEGABYTE = 1_000_000


def within(settings: Settings, made: Sequence[Artifact]) -> tuple[list[tuple[Artifact, bytes]], list[Artifact]]:
    """The files that fit into one mail, as they leave the house, and those that do not, or are gone."""
    root = media_root_of(settings)
    attached: list[tuple[Artifact, bytes]] = []
    left_out = []
    room = settings.mail.attach_megabytes * MEGABYTE
    for each in made:
        try:
            path = root.find(each.file_path)
            fits = path.stat().st_size <= room
            content = _leaving(settings, path, each) if fits else None
        except (MusingsError, OSError):
            content = None  # it is gone
        if content is None:
            left_out.append(each)
        else:
            room -= len(content)
            attached.append((each, content))
    return attached, left_out


def _leaving(settings: Settings, path: Path, made: Artifact) -> bytes:
    """As behind a shared link: marked, and without what programs wrote into it."""
    mark = mark_of(made.metadata.get("engine")) if settings.media.mark.shares else None
    found = marking.revision(path, without_texts=not settings.security.share_recipes, mark=mark)
    with path.open("rb") as file:
        return b"".join(found.pieces(file, 0, found.length - 1))
