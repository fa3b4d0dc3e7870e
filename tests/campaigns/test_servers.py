"""A short form of the hostile servers."""

from pathlib import Path

from tests.campaigns import servers


def test_a_few_hostile_servers_are_survived(tmp_path: Path) -> None:
    record = servers.run(tmp_path / "inside", seed=3, minutes=1, most=6, say=lambda _: None)
    assert record.cases == 6
    assert record.is_clean, record.wrong


def test_no_two_cases_have_the_same_name() -> None:
    names = [name for name, _ in servers.cases()]
    assert len(set(names)) == len(names) > 200
