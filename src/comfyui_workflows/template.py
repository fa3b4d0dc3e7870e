"""A workflow to be filled again and again: its graph and its form. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from comfyui_workflows import placeholders
from comfyui_workflows.author_hints import NO_HINTS, AuthorHints
from comfyui_workflows.bounds import within
from comfyui_workflows.errors import SidecarError
from comfyui_workflows.form import Form, fill, rebind
from comfyui_workflows.graph import Graph
from comfyui_workflows.json_types import Object
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.outputs import kind_of
from comfyui_workflows.reach import Reach
from comfyui_workflows.sidecar import Sidecar, apply
from comfyui_workflows.tracing import trace


@dataclass(frozen=True)
class WorkflowTemplate:
    """``graph`` is in API format, with a value in place of each placeholder; ``form`` says what may be set in it.

    ``kind`` is what its outputs make, None where none of them tells; ``outputs`` are the nodes that its author chose to
    show, empty where nobody chose.
    """

    graph: Graph
    form: Form
    kind: WorkflowKind | None = None
    outputs: tuple[str, ...] = ()

    def fill(self, values: Mapping[str, object]) -> Graph:
        """A copy of the graph with ``values`` (by field name) in their places, as :func:`form.fill` makes it."""
        return fill(self.graph, self.form, values)


def form_of(
    name: str,
    graph: Graph,
    object_info: Object | None = None,
    sidecar: Sidecar | None = None,
    sidecar_name: str = "",
    hints: AuthorHints = NO_HINTS,
    before: Form | None = None,
) -> WorkflowTemplate:
    """What a person may set in a graph, found by tracing it from its samplers, and corrected by its sidecar.

    ``name`` and ``sidecar_name`` are for messages. ``graph`` is in API format (``read_workflow``). With
    ``object_info``, the answer of ``GET /object_info``, fields have the types, bounds and choices of their classes;
    without, what the values tell. A graph in which nothing is known has an empty form. ``hints`` are what its author
    chose for App mode, which wins over tracing (``hints_of``). ``before`` is the form of an earlier export of the same
    workflow, by which the places that the sidecar names are found again.

    Raises ``WorkflowError`` for unknown placeholders, ``SidecarError`` for a sidecar that does not fit.
    """
    # First, so that tracing meets values: "%seed%" in place of a number would be traced as a text.
    plain, said = placeholders.taken(name, graph, object_info)
    reach = Reach(plain, object_info, free=(spot.node for spots in hints.inputs for spot in spots))
    form = trace(plain, object_info, said, hints, reach)
    if sidecar is not None:
        form = apply(sidecar, form, plain, object_info, name=sidecar_name, before=before)
        # Checked now: a sidecar that does not fit should be told when the form is shown, not when a prompt fails.
        _, drift = rebind(plain, form)
        if drift:
            raise SidecarError(f"The sidecar no longer fits the workflow: {'; '.join(drift)}.")
    kind = kind_of(plain, object_info, reach, hints.outputs)
    if sidecar is not None and sidecar.kind is not None:
        kind = sidecar.kind
    # The bounds last, because the sidecar may have joined places with others.
    return WorkflowTemplate(plain, within(form, plain, object_info), kind, hints.outputs)
