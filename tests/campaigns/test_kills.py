"""A short form of the kill campaign: whatever it kills, nothing is lost, doubled, orphaned or failed."""

from pathlib import Path

from tests.campaigns import kills


def test_a_few_kills_of_everything(tmp_path: Path) -> None:
    said: list[str] = []
    record = kills.run(tmp_path / "house", seed=7, minutes=1, most_kills=6, say=said.append)
    assert record.total >= 6
    assert record.prompts > 0
    assert record.found.is_clean, (record.found, said)
    assert record.found.completed == record.prompts
