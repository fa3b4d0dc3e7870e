"""A file as an HTTP answer: type, ``ETag``, 304, ranges, HEAD, and headers that keep a hostile file harmless."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

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

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",  # a path is never used twice
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def serve(request: Request, path: Path, *, etag: str | None = None, download_as: str | None = None) -> Response:
    """The file, or the part that was asked for, or 304 when the client has it already.

    A type that we do not know is offered as a download, never shown.
    """
    media_type = MEDIA_TYPES.get(path.suffix.lower(), UNKNOWN)
    facts = path.stat()
    tag = f'"{etag or f"{facts.st_mtime_ns:x}-{facts.st_size:x}"}"'
    headers = {**HEADERS, "ETag": tag}
    if _has_it(request, tag):
        return Response(status_code=304, headers=headers)
    attach = download_as is not None or media_type == UNKNOWN
    return FileResponse(
        path,
        media_type=media_type,
        headers=headers,
        stat_result=facts,
        filename=(download_as or path.name) if attach else None,
        content_disposition_type="attachment" if attach else "inline",
    )


def _has_it(request: Request, tag: str) -> bool:
    known = request.headers.get("if-none-match")
    if known is None:
        return False
    return known.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(","))
