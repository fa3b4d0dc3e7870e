"""What a workflow makes."""

from enum import StrEnum


class WorkflowKind(StrEnum):
    """``voice`` is read or sung by somebody; what else is heard is ``music``. ``3d`` are models and scenes as files."""

    TEXT = "text"
    IMAGE = "image"
    MUSIC = "music"
    VOICE = "voice"
    VIDEO = "video"
    MODEL_3D = "3d"
