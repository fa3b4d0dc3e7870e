"""What a server answers, read within bounds: a server that is broken, or somebody else's, may send for ever."""

import time
from collections.abc import Callable

import httpx

from musings.makers.comfyui.timed_reads import allow

MOST_ANSWER_BYTES = 64_000_000
"""Of one answer in JSON: fifty times the largest ``/object_info`` that was seen."""
MOST_ANSWER_SECONDS = 120.0
"""From the first to the last byte of one; a server that drips keeps every single read short."""
MOST_FILE_BYTES = 4_000_000_000
"""Of one file that a job made."""
MOST_JOB_BYTES = 40_000_000_000
"""Of all files of one job, and of all pictures that it sends over its socket."""


class TooMuch(Exception):
    """An answer beyond its bounds; the words say which."""


def whole(
    response: httpx.Response,
    *,
    most_bytes: int = MOST_ANSWER_BYTES,
    most_seconds: float = MOST_ANSWER_SECONDS,
    now: Callable[[], float] = time.monotonic,
) -> httpx.Response:
    """The answer with its body, as it was after decompression. Raises ``TooMuch``, and what ``httpx`` raises.

    ``response`` is begun as a stream and is closed in every case.
    """
    began, size, pieces = now(), 0, []
    allow(response, most_seconds)  # for what drips and never makes a piece, such as the length of a chunk
    try:
        for piece in response.iter_bytes():
            size += len(piece)
            if size > most_bytes:
                raise TooMuch(f"more than {most_bytes / 1e6:,.0f} MB")
            if now() - began > most_seconds:
                raise TooMuch(f"for longer than {most_seconds:g} s")
            pieces.append(piece)
    except httpx.ReadTimeout:
        # The time of all reads together may be over before a piece is whole; it is one bound, with one word for it.
        if now() - began > most_seconds:
            raise TooMuch(f"for longer than {most_seconds:g} s") from None
        raise
    finally:
        response.close()
    # The body is decoded by now: what says how it was packed would have it decoded again.
    packed = ("content-encoding", "content-length", "transfer-encoding")
    said = [(name, value) for name, value in response.headers.multi_items() if name not in packed]
    return httpx.Response(response.status_code, headers=said, content=b"".join(pieces), request=response.request)
