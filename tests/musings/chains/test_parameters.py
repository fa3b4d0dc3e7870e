"""The parameters of a run: defaults, words from a terminal, bounds and choices."""

import pytest

from musings.chains import reading
from musings.chains.parameters import values_of
from musings.errors import InvalidInputError
from tests.musings.chains.studio import GIVEN

CHAIN = reading.from_toml(GIVEN)


@pytest.mark.parametrize(
    ("given", "value"),
    [({"count": 3}, 3), ({"count": "3"}, 3), ({}, 2), ({"count": None}, 2)],
)
def test_parameters_have_defaults_and_are_read_from_words(given: dict[str, object], value: object) -> None:
    assert values_of(CHAIN, given)["count"] == value


def test_words_become_what_the_default_is() -> None:
    assert values_of(CHAIN, {"on": "true", "size": "2", "look": "oil"}) == {
        "count": 2, "look": "oil", "size": 2.0, "on": True,
    }  # fmt: skip
    assert values_of(CHAIN, {"size": 3})["size"] == 3.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"count": 9}, "parameters.count: 9 is above the most, 4"),
        ({"count": 0}, "parameters.count: 0 is below the least, 1"),
        ({"count": "many"}, "parameters.count: must be a whole number, not 'many'"),
        ({"count": True}, "must be a whole number"),
        ({"on": "perhaps"}, "must be true or false"),
        ({"look": "water"}, "parameters.look: must be one of ink, oil"),
        ({"look": 3}, "must be a text"),
        ({"colour": 3}, "parameters.colour: the chain has none of that name; it has: count, look, size, on"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        values_of(CHAIN, given)
