"""Settings: read once from ``poets_cron_config.json``, the environment and ``.env``, frozen, and handed in.

An unknown key is kept as a warning that names the nearest known one; a value that cannot be used is a
:class:`~musings.errors.ConfigError` that names the key, the value and what is allowed.
"""

import json
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from platformdirs import user_data_path
from pydantic import Field, ValidationError

from musings.config.language import (
    AgentSettings,
    BackendSettings,
    ModelSettings,
    PoetSettings,
    ResearchSettings,
    VoiceSettings,
)
from musings.config.media import MediaSettings
from musings.config.operation import (
    AlertSettings,
    DatabaseSettings,
    DoorSettings,
    LoggingSettings,
    MailSettings,
    MqttSettings,
    ProcessingSettings,
    PushSettings,
    SecuritySettings,
    ServerSettings,
    ServiceSettings,
    WatchedFolderSettings,
    WebhookSettings,
)
from musings.config.section import Section
from musings.config.sources import comfyui_headers, document_of, secrets_in, with_dotenv
from musings.errors import ConfigError
from musings.hours import Hours, zone_of
from musings.locate import find_config
from musings.models import Kind
from musings.security.redaction import Redactor, redactor_for

MAY_HOLD_SECRETS = re.compile(  # a URL may carry a password
    r"alerts\.urls|backend\.(fallback\.)?url|voice\.url|research\.url|media\.comfyui\.hosts?\b"
)


class Settings(Section):
    """Everything that can be set. Every path is absolute."""

    database: DatabaseSettings = DatabaseSettings()
    server: ServerSettings = ServerSettings()
    backend: BackendSettings = BackendSettings()
    models: ModelSettings = ModelSettings()
    agents: tuple[AgentSettings, ...] = ()
    poets: PoetSettings = PoetSettings()
    voice: VoiceSettings = VoiceSettings()
    research: ResearchSettings = ResearchSettings()
    processing: ProcessingSettings = ProcessingSettings()
    media: MediaSettings = MediaSettings()
    security: SecuritySettings = SecuritySettings()
    doors: DoorSettings = DoorSettings()
    alerts: AlertSettings = AlertSettings()
    webhooks: WebhookSettings = WebhookSettings()
    mqtt: MqttSettings = MqttSettings()
    watched_folder: WatchedFolderSettings = WatchedFolderSettings()
    mail: MailSettings = MailSettings()
    push: PushSettings = PushSettings()
    logging: LoggingSettings = LoggingSettings()
    service: ServiceSettings = ServiceSettings()

    comfyui_headers: Mapping[str, str] = Field(default={}, exclude=True, repr=False)
    file: Path | None = Field(default=None, exclude=True)
    folder: Path = Field(default=Path(), exclude=True)
    warnings: tuple[str, ...] = Field(default=(), exclude=True)
    secrets: Mapping[str, str] = Field(default={}, exclude=True, repr=False)

    @property
    def upload_bytes(self) -> int:
        """How large a file that somebody sends may be."""
        return int(self.media.max_upload_megabytes * 1e6)

    @property
    def media_root(self) -> Path:
        return self.media.comfyui.output_directory

    @property
    def faces_network(self) -> bool:
        """Whether the server would answer other machines."""
        return not is_loopback(self.server.host)

    @property
    def address(self) -> str:
        """The address of the API as others see it: ``security.public_url``, else where it listens."""
        host = self.server.host
        named = f"[{host}]" if ":" in host else host
        return self.security.public_url or f"http://{named}:{self.server.port}"

    @property
    def needs_auth(self) -> bool:
        """Whether every caller must say who it is."""
        asked = self.security.require_auth
        return self.faces_network or self.security.public_url is not None if asked == "auto" else asked

    def hours_of_kinds(self) -> dict[Kind, Hours]:
        """When prompts of each kind that has hours may begin."""
        asked = {kind: getattr(self.processing.hours, kind.value) for kind in Kind}
        return {kind: Hours(windows, self._zone) for kind, windows in asked.items() if windows}

    def hours_of_servers(self) -> dict[str, Hours]:
        """When each ComfyUI server that has hours may be given jobs, by its address."""
        return {url.rstrip("/"): Hours(windows, self._zone) for url, windows in self.media.comfyui.hours.items()}

    @property
    def _zone(self) -> ZoneInfo | None:
        name = self.processing.time_zone
        return None if name is None else zone_of(name)

    def redactor(self) -> Redactor:
        """What takes our secrets out of logs, stored excerpts and answers."""
        return redactor_for(self.secrets, self.model_dump(mode="json"), self.alerts.urls)


OURS = tuple(name for name, field in Settings.model_fields.items() if field.exclude)
"""Fields of Settings that are facts about the reading, not keys of the file."""


def load(
    given: Path | None, environment: Mapping[str, str], cwd: Path, overrides: Mapping[str, Any] | None = None
) -> Settings:
    """Read the settings.

    ``overrides`` maps dotted keys to values (what the command line said); they win over the environment, which wins
    over ``.env``, which wins over the file. Raises ``ConfigError``.
    """
    found = find_config(str(given) if given else None, environment, str(cwd))
    file = Path(found) if found else None
    folder = file.parent if file else user_data_path("musings")
    named = with_dotenv(folder, environment)
    document, warnings = document_of(file, named, overrides or {}, Settings)
    try:
        settings = Settings.model_validate(document, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError(_explain(error, file)) from error
    facts = {
        "file": file,
        "folder": folder,
        "warnings": tuple(warnings),
        "comfyui_headers": comfyui_headers(named.get("MUSINGS_SECRET_COMFYUI_HEADERS")),
        "secrets": secrets_in(named),
    }
    return settings.model_copy(update=facts)


def is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return host == "localhost"
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _explain(error: ValidationError, file: Path | None) -> str:
    """One sentence for each wrong value. The value is shown unless it may hold a secret."""
    said = []
    for fault in error.errors():
        where = ".".join(str(part) for part in fault["loc"] if not str(part).startswith(("literal[", "bool")))
        value = json.dumps(fault["input"], default=str, ensure_ascii=False)
        shown = "…" if MAY_HOLD_SECRETS.match(where) else Redactor()(value)[:200]
        said.append(f"{where} is {shown}: {fault['msg'].removeprefix('Value error, ')}")
    source = f" (in {file} or the environment)" if file else " (in the environment)"
    return "Wrong configuration" + source + ": " + "; ".join(dict.fromkeys(said)) + "."
