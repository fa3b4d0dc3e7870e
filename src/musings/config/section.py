"""What every section of the settings is made of."""

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from musings.hours import window_of

Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]
Port = Annotated[int, Field(ge=0, le=65535)]
AtOnce = Annotated[int, Field(ge=1, le=64)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, validate_default=True, extra="ignore", protected_namespaces=())


def _absolute(path: Path, info: ValidationInfo) -> Path:
    """A relative path counts from the folder that the reader names in the context; without one it stays."""
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(os.path.normpath(folder / path.expanduser()))


LocalPath = Annotated[Path, AfterValidator(_absolute)]
"""A path on this machine, absolute once it was read (see ``musings.config.settings.load``)."""


def is_address(url: str) -> bool:
    """Whether a client can be pointed at it: ``http`` or ``https``, a name, perhaps a port (RFC 3986, section 3.2)."""
    try:
        parts = urlsplit(url)
        # Asking for the port reads it; a number too large and a word raise.
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(each.isspace() for each in url)


def _address(url: str) -> str:
    if url and not is_address(url):
        raise ValueError("write it as http://name:port or https://name")
    return url


ServerAddress = Annotated[str, AfterValidator(_address)]
"""The address of a server, or nothing where there is none. With other words in its place nothing would start."""


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _readable(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        window_of(text)
    return value


Windows = Annotated[tuple[str, ...], BeforeValidator(_several), AfterValidator(_readable)]
"""Windows in the configuration: one text or a list of them."""


def _without_separators(value: str) -> str:
    return value.replace(":", "").replace("-", "").lower()


HardwareAddress = Annotated[
    str, Field(pattern=r"^([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}$"), AfterValidator(_without_separators)
]
"""Of a network adapter (IEEE 802, EUI-48), as ``d8:bb:c1:01:23:45``; read as twelve digits."""
