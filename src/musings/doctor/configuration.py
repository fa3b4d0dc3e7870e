"""The configuration, who may read it, and where alerts go."""

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from musings.config.settings import Settings
from musings.doctor.findings import Finding, ok, warning
from musings.sqlite.location import where

OTHERS_READ, OTHERS_WRITE = stat.S_IRGRP | stat.S_IROTH, stat.S_IWGRP | stat.S_IWOTH


def check(settings: Settings, _deep: bool) -> Iterator[Finding]:
    if settings.file is None:
        mend = "Write a poets_cron_config.json, or name one with --config."
        yield warning("configuration", "no file found, defaults serve", mend)
    else:
        yield ok("configuration", str(settings.file))
    for words in settings.warnings:
        yield warning("configuration", words, "Correct or remove the key.")
    yield from _permissions(settings)
    yield from _alerts(settings)


def _permissions(settings: Settings) -> Iterator[Finding]:
    """Secrets are for their owner's eyes; and who may write the configuration decides what is run here."""
    secrets = settings.folder / ".env"
    if _mode(secrets) & (OTHERS_READ | OTHERS_WRITE):
        yield warning("permissions", f"{secrets} holds secrets and others can read it", f"Run `chmod 600 {secrets}`.")
    yield from _kept(settings)
    file = settings.file
    if file is None:
        return
    mode = _mode(file)
    if mode & OTHERS_WRITE:
        detail = f"{file} can be written by others, who then decide what is run here"
        yield warning("permissions", detail, f"Run `chmod go-w {file}`.")
    if mode & OTHERS_READ and _holds_secrets(settings, file):
        mend = f"Move them into {secrets}, as MUSINGS_ALERTS__URLS and the like, or run `chmod 600 {file}`."
        yield warning("permissions", f"{file} holds addresses with secrets and others can read it", mend)


def _kept(settings: Settings) -> Iterator[Finding]:
    """New files are for their owner alone; those of an older version, or of another program, may be open."""
    database = where(settings.database).file
    kept = [] if database is None else [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]
    kept += sorted(settings.logging.directory.glob("musings-*.log*"))
    opened = [path for path in kept if _mode(path) & (OTHERS_READ | OTHERS_WRITE)]
    if opened:
        names = " ".join(shlex.quote(str(path)) for path in opened)
        detail = f"other users of this machine can read {', '.join(path.name for path in opened)}"
        yield warning("permissions", detail, f"Run `chmod go-rwx {names}`.")


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _holds_secrets(settings: Settings, file: Path) -> bool:
    """Whether something that our logs would hide stands in the file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    return settings.redactor()(text) != text


def _alerts(settings: Settings) -> Iterator[Finding]:
    count = len(settings.alerts.urls)
    if count:
        yield ok("alerts", f"go to {count} channels; `musings alerts test` tries them")
    else:
        yield ok("alerts", "nobody is told when something is wrong; set alerts.urls to be")
