"""The installation: a library that does not load is named with what it is for."""

import sys

import pytest

from musings.config.settings import Settings
from musings.doctor import machine
from musings.doctor.findings import Level


def test_all_is_there(settings: Settings) -> None:
    told = list(machine.check(settings, False))
    assert [each.what for each in told] == ["libraries", "page"]
    assert told[0].level is Level.OK
    assert all(what in told[0].detail for what in machine.NEEDED)


@pytest.mark.parametrize("name", ["musings.media.sounds", "musings_sketch.speech"])
def test_one_of_ours_that_does_not_load_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)  # as Python has it for a module that cannot be imported
    told = [each for each in machine.check(settings, False) if each.level is Level.FAILURE]
    what = next(what for what, module in machine.NEEDED.items() if module == name)
    assert [each.detail.startswith(f"those for {what} do not load: ") for each in told] == [True]
    assert "./musings up" in told[0].mend
