"""One prompt with everything that belongs to it."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from musings.commands.opening import is_remote, open_database, prompt_id, report, settings_for
from musings.commands.results import copied
from musings.config.settings import Settings
from musings.late import importing
from musings.makers.choice import Makers
from musings.models import Prompt
from musings.remote.answers import RemotePrompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.views import present, schemas


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=prompt_id, metavar="ID", help="the number of a prompt")
    parser.add_argument("--output", type=Path, metavar="DIR", help="put what it made into this folder")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    if is_remote(arguments):
        with importing():
            from musings.commands import remote
        return remote.show(arguments)
    settings = settings_for(arguments)
    with open_database(settings) as database:
        prompt = database.reading(prompts.get, arguments.id)
        kept = copied(database, settings, prompt, arguments.output) if arguments.output is not None else ()
        report(arguments, lambda: as_json(database, prompt, settings), as_lines(database, prompt, settings, kept))
    return 0


def as_json(database: Database, prompt: Prompt, settings: Settings) -> dict[str, Any]:
    """The same document as the API's PromptResponse."""
    response = _shown(database, prompt, settings)
    return response.model_dump(mode="json")


def _shown(database: Database, prompt: Prompt, settings: Settings) -> schemas.PromptResponse:
    attempts = settings.processing.max_attempts
    return present.prompt_responses(database, [prompt], attempts, Makers(settings).hashes)[0]


def _until(when: datetime | None) -> str:
    return f", tried again at {when.astimezone():%H:%M:%S}" if when else ""


def as_lines(database: Database, prompt: Prompt, settings: Settings, kept: Sequence[Path] = ()) -> Iterator[str]:
    """A prompt for a person; ``kept`` are the files where the caller has copies of its own."""
    shown = _shown(database, prompt, settings)
    files = kept or [settings.media_root / artifact.file_path for artifact in shown.artifacts]
    yield from described(shown, [str(path) for path in files])


def described(shown: schemas.PromptResponse | RemotePrompt, files: Sequence[str]) -> Iterator[str]:
    yield f"Prompt {shown.id}, {shown.prompt_type}, {shown.status}"
    yield f"  {shown.prompt_text[:400]}"
    if shown.position is not None:
        yield f"  place in the queue: {shown.position}"
    if shown.progress is not None:
        yield f"  {shown.progress.stage}: {shown.progress.value:g} of {shown.progress.max:g}"
    if shown.newer_workflow:
        yield "  its workflow has changed since; it runs with the version that it was submitted with"
    if shown.unused_words:
        yield f"  {shown.unused_words}"
    if shown.attempts_used > 1 and shown.status in ("pending", "processing"):
        yield f"  attempts: {shown.attempts_used} of {shown.max_attempts}"
    if shown.waiting_reason:
        yield f"  waits{_until(shown.next_attempt_at)}: {shown.waiting_reason}"
    elif shown.error_message:
        yield f"  {shown.error_message}"
    for attempt in shown.attempts:
        seconds = "" if attempt.seconds is None else f", {attempt.seconds:.1f} s"
        yield f"  attempt {attempt.attempt}: {attempt.status}{seconds} ({attempt.backend or 'not begun'})"
    yield from (f"  {file}" for file in files)
    if shown.writing is not None:
        yield from ("", shown.writing.title or "", "", shown.writing.content or "")
