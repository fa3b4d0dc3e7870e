"""A short form of the campaign of chains: whatever it kills, each result of each step is there once."""

from pathlib import Path

from tests.campaigns import chains


def test_a_few_kills_of_workers_and_people(tmp_path: Path) -> None:
    record = chains.run(tmp_path / "house", 7, 0.1, 10, print, count=6)
    assert record.total >= 2
    assert record.wrong == []
    assert record.prompts == 6 * sum(chains.STEPS.values())
