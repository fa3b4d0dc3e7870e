"""How pictures, music and voice are made, and how long they are kept."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from musings.config.section import AtOnce, LocalPath, Seconds, Section
from musings.models import MEDIA_KINDS, Kind


class ScriptSettings(Section):
    image: LocalPath | None = None
    music: LocalPath | None = None
    voice: LocalPath | None = None


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

    python: LocalPath = Path("/usr/bin/python3")
    directory: LocalPath | None = None
    arguments: tuple[str, ...] = ()
    host: str = "http://127.0.0.1:8188"
    hosts: tuple[str, ...] = ()
    verify_tls: bool | LocalPath = True
    jobs_per_server: AtOnce = 1
    stall_seconds: Seconds = 900
    unreachable_seconds: Seconds = 60
    output_directory: LocalPath = Path("GeneratedMedia")
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
    workflows: LocalPath = Path("media")
    max_upload_megabytes: Annotated[float, Field(gt=0, le=100_000)] = 100
    scripts: ScriptSettings = ScriptSettings()
    comfyui: ComfyUISettings = ComfyUISettings()
    retention: RetentionSettings = RetentionSettings()
