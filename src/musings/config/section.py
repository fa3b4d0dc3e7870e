"""What every section of the settings is made of."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

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
