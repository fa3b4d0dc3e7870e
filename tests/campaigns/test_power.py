"""A short form of the power cuts, where the programs may be traced."""

from pathlib import Path

import pytest

from tests.campaigns import power


@pytest.mark.skipif(not power.is_possible(), reason="strace is not here, or may not trace")
def test_a_few_power_cuts_lose_and_tear_nothing(tmp_path: Path) -> None:
    record = power.run(tmp_path, seed=1, minutes=1, most=20, say=lambda _: None)
    assert record.prompts == power.FEW
    assert record.cuts == 20
    assert record.is_clean, (record.unread, record.wrong)
