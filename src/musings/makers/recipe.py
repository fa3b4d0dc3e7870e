"""What it takes to make the same thing again: the facts about its making that an artifact carries.

The names of the fields are the names in an artifact's ``metadata``; programs and people read them there, so they are a
contract. So is their order, because the tags inside a picture or a sound repeat them and a file made again must have
the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

from musings.models import Json, JsonObject
from musings.version import VERSION


class Missing(Enum):
    """The type of :data:`ABSENT`."""

    ABSENT = "absent"


# Not None: that is a value of its own, which is written as ``null``.
ABSENT: Final = Missing.ABSENT
"""A field that says nothing: its name is not in the metadata. ``None`` is written, as ``null``."""

Absent = Literal[Missing.ABSENT]

OF_ENGINES = (
    "prompt", "seed", "parameters", "backend", "engine", "version", "workflow", "server", "models", "turns", "tokens",
    "ended", "approved", "execution_time", "music", "title", "form",
)  # fmt: skip
"""The order where the maker itself is the workflow."""
OF_FILES = (
    "prompt", "negative_prompt", "seed", "parameters", "resolved", "workflow", "workflow_hash", "backend", "engine",
    "comfyui_version", "comfyui_prompt_id", "execution_time", "cached", "version", "node",
    "comfyui_output",
)  # fmt: skip
"""The order where a workflow file was run."""
OF_SPEECH = ("prompt", "parameters", "voice", "model", "backend", "engine", "workflow", "version")
"""The order of a speech server."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """``engine`` is the maker, ``backend`` the place where it ran, ``workflow`` what a prompt names to have it again.

    ``prompt`` is None where the workflow takes no words. ``execution_time`` is in seconds; ``workflow_hash`` is the
    sha256 of the workflow's file; ``resolved`` is what was put in place of dynamic prompts and patterns, by
    node and input; ``comfyui_output`` is the key under which ``node`` told of the file, where
    its graph was run as it was sent; ``models`` are the language models by agent; ``music`` is a score's facts.
    """

    prompt: str | None
    parameters: JsonObject
    backend: str
    engine: str
    workflow: str
    order: Sequence[str] = field(default=OF_ENGINES, repr=False)
    version: str = VERSION
    seed: Json | Absent = ABSENT
    negative_prompt: Json | Absent = ABSENT
    resolved: JsonObject | Absent = ABSENT
    workflow_hash: str | Absent = ABSENT
    comfyui_version: str | Absent | None = ABSENT
    comfyui_prompt_id: str | Absent = ABSENT
    execution_time: float | Absent = ABSENT
    cached: bool | Absent = ABSENT
    node: str | Absent = ABSENT
    comfyui_output: str | Absent = ABSENT
    voice: str | Absent = ABSENT
    model: str | Absent = ABSENT
    server: str | Absent = ABSENT
    models: JsonObject | Absent = ABSENT
    turns: int | Absent = ABSENT
    tokens: int | Absent = ABSENT
    ended: str | Absent = ABSENT
    approved: bool | Absent = ABSENT
    music: JsonObject | Absent = ABSENT
    title: str | Absent = ABSENT
    form: str | Absent = ABSENT

    def as_metadata(self) -> JsonObject:
        """The fields that say something, in their order."""
        values = ((name, getattr(self, name)) for name in self.order)
        return {name: value for name, value in values if value is not ABSENT}
