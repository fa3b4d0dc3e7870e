"""What is in a feed: completed prompts with their files, under addresses of the feed's own."""

import mimetypes
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath

from musings.api.files import MEDIA_TYPES, UNKNOWN
from musings.api.services import Services
from musings.archive.musing_document import MusingDocument, is_of_finished, newest_finished
from musings.errors import MusingsError
from musings.feeds import chapters
from musings.feeds.values import Feed, FeedEntry, FeedFile
from musings.models import TYPES_OF_KIND, Artifact, ArtifactType, Kind
from musings.store.access.feeds import MUSINGS, FeedAddress
from musings.store.gallery import finished

MOST_ENTRIES = 100
TITLE_CHARACTERS = 80
PICTURES = (ArtifactType.IMAGE, ArtifactType.VIDEO)


def types_of(feed: FeedAddress) -> tuple[str, ...]:
    """The prompt types in a feed; empty for all. A kind of a later version has none that we know."""
    if feed.kind is None:
        return ()
    return tuple(TYPES_OF_KIND[Kind(feed.kind)]) if feed.kind in set(Kind) else ("",)


def content(services: Services, feed: FeedAddress, *, base: str, secret: str, suffix: str) -> Feed:
    """``base`` is the address of the server; ``secret`` that of the feed."""
    own = f"{base}/feeds/{secret}"
    if feed.kind == MUSINGS:
        done = newest_finished(services.database, MOST_ENTRIES, feed.tag, with_idea=True)
        entries = tuple(_musing(services, feed, own, each) for each in done)
    else:
        made = services.database.reading(finished.newest, types_of(feed), feed.tag, MOST_ENTRIES)
        entries = tuple(_entry(services, feed, own, each) for each in made)
    return Feed(
        uid=_uid(feed, "feed"),
        title=f"Musings: {feed.name}",
        url=f"{own}.{suffix}",
        home=f"{base}/",
        icon=f"{base}/icon-512.png",
        updated=max((each.published for each in entries), default=feed.created_at),
        entries=entries,
    )


def seconds_of(made: Artifact) -> float | None:
    """How long it plays, where that is known: another program may have written anything there."""
    seconds = made.metadata.get("duration")
    return seconds if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0 else None


def holds(services: Services, feed: FeedAddress, file: Artifact) -> bool:
    """Whether a feed names a file, or has named it."""
    if feed.kind == MUSINGS:
        return is_of_finished(services.database, file, feed.tag)
    return services.database.reading(finished.holds, types_of(feed), feed.tag, file.prompt_id)


def _musing(services: Services, feed: FeedAddress, own: str, found: MusingDocument) -> FeedEntry:
    """A whole musing as one entry: its texts under each other, all its files."""
    cover = next((each.artifact for each in found.files if each.is_picture and each.artifact.preview_path), None)
    texts = [part for each in found.sections for part in (_heading(found, each.heading), each.text) if part]
    return FeedEntry(
        uid=_uid(feed, f"musing/{found.id}"),
        title=found.title,
        words=found.idea or found.title,
        text="\n\n".join(texts) or None,
        published=found.made_at.astimezone(UTC),
        files=tuple(file for each in found.files for file in _files(services, own, (each.artifact,), each.title)),
        cover=None if cover is None else f"{own}/preview/{cover.id}",
    )


def _heading(found: MusingDocument, heading: str | None) -> str | None:
    # Readers show the title above the text themselves.
    return None if heading == found.title else heading


def _entry(services: Services, feed: FeedAddress, own: str, made: finished.FinishedPrompt) -> FeedEntry:
    prompt, writing = made.prompt, made.writing
    words = " ".join(prompt.prompt_text.split())
    cover = next((each for each in made.artifacts if each.preview_path and each.artifact_type in PICTURES), None)
    return FeedEntry(
        uid=_uid(feed, str(prompt.id)),
        title=(writing.title if writing is not None else None) or words[:TITLE_CHARACTERS] or f"Prompt {prompt.id}",
        words=prompt.prompt_text,
        text=writing.content if writing is not None else None,
        published=(prompt.completed_at or prompt.created_at or datetime.fromtimestamp(0, UTC)).astimezone(UTC),
        files=tuple(_files(services, own, made.artifacts)),
        cover=None if cover is None else f"{own}/preview/{cover.id}",
    )


def _files(services: Services, own: str, made: tuple[Artifact, ...], title: str | None = None) -> Iterator[FeedFile]:
    for each in made:
        try:
            # Of the file itself: players count what comes against the length that was promised.
            size = services.media_root.stat(each.file_path).bytes
        except (MusingsError, OSError):
            continue  # it is gone, so there is nothing to promise
        suffix = PurePosixPath(each.file_path).suffix.lower()
        kind = MEDIA_TYPES.get(suffix) or mimetypes.types_map.get(suffix, UNKNOWN)
        marks = f"{own}/chapters/{each.id}.json" if chapters.marks(each.metadata) else None
        # The ending is for players that look at it before they look at the type.
        media_type = kind.partition(";")[0]
        yield FeedFile(f"{own}/file/{each.id}{suffix}", media_type, size, seconds_of(each), marks, title)


def _uid(feed: FeedAddress, name: str) -> str:
    """The same for ever, another one in each feed, and without its secret."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, f'{feed.key}/{name}')}"
