"""Settings: read once from ``poets_cron_config.json``, the environment and ``.env``, frozen, and handed in.

The keys are those of INTERFACE section 6. An unknown key is kept as a warning that names the nearest known one; a
value that cannot be used is a :class:`~musings.errors.ConfigError` that names the key, the value and what is allowed.
"""

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from musings.errors import ConfigError
from musings.locate import find_config
from musings.models import MEDIA_KINDS, Kind
from musings.security.redaction import Redactor, redactor_for

PREFIX = "MUSINGS_"
SECRETS = re.compile(r"MUSINGS_SECRET_\w+|\w+_(API_KEY|TOKEN|PASSWORD)")
"""Names of the environment or of ``.env`` that hold keys, for us or for other services."""
NOT_SETTINGS = (
    "MUSINGS_CONFIG", "MUSINGS_UNIT", "MUSINGS_PYTHON", "MUSINGS_LIFELINE",
    "MUSINGS_CHROMIUM", "MUSINGS_TEST_", "MUSINGS_SECRET_",
)  # fmt: skip

MAY_HOLD_SECRETS = re.compile(  # a URL may carry a password
    r"alerts\.urls|backend\.(fallback\.)?url|voice\.url|research\.url|media\.comfyui\.hosts?\b"
)

Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


class DatabaseSettings(Section):
    path: Path = Path("musings.db")


class ServerSettings(Section):
    host: str = "127.0.0.1"
    port: Port = 8000


class ModelSettings(Section):
    """Three slots that agents name. An empty one takes the first model that the server has."""

    local1: str = ""
    local2: str = ""
    local3: str = ""


class FallbackSettings(Section):
    """A second language model server, asked when the first does not answer; none while ``url`` is empty."""

    type: Literal["oll", "lms", "manual"] = "manual"
    url: str = ""
    models: ModelSettings = ModelSettings()


OLLAMA_URL = "http://127.0.0.1:11434/v1"
LM_STUDIO_URL = "http://127.0.0.1:1234/v1"


class BackendSettings(Section):
    """The language model server: Ollama (``oll``), LM Studio (``lms``), or any that speaks OpenAI's protocol."""

    type: Literal["oll", "lms", "manual"] = "oll"
    url: str = OLLAMA_URL
    fallback: FallbackSettings = FallbackSettings()
    fallback_to_sketch: bool = True
    timeout_seconds: Seconds = 120
    connect_seconds: Annotated[float, Field(gt=0, le=60)] = 2
    max_retries: Annotated[int, Field(ge=0, le=10)] = 2

    @property
    def address(self) -> str:
        """``url``, or where LM Studio listens when that was chosen and no address given."""
        return LM_STUDIO_URL if self.type == "lms" and "url" not in self.model_fields_set else self.url


class AgentSettings(Section):
    """One of the team. ``role``: writes, reads (criticises), edits (has the last word), or what the name suggests."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    system_message: str = ""
    config_assignment: str = "local1"
    role: Literal["auto", "writer", "reader", "editor"] = "auto"
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None

    @field_validator("config_assignment")
    @classmethod
    def _a_slot(cls, value: str) -> str:
        if value not in ModelSettings.model_fields:
            raise ValueError(f"must be one of {', '.join(ModelSettings.model_fields)}")
        return value


class PoetSettings(Section):
    """Limits of one run of the team: whichever is reached first ends it, and the best draft is kept."""

    max_turns: Annotated[int, Field(ge=1, le=100)] = 9
    max_tokens: Annotated[int, Field(ge=16, le=1_000_000)] = 12_000
    wall_clock_seconds: Seconds = 900
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.8


class VoiceSettings(Section):
    """A speech server that speaks OpenAI's ``/v1/audio/speech``; none while ``url`` is empty."""

    url: str = ""
    model: str = "tts-1"
    voice: str = "alloy"
    voices: tuple[str, ...] = ()
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    format: Literal["wav", "flac", "mp3", "opus", "aac"] = "wav"
    timeout_seconds: Seconds = 120
    max_retries: Annotated[int, Field(ge=0, le=10)] = 2
    max_characters: Annotated[int, Field(ge=20, le=4096)] = 600


class ResearchSettings(Section):
    """Web search for the agents, through Tavily; only where a key is in the environment."""

    enabled: bool = False
    url: str = "https://api.tavily.com"
    max_results: Annotated[int, Field(ge=1, le=20)] = 5
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 15


AtOnce = Annotated[int, Field(ge=1, le=64)]


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


class ScriptSettings(Section):
    image: Path | None = None
    music: Path | None = None
    voice: Path | None = None


class WarmScriptSettings(Section):
    """A process that keeps an export and its models loaded between prompts, within these limits."""

    enabled: bool = False
    idle_minutes: Annotated[float, Field(gt=0)] = 15
    max_gigabytes: Annotated[float, Field(gt=0)] = 16


class ComfyUISettings(Section):
    """``python`` and ``directory`` are those of a local ComfyUI, for scripts; ``host`` and ``hosts`` are its servers.

    ``verify_tls`` is false to trust any certificate of a server, or a file of certificates to trust. Headers for the
    servers, a token perhaps, come from the environment: ``MUSINGS_SECRET_COMFYUI_HEADERS``, a JSON object.
    """

    python: Path = Path("/usr/bin/python3")
    directory: Path | None = None
    arguments: tuple[str, ...] = ()
    host: str = "http://127.0.0.1:8188"
    hosts: tuple[str, ...] = ()
    verify_tls: bool | Path = True
    jobs_per_server: AtOnce = 1
    stall_seconds: Seconds = 900
    unreachable_seconds: Seconds = 60
    output_directory: Path = Path("GeneratedMedia")
    warm_scripts: WarmScriptSettings = WarmScriptSettings()

    @property
    def servers(self) -> tuple[str, ...]:
        """Every server once; ``host`` counts unless ``hosts`` names others."""
        return tuple(dict.fromkeys(url.rstrip("/") for url in (self.hosts or (self.host,))))

    @field_validator("host", "hosts")
    @classmethod
    def _addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for url in (value,) if isinstance(value, str) else value:
            if not url.startswith(("http://", "https://")):
                raise ValueError("write a server as http://name:port or https://name")
        return value


class RetentionSettings(Section):
    """What goes by itself: media of ``kinds`` older or more than so much, and what was in the trash for its days.

    Below ``min_free_gigabytes`` of free disk no media prompt is started; 0 means never mind.
    """

    max_age_days: Annotated[float, Field(gt=0, le=36_500)] | None = None
    max_gigabytes: Annotated[float, Field(gt=0)] | None = None
    keep_starred: bool = True
    kinds: tuple[Kind, ...] = MEDIA_KINDS
    trash_days: Annotated[float, Field(gt=0, le=36_500)] = 30
    min_free_gigabytes: Annotated[float, Field(ge=0)] = 1


class MediaSettings(Section):
    """``workflows`` is the folder of workflow files; ``max_upload_megabytes`` (10⁶ bytes) bounds a file sent here."""

    enabled: bool = True
    workflows: Path = Path("media")
    max_upload_megabytes: Annotated[float, Field(gt=0, le=100_000)] = 100
    scripts: ScriptSettings = ScriptSettings()
    comfyui: ComfyUISettings = ComfyUISettings()
    retention: RetentionSettings = RetentionSettings()


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
    directory: Path = Path("logs")
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
    alerts: AlertSettings = AlertSettings()
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
    def needs_auth(self) -> bool:
        """Whether every caller must say who it is."""
        asked = self.security.require_auth
        return self.faces_network or self.security.public_url is not None if asked == "auto" else asked

    def redactor(self) -> Redactor:
        """What takes our secrets out of logs, stored excerpts and answers."""
        return redactor_for(self.secrets, self.model_dump(mode="json"), self.alerts.urls)


OURS = ("file", "folder", "warnings", "comfyui_headers", "secrets")
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
    document = _read(file) if file else {}
    warnings = [*_unknown_keys(document, Settings)]
    named = {**_secrets(folder / ".env"), **environment}
    for key, value, name in _from_environment(named):
        problem = _unknown_name(key, name)
        if problem:
            warnings.append(problem)
        else:
            _put(document, key, value)
    for dotted, value in (overrides or {}).items():
        _put(document, dotted.split("."), value)
    for name in OURS:
        document.pop(name, None)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise ConfigError(_explain(error, file)) from error
    headers = _headers(named.get("MUSINGS_SECRET_COMFYUI_HEADERS"))
    keys = {name: value for name, value in named.items() if value and SECRETS.fullmatch(name)}
    placed = _with_absolute_paths(settings, file, folder, tuple(warnings))
    return placed.model_copy(update={"comfyui_headers": headers, "secrets": keys})


def is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return host == "localhost"
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _headers(given: str | None) -> dict[str, str]:
    """The headers for ComfyUI servers. A wrong value is not repeated in the error: it may hold a secret."""
    if not given:
        return {}
    try:
        found = json.loads(given)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        wanted = """{"Authorization": "Bearer …"}"""
        raise ConfigError(f"MUSINGS_SECRET_COMFYUI_HEADERS must be a JSON object of texts, such as {wanted}.")
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"The configuration {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"The configuration {file} is not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The configuration {file} is not valid JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ConfigError(f"The configuration {file} must be a JSON object, {{…}}.")
    return document


def _secrets(file: Path) -> dict[str, str]:
    try:
        return {key: value for key, value in dotenv_values(file).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The secrets in {file} cannot be read: {error}.") from error


def _unknown_keys(document: Mapping[str, Any], model: type[BaseModel], path: str = "") -> Iterator[str]:
    known = {name: field for name, field in model.model_fields.items() if path or name not in OURS}
    for key, value in document.items():
        if key not in known:
            yield f"Unknown key {path}{key!s} in the configuration is ignored{_nearest(key, known)}."
            continue
        default = known[key].default
        if isinstance(default, BaseModel) and isinstance(value, dict):
            yield from _unknown_keys(value, type(default), f"{path}{key}.")


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, known, 1)
    return f"; did you mean {near[0]}?" if near else f" (known here: {', '.join(known)})"


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[list[str], Any, str]]:
    for name in sorted(environment):
        if name.startswith(PREFIX) and not name.startswith(NOT_SETTINGS):
            yield name.removeprefix(PREFIX).lower().split("__"), environment[name], name


def _unknown_name(key: list[str], name: str) -> str | None:
    model: type[BaseModel] = Settings
    for depth, part in enumerate(key):
        fields = {k: v for k, v in model.model_fields.items() if depth or k not in OURS}
        if part not in fields:
            return f"Unknown setting {name} in the environment is ignored{_nearest(part, fields)}."
        default = fields[part].default
        if depth + 1 < len(key):
            if not isinstance(default, BaseModel):
                return f"Unknown setting {name} in the environment is ignored."
            model = type(default)
        elif isinstance(default, BaseModel):
            return f"Setting {name} in the environment names a section, not a key; it is ignored."
    return None


def _put(document: dict[str, Any], key: list[str], value: Any) -> None:
    for part in key[:-1]:
        inner = document.get(part)
        document[part] = inner = dict(inner) if isinstance(inner, dict) else {}
        document = inner
    document[key[-1]] = _parsed(value) if isinstance(value, str) else value


def _parsed(value: str) -> Any:
    """Lists, null, numbers and booleans may be written as JSON in the environment; all else is a string."""
    if value[:1] in "[{" or value in ("null", "true", "false"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


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


def _with_absolute_paths(settings: Settings, file: Path | None, folder: Path, warnings: tuple[str, ...]) -> Settings:
    def at(path: Path | None) -> Path | None:
        return None if path is None else Path(os.path.normpath(folder / path.expanduser()))

    comfyui, scripts = settings.media.comfyui, settings.media.scripts
    return settings.model_copy(
        update={
            "database": settings.database.model_copy(update={"path": at(settings.database.path)}),
            "media": settings.media.model_copy(
                update={
                    "workflows": at(settings.media.workflows),
                    "scripts": scripts.model_copy(
                        update={k: at(getattr(scripts, k)) for k in type(scripts).model_fields}
                    ),
                    "comfyui": comfyui.model_copy(
                        update={
                            "python": at(comfyui.python),
                            "directory": at(comfyui.directory),
                            "verify_tls": at(comfyui.verify_tls)
                            if isinstance(comfyui.verify_tls, Path)
                            else comfyui.verify_tls,
                            "output_directory": at(comfyui.output_directory),
                        }
                    ),
                }
            ),
            "logging": settings.logging.model_copy(update={"directory": at(settings.logging.directory)}),
            "file": file,
            "folder": folder,
            "warnings": warnings,
        }
    )
