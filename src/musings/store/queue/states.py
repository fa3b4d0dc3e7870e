"""The states of a prompt and of an attempt."""

from enum import StrEnum

from musings.models import TYPES_OF_KIND, Kind

TEXT_TYPES = TYPES_OF_KIND[Kind.TEXT]


class AttemptStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    RELEASED = "released"
