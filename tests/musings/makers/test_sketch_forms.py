"""What may be set for a sketch: within what the engine takes, with defaults that it takes too."""

import pytest

from musings.makers.sketch_forms import SKETCH_FORMS
from musings.models import FormField, Kind
from musings_sketch import music, painting, speech
from musings_sketch.speech.voices import resolved
from musings_sketch.verse import FORMS


def field(kind: Kind, name: str) -> FormField:
    return next(each for each in SKETCH_FORMS[kind] if each.name == name)


def test_every_form_of_a_text_can_be_chosen() -> None:
    assert field(Kind.TEXT, "form").choices == FORMS


@pytest.mark.parametrize("name", ["width", "height"])
def test_sizes_are_those_that_can_be_painted(name: str) -> None:
    side = field(Kind.IMAGE, name)
    assert (side.minimum, side.maximum) == (painting.SMALLEST, painting.LARGEST)
    assert side.step is not None
    assert int(side.default) % side.step == 0


def test_lengths_and_speeds_are_those_that_can_be_played() -> None:
    length, speed = field(Kind.MUSIC, "duration"), field(Kind.VOICE, "speed")
    assert (length.minimum, length.maximum) == (music.SHORTEST, music.LONGEST)
    assert (speed.minimum, speed.maximum) == (speech.MINIMUM_SPEED, speech.MAXIMUM_SPEED)
    assert resolved(str(field(Kind.VOICE, "voice").default)) == "en"


@pytest.mark.parametrize("kind", Kind)
def test_each_has_a_seed_and_names_nothing_twice(kind: Kind) -> None:
    names = [each.name for each in SKETCH_FORMS[kind]]
    assert len(set(names)) == len(names)
    assert [each.role for each in SKETCH_FORMS[kind]].count("seed") == 1
    for each in SKETCH_FORMS[kind]:
        if each.default is not None and each.minimum is not None and each.maximum is not None:
            assert each.minimum <= each.default <= each.maximum
