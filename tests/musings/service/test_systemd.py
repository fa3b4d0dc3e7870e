"""What systemctl is asked, and what it says."""

from pathlib import Path

from musings.service import control
from musings.service.systemd import Systemd
from tests.musings.service.conftest import SYSTEMCTL, PutOnPath
from tests.musings.service.programs import programs_of, settings_in


def test_systemctl_is_asked_the_right_things(tmp_path: Path, put_on_path: PutOnPath) -> None:
    fake, manager = put_on_path("systemctl", SYSTEMCTL), Systemd({"XDG_CONFIG_HOME": str(tmp_path / "config")})
    programs = programs_of(settings_in(tmp_path))

    control.install(manager, programs)
    assert fake.calls() == [
        "--user daemon-reload",
        "--user daemon-reload",
        "--user enable musings-queue.timer musings-api.service",
        "--user restart musings-queue.timer musings-api.service",
    ]
    control.stop(manager, programs)
    control.start(manager, programs)
    assert fake.calls() == [
        "--user stop musings-queue.timer musings-queue.service musings-api.service",
        "--user start musings-queue.timer musings-api.service",
    ]
    queue, api = control.states(manager, programs)
    assert (queue.loaded, queue.pid, queue.last_exit, api.loaded, api.pid) == (True, None, 0, True, 77)
    assert queue.last_ran is not None
    fake.calls()
    control.uninstall(manager)
    assert fake.calls() == [
        "--user daemon-reload",
        "--user disable --now musings-queue.timer musings-queue.service musings-api.service",
        "--user daemon-reload",
    ]
