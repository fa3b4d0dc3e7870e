"""Patterns in the names of files: ``%date:yyyy-MM-dd%`` and ``%Node.widget%``. Pure.

Source: what the official frontend (1.58.1) sends. A node is named by its "Node name for S&R", else by its title; what
it does not know, ``%width%`` among it, stays for the server.
"""

import re
from collections.abc import Callable
from datetime import datetime

from comfyui_workflows.json_types import Json
from comfyui_workflows.saved_values import written

PATTERN = re.compile(r"%([^%]+)%")
DATE_PARTS = re.compile(r"dd?|MM?|hh?|mm?|ss?|yyyy|yy")
# Signs that a name of a file cannot have.
UNFIT = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')
SAVERS = (
    *("SaveImage", "SaveImageAdvanced", "SaveSVGNode", "SaveVideo", "SaveAnimatedWEBP", "SaveWEBM", "SaveAudio"),
    *("SaveAudioMP3", "SaveAudioOpus", "SaveAudioAdvanced", "SaveGLB", "Save3DAdvanced", "SaveGaussianSplat"),
    *("SavePointCloud", "SaveAnimatedPNG", "CLIPSave", "VAESave", "ModelSave", "LoraSave", "SaveLatent"),
)
"""The classes in whose ``filename_prefix`` the page fills patterns; in any other they stay."""
Finder = Callable[[str], str | None]
"""What stands for a pattern (without its percent signs); None for one that stays."""


def replaced(text: str, finder: Finder) -> str:
    """The text with each pattern replaced that ``finder`` knows."""
    return PATTERN.sub(lambda found: found[0] if (word := finder(found[1])) is None else word, text)


def date_in(pattern: str, now: datetime) -> str | None:
    """``date:FORMAT`` with this date in it; None for any other pattern. Twelve hours are not known: ``hh`` is 00 to 23.

    The parts are ``d``, ``M``, ``yy``, ``yyyy``, ``h``, ``m`` and ``s``, twice for a zero in front.
    """
    begin, *rest = pattern.split(".")
    # Two parts are a node and its widget, whatever they are called; of more the page keeps the first.
    if len(rest) == 1 or not begin.startswith("date:"):
        return None
    return DATE_PARTS.sub(lambda found: _part(found[0], now), begin.removeprefix("date:"))


def fit_for_file(value: Json) -> str:
    """The value of a widget as a part of the name of a file."""
    return UNFIT.sub("_", written(value))


def _part(part: str, now: datetime) -> str:
    if part in ("yy", "yyyy"):
        return f"{now.year:04}"[-len(part) :]
    number = {"d": now.day, "M": now.month, "h": now.hour, "m": now.minute, "s": now.second}[part[0]]
    return f"{number:0{len(part)}}"
