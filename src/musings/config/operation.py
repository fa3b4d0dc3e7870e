"""How Musings runs: database, server, queue, logs, alerts, service."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from musings.config.section import AtOnce, LocalPath, Port, Seconds, Section, Windows, is_address
from musings.hours import zone_of
from musings.models import Kind


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
    video: AtOnce | None = None


class HoursSettings(Section):
    """When prompts of a kind may begin; no window is always. What runs when its hours end goes on."""

    text: Windows = ()
    image: Windows = ()
    music: Windows = ()
    voice: Windows = ()
    video: Windows = ()


class ProcessingSettings(Section):
    """``lock_timeout_minutes`` is accepted from old files and has no effect: a lock dies with its process.

    ``max_pending``: with so many waiting prompts no more are taken; 0 and null mean no bound. Rows that other programs
    insert are taken in whatever it says. ``time_zone``, a name such as ``Europe/Berlin``, is that of all hours; none is
    the zone of this machine.
    """

    lock_timeout_minutes: Annotated[float, Field(gt=0)] = 45
    max_attempts: Annotated[int, Field(ge=1, le=100)] = 3
    max_pending: Annotated[int, Field(ge=0)] | None = 10_000
    timeout_seconds: Seconds = 1800
    backoff_seconds: Annotated[float, Field(ge=0, le=3600)] = 5
    shutdown_seconds: Annotated[float, Field(ge=0, le=600)] = 10
    concurrency: ConcurrencySettings = ConcurrencySettings()
    hours: HoursSettings = HoursSettings()
    time_zone: str | None = None

    @field_validator("time_zone")
    @classmethod
    def _a_zone(cls, value: str | None) -> str | None:
        if value is not None:
            zone_of(value)
        return value


class SecuritySettings(Section):
    """``require_auth``: ``"auto"`` asks for auth where other machines may call: another address, or a ``public_url``.

    ``public_url`` is the address under which other machines see the page, ``https://`` and a name. ``share_recipes``:
    whether a file behind a shared link keeps the prompt and the workflow that are written in it.
    """

    require_auth: Literal["auto"] | bool = "auto"
    public_url: str | None = None
    share_recipes: bool = False

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str | None) -> str | None:
        # The pattern says what may stand in it; the address in it must be one, too.
        if value is None or (
            re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", value, re.IGNORECASE) and is_address(value)
        ):
            return value.rstrip("/") if value else value
        raise ValueError("write it as https://name")


class DoorSettings(Section):
    """Protocols of other programs: whether ``/v1``, ``/mcp``, ``/comfyui`` and ``/feeds`` answer.

    ``wait_seconds`` bounds a call of ``/v1``. ``comfyui_port`` is a port of its own for clients of ComfyUI that take a
    host and a port alone; 0 takes a free one.
    """

    openai: bool = True
    mcp: bool = True
    comfyui: bool = True
    comfyui_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    feeds: bool = True
    wait_seconds: Seconds = 600


TOPIC = r"[^+#/\s\x00-\x1f]+(/[^+#/\s\x00-\x1f]+)*"
"""What messages may be published under: levels without the wildcards of MQTT 3.1.1 (section 4.7)."""
TopicName = Annotated[str, Field(pattern=rf"^{TOPIC}$", max_length=200)]


class MqttSettings(Section):
    """A broker, for Home Assistant and others; without a ``host`` none is spoken to.

    ``port``: none is 1883, or 8883 with ``tls``. ``ca_file`` names the certificates to trust in place of the system's.
    The password comes from the environment: ``MUSINGS_SECRET_MQTT_PASSWORD``. ``node_id`` tells this Musings from
    others of the same broker.
    """

    host: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\s/]+$")] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: bool = False
    ca_file: LocalPath | None = None
    user: str | None = None
    topic_prefix: TopicName = "musings"
    discovery_prefix: TopicName = "homeassistant"
    # The characters that Home Assistant takes in the topic of a discovery.
    node_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64)] = "musings"

    @property
    def chosen_port(self) -> int:
        return self.port or (8883 if self.tls else 1883)

    @property
    def address(self) -> str:
        """As people write it, without anything secret."""
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host
        return f"{host}:{self.chosen_port}"


class WatchedFolderSettings(Section):
    """A folder whose text files become prompts; without a ``path`` there is none.

    ``settle_seconds``: how long a file must have stayed as it is, so that none is taken while it is written.
    """

    path: LocalPath | None = None
    settle_seconds: Annotated[float, Field(gt=0, le=3600)] = 2


MailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class MailSettings(Section):
    """A mailbox whose mails become prompts; without a ``host`` there is none.

    ``security``: ``tls`` from the start, ``starttls``, or ``none``, which is for this machine alone; ``smtp_security``
    alike. ``senders`` are those whose mails are taken, if ``receiving_server`` vouches for them: its name in the header
    ``Authentication-Results``. ``address`` is that of the mailbox; none is ``user``. The password comes from the
    environment: ``MUSINGS_SECRET_MAIL_PASSWORD``.
    """

    host: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\s/]+$")] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str | None = None
    address: MailAddress | None = None
    folder: Annotated[str, Field(pattern=r"^[ -~]+$", max_length=200)] = "INBOX"
    senders: tuple[MailAddress, ...] = ()
    receiving_server: Annotated[str, Field(pattern=r"^\S+$", max_length=255)] | None = None
    kind: Kind = Kind.TEXT
    look_seconds: Annotated[float, Field(gt=0, le=86400)] = 60
    smtp_host: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\s/]+$")] | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    smtp_security: Literal["tls", "starttls", "none"] = "tls"
    attach_megabytes: Annotated[float, Field(ge=0, le=100)] = 10

    @property
    def imap_port(self) -> int:
        return self.port or (993 if self.security == "tls" else 143)

    @property
    def submission_port(self) -> int:
        return self.smtp_port or {"tls": 465, "starttls": 587, "none": 25}[self.smtp_security]

    @property
    def own_address(self) -> str:
        return self.address or self.user or ""


class AlertSettings(Section):
    """``urls`` are Apprise addresses and hold secrets: they belong into the environment (``MUSINGS_ALERTS__URLS``)."""

    urls: tuple[str, ...] = Field(default=(), repr=False)
    repeated_failures: Annotated[int, Field(ge=1)] = 3
    long_running_minutes: Annotated[float, Field(gt=0)] = 60


class WebhookSettings(Section):
    """``allowed_hosts``: names and addresses of this machine and this network that a webhook may have all the same."""

    enabled: bool = True
    allowed_hosts: tuple[str, ...] = ()
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10
    keep_days: Annotated[float, Field(gt=0)] = 30


class PushSettings(Section):
    """``contact``: a ``mailto:`` or ``https:`` address at which push services may reach the owner.

    Without it they are told ``security.public_url``.
    """

    enabled: bool = True
    contact: Annotated[str, Field(max_length=200, pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)$")] | None = None


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
