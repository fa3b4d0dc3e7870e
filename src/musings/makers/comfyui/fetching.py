"""Fetches what a job made through ``/view``: streamed, checked, put in place whole.

The server's disk is never read, so it may be on another machine. A file arrives under a temporary name beside
its target and takes its name only when its length, its content type and its decoder agree; a broken one is
asked for again.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from musings.backoff import backoff
from musings.errors import NotFoundError, PassingFault, TimedOut, UnreachableError, UserFault
from musings.files.digests import sha256_of
from musings.makers.comfyui.bounded import MOST_FILE_BYTES, MOST_JOB_BYTES
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.outputs import OutputFile
from musings.makers.comfyui.timed_reads import MOST_PIECE_SECONDS, allow

# What a proxy or a login page answers with a 200 in place of the file.
PAGE_TYPES = ("text/html", "application/json", "application/problem+json")
# A broken transfer repeats seldom; four tries take about three seconds in all.
TRIES = 4
RETRY_SECONDS = 0.4


@dataclass(frozen=True)
class Fetched:
    """A file in its place. ``media_type`` is what the server said; ``size`` is in bytes."""

    path: Path
    source: OutputFile
    media_type: str
    size: int
    sha256: str


class _Broken(Exception):
    """A download that did not arrive whole."""


def fetch(
    server: ComfyServer,
    output: OutputFile,
    target: Path,
    *,
    verify: Callable[[Path], None] = lambda _: None,
    check: Callable[[], None] = lambda: None,
    wait: Callable[[float], None] = time.sleep,
    tries: int = TRIES,
    retry_seconds: float = RETRY_SECONDS,
    most_bytes: int = MOST_FILE_BYTES,
) -> Fetched:
    """Fetch one file to ``target``, replacing what is there.

    ``retry_seconds`` pass before the second try, twice as many before each next one. ``verify`` is given the temporary
    file, which has the suffix of ``output``, and raises ``ValueError`` or ``OSError`` when it cannot be decoded. Raises
    ``NotFoundError`` when the server no longer has it, ``UserFault`` when its name can never be fetched or it has more
    than ``most_bytes``, and ``PassingFault`` when it does not arrive whole in ``tries`` tries.
    """
    # Hidden and in the same folder: the final rename is one step. With its suffix, by which decoders go.
    part = target.with_name(f".{target.stem}.part{output.suffix}")
    why = ""
    if not output.is_fetchable:
        raise _odd(server, output)
    try:
        for attempt in range(tries):
            if attempt:
                wait(backoff(attempt, retry_seconds))
            # Before each try, so that a cancel does not wait for another transfer.
            check()
            try:
                media_type = _download(server, output, part, check, most_bytes)
                # The length alone does not tell a file that the server wrote only in part.
                verify(part)
            except TimedOut:
                raise
            except (_Broken, UnreachableError, PassingFault, ValueError, OSError) as error:
                why = str(error) or type(error).__name__
                continue
            size = part.stat().st_size
            # Renamed only now: a file under its name is always whole.
            part.replace(target)
            # Of what is on the disk now, because that is what the row will name.
            return Fetched(target, output, media_type, size, sha256_of(target))
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
    raise PassingFault(f"{output.shown} did not arrive whole from {server.url} in {tries} tries: {why.rstrip('.')}.")


def _download(server: ComfyServer, output: OutputFile, part: Path, check: Callable[[], None], most: int) -> str:
    params = {"filename": output.filename, "subfolder": output.subfolder, "type": output.folder}
    try:
        response = server.stream("view", params)
    except ValueError as error:  # no address can hold such a name
        raise _odd(server, output) from error
    try:
        _judge(server, output, response.status_code)
        media_type: str = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        # ``.bin`` stands for an unknown ending, which may well be a page.
        if media_type in PAGE_TYPES and output.suffix not in (".html", ".json", ".bin"):
            raise _Broken(f"the answer is a page ({media_type}), not a file")
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise _too_large(output, most)
        if not _write(response, part, check, most):
            raise _too_large(output, most)
        return media_type
    finally:
        response.close()


def _write(response: httpx.Response, part: Path, check: Callable[[], None], most: int) -> bool:
    """Whether it was written whole; False when it is larger than ``most`` bytes."""
    size = 0
    try:
        with part.open("wb") as file:
            allow(response, MOST_PIECE_SECONDS)
            for chunk in response.iter_bytes(65536):
                check()
                allow(response, MOST_PIECE_SECONDS)
                file.write(chunk)
                size += len(chunk)
                if size > most:
                    return False
    except httpx.HTTPError as error:
        raise _Broken(f"the transfer broke after {size} bytes: {error}") from error
    length = response.headers.get("content-length", "")
    # A compressed transfer announces another length than it writes.
    if length.isdecimal() and "content-encoding" not in response.headers and int(length) != size:
        raise _Broken(f"{size} bytes came instead of {length}")
    if size == 0:
        raise _Broken("the file is empty")
    return True


def _odd(server: ComfyServer, output: OutputFile) -> UserFault:
    return UserFault(
        f"The ComfyUI at {server.url} names a file that cannot be fetched: {output.shown}.",
        hint="Give the node that saves it a plain file name prefix.",
    )


def _too_large(output: OutputFile, most: int) -> UserFault:
    return UserFault(
        f"{output.shown} has more than {most / 1e9:g} GB, so it was not fetched.",
        hint="Have the workflow make smaller or shorter pieces; "
        f"all files of one job may have {MOST_JOB_BYTES / 1e9:g} GB together.",
    )


def _judge(server: ComfyServer, output: OutputFile, status: int) -> None:
    if status == 200:
        return
    if status == 404:
        # Not tried again: the server has deleted it.
        raise NotFoundError(f"{server.url} no longer has {output.shown}.")
    if status == 400:
        raise UserFault(
            f"The ComfyUI at {server.url} will not hand out {output.shown}.",
            hint='Take ".." and other odd characters out of the file name prefix in the workflow.',
        )
    raise _Broken(f"HTTP {status}")
