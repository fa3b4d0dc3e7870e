"""How pictures, music, voice and films are made, and how long they are kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from musings.config.section import AtOnce, HardwareAddress, LocalPath, Seconds, Section, Windows, is_address
from musings.models import MEDIA_KINDS, Kind


class ScriptSettings(Section):
    image: LocalPath | None = None
    music: LocalPath | None = None
    voice: LocalPath | None = None
    video: LocalPath | None = None


class WarmScriptSettings(Section):
    """A process that keeps an export and its models loaded between prompts, within these limits."""

    enabled: bool = False
    idle_minutes: Annotated[float, Field(gt=0)] = 15
    max_gigabytes: Annotated[float, Field(gt=0)] = 16


class WakeSettings(Section):
    """How a ComfyUI that sleeps is woken when a prompt needs it, and put to sleep again.

    ``mac`` is the hardware address that a magic packet names, which goes to ``broadcast``; ``command`` is run instead
    or besides. It has ``within_seconds`` to answer. ``sleep_command`` is run once it has had no work for
    ``idle_minutes``, if it was woken from here.
    """

    mac: HardwareAddress | None = None
    broadcast: str = "255.255.255.255"
    port: Annotated[int, Field(ge=1, le=65535)] = 9
    command: tuple[str, ...] = ()
    within_seconds: Seconds = 180
    sleep_command: tuple[str, ...] = ()
    idle_minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)] = 15

    @model_validator(mode="after")
    def _some_way(self) -> "WakeSettings":
        if self.mac is None and not self.command:
            raise ValueError("say how it is woken: mac for a magic packet, or command")
        return self


class ComfyUISettings(Section):
    """``python`` and ``directory`` are those of a local ComfyUI, for scripts; ``host`` and ``hosts`` are its servers.

    ``verify_tls`` is false to trust any certificate of a server, or a file of certificates to trust. Headers for the
    servers, a token perhaps, come from the environment: ``MUSINGS_SECRET_COMFYUI_HEADERS``, a JSON object.
    ``environment`` names variables that scripts are given beside those that any program needs. ``hours`` says by the
    address of a server when it may be given jobs; a server that is not named may be always. ``wake`` says how one that
    sleeps is woken.
    """

    python: LocalPath = Path("/usr/bin/python3")
    directory: LocalPath | None = None
    arguments: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    host: str = "http://127.0.0.1:8188"
    hosts: tuple[str, ...] = ()
    verify_tls: bool | LocalPath = True
    hours: Mapping[str, Windows] = {}
    wake: Mapping[str, WakeSettings] = {}
    jobs_per_server: AtOnce = 1
    stall_seconds: Seconds = 900
    unreachable_seconds: Seconds = 60
    output_directory: LocalPath = Path("GeneratedMedia")
    warm_scripts: WarmScriptSettings = WarmScriptSettings()

    @property
    def servers(self) -> tuple[str, ...]:
        """Every server once; ``host`` counts unless ``hosts`` names others."""
        return tuple(dict.fromkeys(url.rstrip("/") for url in (self.hosts or (self.host,))))

    @model_validator(mode="after")
    def _of_its_servers(self) -> "ComfyUISettings":
        for what, named in (("hours", self.hours), ("wake", self.wake)):
            for url in named:
                if url.rstrip("/") not in self.servers:
                    raise ValueError(f"{what} names {url!r}, which is none of the servers: {', '.join(self.servers)}")
        return self

    @field_validator("host", "hosts")
    @classmethod
    def _addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for url in (value,) if isinstance(value, str) else value:
            if not is_address(url):
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


class MarkSettings(Section):
    """Where files say that a machine made them: in what we write, and, of what came from elsewhere, where it leaves.

    ``downloads`` are those of who is logged in; a file that came from a server stays as it came but for these.
    """

    written: bool = True
    shares: bool = True
    feeds: bool = True
    openai: bool = True
    exports: bool = True
    downloads: bool = False


class MediaSettings(Section):
    """``workflows`` is the folder of workflow files; ``max_upload_megabytes`` (10⁶ bytes) bounds a file sent here.

    ``readable_by`` says who on this machine may read the media files: ``owner``, ``group`` or ``everyone``.
    """

    enabled: bool = True
    readable_by: Literal["owner", "group", "everyone"] = "owner"
    workflows: LocalPath = Path("media")
    max_upload_megabytes: Annotated[float, Field(gt=0, le=100_000)] = 100
    scripts: ScriptSettings = ScriptSettings()
    comfyui: ComfyUISettings = ComfyUISettings()
    mark: MarkSettings = MarkSettings()
    retention: RetentionSettings = RetentionSettings()
