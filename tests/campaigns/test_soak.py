"""A short form of the soak; and what it takes for growth."""

from dataclasses import asdict
from pathlib import Path

import pytest

from tests.campaigns import soak
from tests.campaigns.soak import ALLOWED, Sample


def test_some_prompts_of_all_kinds_with_care_between_them(tmp_path: Path) -> None:
    record = soak.run(tmp_path / "house", seed=1, minutes=1, most=24, say=lambda _: None)
    assert record.prompts > 0
    assert record.is_clean, (record.wrong, record.found)
    assert record.done["restarts"] >= 1
    assert len(record.samples) >= 2


def samples(values: list[float], name: str = "worker_megabytes") -> list[Sample]:
    level = dict.fromkeys(ALLOWED, 100.0)
    return [Sample(100 * number, **{**level, name: value}) for number, value in enumerate(values)]


def grown(values: list[float]) -> tuple[float, float]:
    _, found, allowed = soak.growths(samples(values))["worker_megabytes"]
    return found, allowed


def test_what_comes_at_first_and_stays_is_no_growth() -> None:
    found, allowed = grown([50.0, 120.0, 150.0, 160.0, *[165.0] * 16])
    assert found == 0 < allowed


def test_a_leak_is_told_from_the_second_half_alone() -> None:
    found, allowed = grown([100.0 + 5 * number for number in range(20)])
    assert found == pytest.approx(45)
    assert found > allowed


def test_a_few_odd_samples_move_nothing() -> None:
    values = [100.0] * 20
    values[15], values[19] = 900.0, 700.0
    assert grown(values)[0] == 0


def test_too_few_samples_say_nothing() -> None:
    assert soak.growths(samples([100.0] * 4)) == {}


def test_a_sample_has_a_bound_for_each_of_its_figures() -> None:
    assert set(asdict(samples([1.0])[0])) == {"prompts", *ALLOWED}
