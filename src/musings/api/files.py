"""A file as an HTTP answer: type, ``ETag``, 304, ranges, HEAD, and headers that keep a hostile file harmless."""

import re
from collections.abc import Iterator, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from musings.api import problems
from musings.api.conditional import has_it
from musings.errors import PathError
from musings.files.artifact_store import ArtifactStore
from musings.files.marking import marking
from musings.files.marking.chapters import FileChapter
from musings.files.marking.edits import Revision
from musings.files.marking.xmp import Mark

FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "the file", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "the part that was asked for", "content": {"*/*": {}}},
    304: {"description": "the client has it already"},
}
"""The answers of a route that serves a file, for the OpenAPI document."""

Part = tuple[int, int]
"""The first and the last byte of a part of a file."""

MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}
UNKNOWN = "application/octet-stream"
MOST_PARTS = 16
PRESIGNED_SECONDS = 300.0
RANGE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18})")
SHA256 = re.compile(r"[0-9a-f]{64}")

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",  # a path is never used twice
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def serve(
    request: Request,
    store: ArtifactStore,
    relative: str,
    *,
    etag: object = None,
    download_as: str | None = None,
    without_texts: bool = False,
    mark: Mark | None = None,
    chapters: Sequence[FileChapter] = (),
) -> Response:
    """The file, or the part that was asked for, or 304 when the client has it already.

    Where the store hands out files itself, the client is sent there. A type that we do not know is offered as a
    download, never shown. ``etag`` is the file's SHA-256 in hex; anything else is left aside. ``without_texts`` leaves
    out what programs wrote into it: prompts, workflows, comments. ``mark`` and ``chapters`` are put in where the file
    takes them and has none. Raises ``PathError`` when the file has gone.
    """
    as_kept = not without_texts and mark is None and not chapters
    elsewhere = store.presign(relative, PRESIGNED_SECONDS) if as_kept else None
    if elsewhere is not None:
        return RedirectResponse(elsewhere, headers={"Cache-Control": "no-store"})
    path = store.find(relative)
    media_type = MEDIA_TYPES.get(path.suffix.lower(), UNKNOWN)
    try:
        facts = path.stat()
        found = (
            Revision(facts.st_size)
            if as_kept
            else marking.revision(path, without_texts=without_texts, mark=mark, chapters=chapters)
        )
    except OSError as error:
        raise PathError("The file has just gone.") from error
    is_sum = isinstance(etag, str) and SHA256.fullmatch(etag)
    # Other bytes have another tag.
    variant = ("-without-texts" if found.spans else "") + ("-marked" if found.edits else "")
    tag = f'"{etag}{variant}"' if is_sum else f'"{facts.st_mtime_ns:x}-{facts.st_size:x}{variant}"'
    headers = {**HEADERS, "ETag": tag, "Last-Modified": formatdate(facts.st_mtime, usegmt=True)}
    if has_it(request.headers, tag):
        return Response(status_code=304, headers=headers)
    parts = _parts(request, headers, found.length)
    if parts == []:
        whole = f"bytes */{found.length}"
        return problems.answer(416, f"The file has {found.length:,} bytes.", headers={"Content-Range": whole})
    attach = download_as is not None or media_type == UNKNOWN
    name = (download_as or path.name) if attach else None
    answer = _File(
        path,
        parts,
        media_type=media_type,
        headers=headers,
        stat_result=facts,
        filename=name,
        content_disposition_type="attachment" if attach else "inline",
    )
    return _revised(path, found, parts, answer) if found.is_change else answer


def _revised(path: Path, found: Revision, parts: list[Part] | None, plain: Response) -> Response:
    """``plain``, with the bytes of the revision instead of those of the file."""
    headers = {name: value for name, value in plain.headers.items() if name != "content-length"}
    # Of several parts none has to be told apart (RFC 9110, section 14.2): the whole is right, too.
    first, last = parts[0] if parts is not None and len(parts) == 1 else (0, found.length - 1)
    is_part = parts is not None and len(parts) == 1
    if is_part:
        headers["content-range"] = f"bytes {first}-{last}/{found.length}"
    headers |= {"content-length": str(last - first + 1), "accept-ranges": "bytes"}
    return StreamingResponse(_read(path, found, first, last), 206 if is_part else 200, headers)


def _read(path: Path, found: Revision, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from found.pieces(file, first, last)


class _File(FileResponse):
    """A file, of which ``parts`` were asked for; None means the whole."""

    def __init__(self, path: Path, parts: list[Part] | None, **given: Any) -> None:
        super().__init__(path, **given)
        self._range = None if parts is None else "bytes=" + ",".join(f"{first}-{last}" for first, last in parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] not in (b"range", b"if-range")]
        if self._range is not None:
            headers.append((b"range", self._range.encode("ascii")))
        await super().__call__({**scope, "headers": headers}, receive, send)


def _parts(request: Request, headers: dict[str, str], size: int) -> list[Part] | None:
    wanted, unless_changed = request.headers.get("range"), request.headers.get("if-range")
    if wanted is None or request.method != "GET":
        return None
    if unless_changed is not None and unless_changed not in (headers["ETag"], headers["Last-Modified"]):
        return None
    return satisfiable(wanted, size)


def satisfiable(header: str, size: int) -> list[Part] | None:
    """The parts of a ``Range`` header that exist in a file of ``size`` bytes, each as its first and last byte.

    None when the header is to be ignored: another unit than bytes, not to be understood, or too many parts
    (RFC 9110, section 14.2). An empty list when no part exists.
    """
    unit, _, given = header.partition("=")
    specs = [spec.strip() for spec in given.split(",") if spec.strip()]
    matches = [RANGE.fullmatch(spec) for spec in specs]
    if unit.strip().lower() != "bytes" or not specs or len(specs) > MOST_PARTS:
        return None
    found: list[Part] = []
    for match in matches:
        if match is None:
            return None
        first, last, suffix = (None if group is None else int(group) for group in match.groups())
        if first is None:
            first, last = max(0, size - (suffix or 0)), None
        elif last is not None and last < first:
            return None
        if first < size:
            found.append((first, size - 1 if last is None else min(last, size - 1)))
    return found
