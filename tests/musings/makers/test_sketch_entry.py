"""The sketch engine among the makers: always there, last, and for rows of other programs too."""

import subprocess
import sys

import pytest

from musings.makers.base import DefaultGround, Wanted
from musings.makers.sketch_entry import SketchMaker
from musings.makers.sketch_forms import SKETCH_FORMS
from musings.models import Kind

MAKER = SketchMaker()


@pytest.mark.parametrize("kind", Kind)
def test_it_serves_every_kind_by_name_and_proposes_itself_last(kind: Kind) -> None:
    [mine] = [each for each in MAKER.workflows() if each.kind is kind]
    assert (mine.name, mine.usable, mine.is_file) == (f"sketch-{kind}", True, False)
    chosen = MAKER.choose(Wanted(kind, mine.name))
    assert chosen is not None
    assert chosen.form == SKETCH_FORMS[kind]
    proposals = {ground: MAKER.propose(kind, ground, wait=False) for ground in DefaultGround}
    assert [ground for ground, each in proposals.items() if each is not None] == [DefaultGround.BUILT_IN]


@pytest.mark.parametrize(
    ("kind", "name", "mine"),
    [
        (Kind.IMAGE, "sketch-music", True),
        (Kind.VOICE, "sketch-nothing", True),
        (Kind.TEXT, "sketch-image", False),
        (Kind.IMAGE, "fox", False),
        (Kind.IMAGE, None, False),
        (Kind.IMAGE, "Sketch-image", False),
    ],
)
def test_media_of_any_name_of_ours_are_sketched_as_their_kind(kind: Kind, name: str | None, mine: bool) -> None:
    chosen = MAKER.choose(Wanted(kind, name))
    assert (chosen is not None) is mine
    assert chosen is None or chosen.form == SKETCH_FORMS[kind]


def test_to_list_it_costs_no_numpy() -> None:
    words = (
        "import sys; from musings.makers.sketch_entry import SketchMaker; SketchMaker().workflows();"
        " sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0
