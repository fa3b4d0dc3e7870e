"""The media root of a database, made ready, unless it is one that only lacks its disk."""

from musings import logs
from musings.errors import DiskError
from musings.files.artifact_store import ArtifactStore
from musings.store.database import Database
from musings.store.housekeeping import media_roots


def prepare(database: Database, root: ArtifactStore) -> None:
    """Make the root where it is missing, and check that it can be written.

    Raises ``DiskError`` for one that this database has used and that has lost its mark, ``StoreError`` for one that
    cannot be written, and ``DiskFullError``. Whatever is raised, nothing is left behind.
    """
    known = expect_known(database, root)
    root.prepare()
    if not known:
        database.writing(media_roots.note, root.name)


def expect_known(database: Database, root: ArtifactStore) -> bool:
    """Whether this database has used the root before: then it is not made anew where its mark is missing."""
    known = database.reading(media_roots.noted) == root.name
    if known:
        root.expect()
    return known


def prepare_if_possible(database: Database, root: ArtifactStore, program: str) -> None:
    """The same for a program that goes on without its disk: what needs the root waits, and its owner can make room.

    Raises ``StoreError`` for a root that no disk will bring, such as a file in its place: that is a wrong setting.
    """
    try:
        prepare(database, root)
    except DiskError as error:
        logs.get(program).error("the media root cannot be used: what is made waits", error=error.explained)
