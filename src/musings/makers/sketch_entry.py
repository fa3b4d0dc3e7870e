"""The sketch engine in the list of makers: always there, for every kind. Light: no numpy is imported to list it."""

from collections.abc import Sequence

from musings.late import importing
from musings.makers.base import Chosen, DefaultGround, Pipeline, Proposal, Wanted, Workflow
from musings.makers.simple import SimpleMaker
from musings.makers.sketch_forms import SKETCH_FORMS
from musings.models import MEDIA_KINDS, Kind

SKETCH = "sketch-"
"""How the names of its workflows begin."""
RANK = 2


class SketchMaker(SimpleMaker):
    name = "sketch"

    def workflows(self) -> Sequence[Workflow]:
        """One for each kind."""
        return [_workflow(kind) for kind in Kind]

    def propose(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Proposal | None:  # noqa: ARG002 (asks nobody)
        return Proposal(f"{SKETCH}{kind}") if ground is DefaultGround.BUILT_IN else None

    def choose(self, wanted: Wanted) -> Chosen | None:
        """Media of any name of ours: another program's row may name the sketch of another kind."""
        name = wanted.name or ""
        mine = name == f"{SKETCH}{wanted.kind}" or (wanted.kind in MEDIA_KINDS and name.startswith(SKETCH))
        return Chosen(sketch_pipeline(), SKETCH_FORMS[wanted.kind]) if mine else None


def sketch_pipeline() -> Pipeline:
    """What sketches; numpy comes with it."""
    with importing():
        from musings.makers.sketch import SketchPipeline

    return SketchPipeline()


def _workflow(kind: Kind) -> Workflow:
    return Workflow(
        name=f"{SKETCH}{kind}",
        kind=kind,
        title=f"Sketch: {kind}",
        description="Made by the built-in sketch engine: no model, no GPU, no network.",
        source=SketchMaker.name,
        form=SKETCH_FORMS[kind],
        rank=RANK,
        slot="text" if kind is Kind.TEXT else "",
    )
