"""Patterns in names of files."""

from datetime import datetime

import pytest

from comfyui_workflows.text_patterns import date_in, fit_for_file, replaced

NOW = datetime(2026, 3, 7, 5, 4, 9)  # noqa: DTZ001 (a local time, as people write it into names)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("date:yyyy-MM-dd", "2026-03-07"),
        ("date:d.M.yy", "7"),
        ("date:hhmmss", "050409"),
        ("date:", ""),
        ("date:yyyy.MM", None),
        ("width", None),
    ],
)
def test_a_date_is_written_as_its_pattern_says(pattern: str, expected: str | None) -> None:
    assert date_in(pattern, NOW) == expected


def test_what_nobody_knows_stays_for_the_server() -> None:
    found = {"KSampler.seed": "42"}
    assert replaced("%KSampler.seed%/%width%_100%", found.get) == "42/%width%_100%"


@pytest.mark.parametrize(("value", "expected"), [("a/b:c|d", "a_b_c_d"), (1.0, "1"), (True, "true"), (None, "")])
def test_a_value_is_made_fit_for_a_name(value: object, expected: str) -> None:
    assert fit_for_file(value) == expected
