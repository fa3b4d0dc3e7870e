"""Logs: structured, readable on a terminal, JSON lines on request, rotated by size.

Every line about a prompt carries ``prompt=<id>``, so ``grep 'prompt=12\\b' logs/*`` (or ``jq 'select(.prompt == 12)'``)
tells its whole story.
"""

import contextlib
import errno
import logging
import sys
from collections.abc import Callable, Sequence
from logging.handlers import RotatingFileHandler

import structlog

from musings.config.operation import LoggingSettings
from musings.errors import DiskError, StoreError

SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


UNUSABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""What a disk says that takes no lines."""
Redact = Callable[[str], str]


def configure(
    settings: LoggingSettings, program: str, redact: Redact = lambda line: line, *, terminal: bool = True
) -> None:
    """Send every log line to ``{program}.log`` in the folder of the settings, and to the terminal if there is one.

    ``redact`` sees each line whole and last, tracebacks and the lines of other libraries too. On a disk that cannot be
    written everything goes to the terminal, and that is said. Raises ``StoreError`` for any other trouble with it.
    """
    try:
        kept = _file(settings, program, redact)
    except DiskError as error:
        _send(settings, [_terminal(settings, redact)])
        get("logs").error("there is no log but this", reason=error.explained)
    else:
        _send(settings, [_terminal(settings, redact), kept] if terminal else [kept])


def _send(settings: LoggingSettings, handlers: Sequence[logging.Handler]) -> None:
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(settings.level)
    for noisy in ("httpx", "httpcore", "websockets", "alembic", "PIL", "asyncio", "autogen_core", "openai"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def get(room: str) -> structlog.stdlib.BoundLogger:
    """The logger of a room.

    In a program that was not told where its log is, such as a command that answers and ends, lines go the way of the
    standard library: warnings to stderr. What a command answers on stdout stays what it is.
    """
    if not structlog.is_configured():
        structlog.configure(
            processors=[*SHARED, structlog.processors.format_exc_info, _plain],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
        )
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(room)
    return logger


class _KeptLog(RotatingFileHandler):
    """Says once that its disk takes no lines, and again only after it has taken one; each would be a traceback."""

    _fails = _told = False

    def emit(self, record: logging.LogRecord) -> None:
        self._fails = False
        super().emit(record)
        self._told = self._told and self._fails

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what the disk has not taken is lost; it was said
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the library's name)
        self._fails = True
        error = sys.exc_info()[1]
        if not isinstance(error, OSError) or error.errno not in UNUSABLE:
            super().handleError(record)
        elif not self._told:
            self._told = True
            sys.stderr.write(f"musings: The log {self.baseFilename} takes no lines: {error.strerror}.\n")


def _terminal(settings: LoggingSettings, redact: Redact) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings, redact, colours=sys.stderr.isatty()))
    return handler


def _file(settings: LoggingSettings, program: str, redact: Redact) -> logging.Handler:
    path = settings.directory / f"{program}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _KeptLog(
            path,
            maxBytes=int(settings.max_megabytes * 1_000_000),
            backupCount=settings.backups,
            encoding="utf-8",
            errors="backslashreplace",
        )
    except OSError as error:
        kind = DiskError if error.errno in UNUSABLE else StoreError
        said = f"The log {path} cannot be written: {error.strerror}."
        raise kind(said, hint="Check `logging.directory`.") from error
    handler.setFormatter(_formatter(settings, redact, colours=False))
    return handler


def _formatter(settings: LoggingSettings, redact: Redact, *, colours: bool) -> logging.Formatter:
    render: structlog.typing.Processor
    if settings.json_lines:
        tail = [structlog.processors.dict_tracebacks]
        render = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    elif colours:
        tail = []
        render = structlog.dev.ConsoleRenderer(colors=True)
    else:
        tail = [structlog.processors.format_exc_info]
        render = _plain
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=list(SHARED),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail, render, _hiding(redact)],
    )


def _hiding(redact: Redact) -> structlog.typing.Processor:
    def hide(_logger: object, _name: str, line: object) -> str:
        return redact(str(line))

    return hide


def _plain(_logger: object, _name: str, event: structlog.typing.EventDict) -> str:
    """``2026-11-22T10:15:00Z info     prompt completed prompt=12 seconds=3.1``: one line, whatever was said."""
    time, level, said = event.pop("timestamp", ""), event.pop("level", ""), _one_line(str(event.pop("event", "")))
    trace = event.pop("exception", None)
    pairs = " ".join(f"{key}={_word(value)}" for key, value in event.items())
    line = f"{time} {level:<8} {said}" + (f" {pairs}" if pairs else "")
    return f"{line}\n{trace}" if trace else line


def _one_line(said: str) -> str:
    """What a program printed may hold line breaks and terminal codes; neither may pass for a line of ours."""
    return said if said.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in said)


def _word(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and " " not in text and text else repr(text)
