"""How Musings runs: database, server, queue, logs, alerts, service."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from musings.config.section import AtOnce, LocalPath, Port, Seconds, Section


class DatabaseSettings(Section):
    path: LocalPath = Path("musings.db")


class ServerSettings(Section):
    host: str = "127.0.0.1"
    port: Port = 8000


class ConcurrencySettings(Section):
    """How many prompts run at a time: at most ``total``, and at most so many of each kind.

    Null for a kind of media means one for each place on a ComfyUI server; null in all means what the kinds need, and
    three at least.
    """

    total: AtOnce | None = None
    text: AtOnce = 2
    image: AtOnce | None = None
    music: AtOnce | None = None
    voice: AtOnce | None = None


class ProcessingSettings(Section):
    """``lock_timeout_minutes`` is accepted from old files and has no effect: a lock dies with its process.

    ``max_pending``: with so many waiting prompts no more are taken; 0 and null mean no bound. Rows that other programs
    insert are taken in whatever it says.
    """

    lock_timeout_minutes: Annotated[float, Field(gt=0)] = 45
    max_attempts: Annotated[int, Field(ge=1, le=100)] = 3
    max_pending: Annotated[int, Field(ge=0)] | None = 10_000
    timeout_seconds: Seconds = 1800
    backoff_seconds: Annotated[float, Field(ge=0, le=3600)] = 5
    shutdown_seconds: Annotated[float, Field(ge=0, le=600)] = 10
    concurrency: ConcurrencySettings = ConcurrencySettings()


class SecuritySettings(Section):
    """``require_auth``: ``"auto"`` asks for auth where other machines may call: another address, or a ``public_url``.

    ``public_url`` is the address under which other machines see the page, ``https://`` and a name.
    """

    require_auth: Literal["auto"] | bool = "auto"
    public_url: str | None = None

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str | None) -> str | None:
        if value is None or re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", value, re.IGNORECASE):
            return value.rstrip("/") if value else value
        raise ValueError("write it as https://name")


class AlertSettings(Section):
    """``urls`` are Apprise addresses and hold secrets: they belong into the environment (``MUSINGS_ALERTS__URLS``)."""

    urls: tuple[str, ...] = Field(default=(), repr=False)
    repeated_failures: Annotated[int, Field(ge=1)] = 3
    long_running_minutes: Annotated[float, Field(gt=0)] = 60


class LoggingSettings(Section):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    directory: LocalPath = Path("logs")
    max_megabytes: Annotated[float, Field(gt=0, le=10_000)] = 10
    backups: Annotated[int, Field(ge=0, le=1000)] = 5
    json_lines: bool = False

    @field_validator("level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


class ServiceSettings(Section):
    """What ``musings service`` installs: the queue every so many minutes or a worker that stays, and the API."""

    mode: Literal["timer", "resident"] = "timer"
    interval_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 5
    api: bool = True
