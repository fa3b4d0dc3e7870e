"""What the doctor says: a level, what it is about, and what to do."""

import pytest

from musings.doctor.findings import Finding, Level, failure, ok, warning


@pytest.mark.parametrize(("say", "level"), [(warning, "warning"), (failure, "failure")])
def test_whatever_is_wrong_comes_with_a_remedy(say: object, level: str) -> None:
    found = say("disk", "is full", "Free some space.")  # type: ignore[operator]
    assert found == Finding(Level(level), "disk", "is full", "Free some space.")
    with pytest.raises(TypeError):
        say("disk", "is full")  # type: ignore[operator]


def test_what_is_well_needs_none() -> None:
    assert ok("disk", "has room").mend == ""
    assert f"{ok('disk', 'has room').level}" == "ok"
