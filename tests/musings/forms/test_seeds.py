"""Seeds: their bounds, and several from one."""

from dataclasses import replace

import pytest

from musings.errors import UserFault
from musings.forms.seeds import SEED, SEED_MAXIMUM, own_bounds, seed_at, seeded

BYTE = replace(SEED, maximum=255)


def test_a_seed_is_what_a_page_can_hold_exactly() -> None:
    assert own_bounds(SEED) == (0, SEED_MAXIMUM)
    assert float(SEED_MAXIMUM) + 1 != float(SEED_MAXIMUM)
    assert own_bounds(replace(SEED, minimum=None, maximum=None)) == (0, SEED_MAXIMUM)


@pytest.mark.parametrize(("number", "seed"), [(0, 254), (1, 255), (2, 0)])
def test_several_go_round(number: int, seed: int) -> None:
    assert seed_at(254, number, 0, 255) == seed
    assert seeded({"seed": 254, "steps": 4}, [BYTE], drawn=(), number=number) == {"seed": seed, "steps": 4}


def test_what_was_drawn_is_brought_within_bounds_and_what_was_given_is_refused() -> None:
    assert seeded({"seed": 256}, [BYTE], drawn={"seed"}, number=0) == {"seed": 0}
    with pytest.raises(UserFault, match="The seed 256 is not from 0 to 255"):
        seeded({"seed": 256}, [BYTE], drawn=(), number=0)


def test_what_is_no_whole_number_is_left_alone() -> None:
    assert seeded({"seed": True}, [BYTE], drawn=(), number=1) == {"seed": True}
