"""What launchctl is asked, and what it says."""

from pathlib import Path

from musings.service import control, unit
from musings.service.launchd import Launchd
from tests.musings.service.conftest import LAUNCHCTL, PutOnPath
from tests.musings.service.programs import programs_of, settings_in


def test_launchctl_is_asked_the_right_things(tmp_path: Path, put_on_path: PutOnPath) -> None:
    fake, manager = put_on_path("launchctl", LAUNCHCTL), Launchd({"HOME": str(tmp_path / "home")}, 501)
    programs = programs_of(settings_in(tmp_path, '{"service": {"api": false}}'))
    label = unit.LABELS["queue"]
    file = tmp_path / "home/Library/LaunchAgents" / f"{label}.plist"

    control.install(manager, programs)
    assert fake.calls() == [
        "managername",
        f"print gui/501/{label}",
        f"enable gui/501/{label}",
        f"bootstrap gui/501 {file}",
    ]
    control.install(manager, programs)
    assert fake.calls() == [
        "managername",
        f"print gui/501/{label}",
        f"bootout gui/501/{label}",
        f"print gui/501/{label}",
        f"enable gui/501/{label}",
        f"bootstrap gui/501 {file}",
    ]
    [state] = control.states(manager, programs)
    assert (state.loaded, state.pid, state.last_exit) == (True, 77, 75)
    control.stop(manager, programs)
    assert [state.loaded for state in control.states(manager, programs)] == [False]
    control.start(manager, programs)
    assert [state.loaded for state in control.states(manager, programs)] == [True]
