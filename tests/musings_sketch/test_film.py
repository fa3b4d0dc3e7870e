"""A film of painted pictures."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from musings_sketch.film import MOST_SHOTS, frames


def drawn(text: str = "a fox in the snow", seed: int = 3, count: int = 24, **more: Callable[..., None]) -> list[bytes]:
    return [frame.tobytes() for frame in frames(text, seed, (96, 64), count, 12, **more)]


def test_the_same_words_and_seed_give_the_same_film_and_others_another() -> None:
    first = drawn()
    assert len(first) == 24
    assert {len(frame) for frame in first} == {96 * 64 * 3}
    assert drawn() == first
    assert drawn(seed=4)[0] != first[0]


def test_every_frame_moves_a_little_and_no_cut_is_hard() -> None:
    found = [np.frombuffer(frame, np.uint8).astype(int) for frame in drawn(count=72)]
    steps = [float(np.abs(one - other).mean()) for one, other in itertools.pairwise(found)]
    assert min(steps) > 0
    whole = float(np.abs(found[0] - found[-1]).mean())
    assert max(steps) < whole / 2


@pytest.mark.parametrize(("count", "fps"), [(1, 30), (2, 8), (600, 30)])
def test_a_film_of_any_length_has_its_frames(count: int, fps: int) -> None:
    told: list[float] = []
    made = list(frames("a fox", 1, (64, 64), count, fps, progress=told.append))
    assert len(made) == count
    assert told == sorted(told)
    assert told[-1] == 1
    assert MOST_SHOTS * 2 < 600


def test_it_stops_when_it_is_told_to() -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        drawn(check=stop)


def test_a_size_beyond_the_limits_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be painted"):
        next(frames("a fox", 1, (4000, 64), 3, 12))
