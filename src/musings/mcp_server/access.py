"""How a tool reaches the queue: the operations of whoever calls it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from musings.remote.operations import Operations


@dataclass(frozen=True)
class QueueAccess:
    """``owner`` is kept with what is made, so that people see who asked for it."""

    queue: Operations
    owner: Mapping[str, str] = field(default_factory=dict)


Enter = Callable[[Any], QueueAccess]
"""From the SDK's context of a call."""
