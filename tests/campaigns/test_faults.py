"""A short form of the fault matrix; and what a case is judged by."""

from pathlib import Path

from fake_comfyui.faults import FAULTS
from tests.campaigns import faults


def test_a_few_cases_end_with_words_and_leave_nothing(tmp_path: Path) -> None:
    record = faults.run(tmp_path / "inside", seed=1, minutes=1, most=6, say=lambda _: None)
    assert record.cases == 6
    assert record.is_clean, record.wrong
    assert sum(record.ends.values()) == 6


def test_every_fault_is_in_the_matrix_with_each_kind_at_each_moment() -> None:
    found = faults.cases()
    assert len(set(found)) == len(found)
    for fault in FAULTS:
        assert len([each for each in found if each.fault == fault]) == len(faults.KINDS) * len(faults.MOMENTS)
