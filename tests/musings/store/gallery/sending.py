"""A file as somebody sends it."""

from musings.files.digests import sha256_of
from musings.files.media_root import MediaRoot
from musings.models import Upload
from musings.store.database import Database
from musings.store.gallery import uploads


def send(database: Database, media_root: MediaRoot, content: bytes = b"png", kind: str = "image/png") -> Upload:
    received = media_root.receiving()
    received.write_bytes(content)
    digest = sha256_of(received)
    sent = Upload(digest, kind, len(content), uploads.path_of(digest, ".png"), {"width": 3})
    return database.writing(uploads.keep, media_root, received, sent)
