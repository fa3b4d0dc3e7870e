"""What a workflow makes."""

from enum import StrEnum


class WorkflowKind(StrEnum):
    """``voice`` is read or sung by somebody; what else is heard is ``music``, and a film counts as an ``image``."""

    TEXT = "text"
    IMAGE = "image"
    MUSIC = "music"
    VOICE = "voice"
