"""Install, uninstall and the rest, against managers that write down what they are asked."""

from pathlib import Path

import pytest

from musings.config.settings import load
from musings.errors import ConflictError, NotFoundError
from musings.service import control
from musings.service.launchd import Launchd
from musings.service.manager import Manager
from musings.service.systemd import Systemd
from tests.musings.service.conftest import LAUNCHCTL, SYSTEMCTL, PutOnPath
from tests.musings.service.programs import HARD, programs_of, settings_in


@pytest.fixture(params=["systemd", "launchd"])
def manager(request: pytest.FixtureRequest, tmp_path: Path, put_on_path: PutOnPath) -> Manager:
    home = {"HOME": str(tmp_path / HARD / "home")}
    if request.param == "systemd":
        put_on_path("systemctl", SYSTEMCTL)
        return Systemd(home)
    put_on_path("launchctl", LAUNCHCTL)
    return Launchd(home, 501)


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_uninstall_removes_exactly_what_install_made(tmp_path: Path, manager: Manager) -> None:
    programs = programs_of(settings_in(tmp_path / HARD))
    before = files_below(tmp_path)

    made = control.install(manager, programs)

    assert set(made.written) == files_below(tmp_path / HARD / "home") == set(manager.files(programs))
    removed = control.uninstall(manager)
    assert set(removed.removed) == set(made.written)
    assert {path for path in files_below(tmp_path) if not path.name.startswith("calls")} == before
    assert control.uninstall(manager).removed == ()


def test_installing_twice_is_harmless(tmp_path: Path, manager: Manager) -> None:
    programs = programs_of(settings_in(tmp_path))
    control.install(manager, programs)

    again = control.install(manager, programs)

    assert again == control.Change()
    assert control.is_installed(manager, programs)


def test_another_mode_takes_the_place_of_the_first(tmp_path: Path, manager: Manager) -> None:
    control.install(manager, programs_of(settings_in(tmp_path)))
    resident = programs_of(settings_in(tmp_path, '{"service": {"mode": "resident", "api": false}}'))

    change = control.install(manager, resident)

    assert files_below(tmp_path / HARD / "home") == set(manager.files(resident))
    assert change.removed


def test_the_owners_old_unit_is_kept(tmp_path: Path, manager: Manager) -> None:
    programs = programs_of(settings_in(tmp_path))
    theirs = next(iter(manager.files(programs)))
    theirs.parent.mkdir(parents=True)
    theirs.write_text("made long ago")

    change = control.install(manager, programs)

    assert [file.read_text() for file in change.kept] == ["made long ago"]
    control.uninstall(manager)
    assert files_below(theirs.parent) == set(change.kept)


def test_uninstall_leaves_units_of_our_name_that_we_did_not_write(tmp_path: Path, manager: Manager) -> None:
    theirs = manager.all_files()[0]
    theirs.parent.mkdir(parents=True)
    theirs.write_text("made long ago")

    assert control.uninstall(manager).removed == ()
    assert theirs.exists()


def test_another_configuration_does_not_take_over_unasked(tmp_path: Path, manager: Manager) -> None:
    control.install(manager, programs_of(settings_in(tmp_path / "poets")))
    with pytest.raises(ConflictError, match="another configuration"):
        control.install(manager, programs_of(settings_in(tmp_path / "poets2")))


def test_what_is_not_installed_cannot_be_started(tmp_path: Path, manager: Manager) -> None:
    programs = programs_of(settings_in(tmp_path))
    assert control.states(manager, programs) == []
    for act in (control.start, control.stop):
        with pytest.raises(NotFoundError, match="not installed"):
            act(manager, programs)


def test_each_platform_has_its_manager() -> None:
    assert [control.manager_for(name, {}, 501).name for name in ("darwin", "linux")] == ["launchd", "systemd"]


def test_settings_of_the_shell_do_not_reach_the_units(tmp_path: Path) -> None:
    settings_in(tmp_path)
    told = load(tmp_path / "poets_cron_config.json", {"MUSINGS_UNIT": "queue"}, tmp_path)
    assert told.warnings == ()
