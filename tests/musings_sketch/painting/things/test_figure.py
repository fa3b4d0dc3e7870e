"""What a thing is made of: parts that keep their place however the figure is put."""

import numpy as np
import pytest

from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.things.draw import FIGURES
from musings_sketch.painting.things.figure import Figure, Shape
from tests.musings_sketch.painting.figures import FOOT, SIDE, cut, silhouette

HOMES = {"ground", "sky", "water", "deep", "span"}


def dot(s: Stencil) -> Stencil:
    return s.ellipse(0.5, 0.5, 0.1)


def test_a_plain_figure_is_a_thing_of_the_size_of_a_house_on_the_ground() -> None:
    figure = Figure((Shape(dot),))
    assert (figure.size, figure.home, figure.many) == (1.0, "ground", 3)
    assert not figure.parts[0].own
    assert figure.parts[0].veil == 1.0


def test_a_mirrored_figure_is_the_image_of_itself() -> None:
    plain, flipped = cut(dot), cut(dot, flip=True)
    (x, _), columns = FOOT, np.arange(SIDE)
    assert (plain.sum(axis=0) @ columns) / plain.sum() > x
    assert (flipped.sum(axis=0) @ columns) / flipped.sum() < x
    assert flipped.sum() == pytest.approx(plain.sum(), rel=0.01)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_a_home_a_crowd_and_parts_that_can_be_seen(name: str) -> None:
    figure = FIGURES[name]
    assert figure.home in HOMES
    assert 1 <= figure.many <= 12
    assert figure.size > 0
    assert figure.wide > 0
    for part in figure.parts:
        assert cut(part.draw).sum() > 4  # pixels of a figure that is 120 of them high
        assert 0 < part.veil <= 1


@pytest.mark.parametrize("name", FIGURES)
def test_a_named_colour_reaches_some_part_of_every_figure(name: str) -> None:
    own = [part for part in FIGURES[name].parts if part.own]
    assert own
    if name not in ("fire", "lantern"):  # their named colour is their light, small beside what holds it
        assert max(cut(part.draw).sum() for part in own) > 0.1 * silhouette(FIGURES[name]).sum()
