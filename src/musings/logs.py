"""Logs: structured, readable on a terminal, JSON lines on request, rotated by size.

Every line about a prompt carries ``prompt=<id>``, so ``grep 'prompt=12\\b' logs/*`` (or ``jq 'select(.prompt == 12)'``)
tells its whole story.
"""

import logging
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler

import structlog

from musings.config.operation import LoggingSettings
from musings.errors import StoreError

SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


Redact = Callable[[str], str]


def configure(
    settings: LoggingSettings, program: str, redact: Redact = lambda line: line, *, terminal: bool = True
) -> None:
    """Send every log line to ``{program}.log`` in the folder of the settings, and to the terminal if there is one.

    ``redact`` sees each line whole and last, tracebacks and the lines of other libraries too.
    """
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
    if terminal:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_formatter(settings, redact, colours=sys.stderr.isatty()))
        root.addHandler(handler)
    root.addHandler(_file(settings, program, redact))
    root.setLevel(settings.level)
    for noisy in ("httpx", "httpcore", "websockets", "alembic", "PIL", "asyncio", "autogen_core", "openai"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def get(room: str) -> structlog.stdlib.BoundLogger:
    """The logger of a room."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(room)
    return logger


def _file(settings: LoggingSettings, program: str, redact: Redact) -> logging.Handler:
    path = settings.directory / f"{program}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path,
            maxBytes=int(settings.max_megabytes * 1_000_000),
            backupCount=settings.backups,
            encoding="utf-8",
            errors="backslashreplace",
        )
    except OSError as error:
        raise StoreError(
            f"The log {path} cannot be written: {error.strerror}.", hint="Check `logging.directory`."
        ) from error
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
