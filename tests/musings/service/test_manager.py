"""A service manager that is missing, or has no session, or refuses."""

from pathlib import Path

import pytest

from musings.errors import MusingsError, UnreachableError
from musings.service import control
from musings.service.launchd import Launchd
from musings.service.manager import Manager
from musings.service.systemd import Systemd
from tests.musings.service.conftest import UNREACHABLE, PutOnPath
from tests.musings.service.programs import programs_of, settings_in


@pytest.mark.parametrize(("name", "manager"), [("systemctl", Systemd({"HOME": "/"})), ("launchctl", Launchd({}, 501))])
def test_a_manager_that_is_missing_is_told(
    name: str, manager: Manager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreachableError, match=f"{name} cannot be used here"):
        control.install(manager, programs_of(settings_in(tmp_path)))


def test_no_session_to_talk_to_is_told_and_nothing_is_written(tmp_path: Path, put_on_path: PutOnPath) -> None:
    put_on_path("systemctl", UNREACHABLE)
    with pytest.raises(UnreachableError, match="No medium found"):
        control.install(Systemd({"HOME": str(tmp_path / "home")}), programs_of(settings_in(tmp_path)))
    assert not (tmp_path / "home").exists()


def test_what_a_manager_refuses_is_told_in_its_words(tmp_path: Path, put_on_path: PutOnPath) -> None:
    put_on_path("systemctl", "#!/bin/sh\necho 'Unit is masked.' >&2\nexit 1\n")
    with pytest.raises(MusingsError, match="daemon-reload` failed: Unit is masked"):
        control.install(Systemd({"HOME": str(tmp_path / "home")}), programs_of(settings_in(tmp_path)))
