"""What an author has said about a form, beside the graph: the inputs and outputs that they chose, and labels. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from comfyui_workflows.node_inputs import Spot


@dataclass(frozen=True)
class AuthorHints:
    """``inputs`` and ``outputs`` are chosen, in their order; both are empty where nobody chose.

    ``labels`` are names of places that an author gave; ``drawn`` are places that get another number for each run.
    """

    inputs: tuple[tuple[Spot, ...], ...] = ()
    outputs: tuple[str, ...] = ()
    labels: Mapping[Spot, str] = field(default_factory=dict)
    drawn: frozenset[Spot] = frozenset()


NO_HINTS = AuthorHints()
