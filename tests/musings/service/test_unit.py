"""The text of the units: parsed by plistlib, judged by systemd itself."""

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import UsageError
from musings.service import unit
from tests.musings.service.programs import HARD, programs_of, settings_in
from tests.paths import ROOT


def test_by_default_the_queue_runs_every_five_minutes_beside_the_api(tmp_path: Path) -> None:
    queue, api = programs_of(settings_in(tmp_path))

    assert (queue.name, queue.every_minutes, queue.nice) == ("queue", 5, 10)
    assert queue.words == (sys.executable, "-P", "-m", "musings", "worker", "--drain")
    assert (api.name, api.every_minutes) == ("api", None)
    assert api.words == (sys.executable, "-P", "-m", "musings", "serve")


def test_a_checkout_is_entered_by_the_old_front_door(tmp_path: Path) -> None:
    checkout = ROOT

    queue, _ = programs_of(settings_in(tmp_path), checkout)

    assert queue.words == (sys.executable, f"{checkout}/poets-service-clean/poets_cron_service_v3.py", "--queue")


def test_settings_choose_what_runs(tmp_path: Path) -> None:
    resident = settings_in(tmp_path, '{"service": {"mode": "resident", "api": false}}')
    often = settings_in(tmp_path, '{"service": {"interval_minutes": 1}, "processing": {"shutdown_seconds": 120}}')

    [worker] = programs_of(resident)
    assert (worker.name, worker.every_minutes) == ("worker", None)
    assert worker.words == (sys.executable, "-P", "-m", "musings", "worker")
    assert [program.every_minutes for program in programs_of(often)] == [1, None]
    assert all(program.stop_seconds > 120 for program in programs_of(often))


def test_without_a_configuration_file_there_is_no_service(tmp_path: Path) -> None:
    settings = Settings()
    with pytest.raises(UsageError, match="needs a configuration file"):
        programs_of(settings)


def test_a_line_break_in_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="control character"):
        programs_of(settings_in(tmp_path / "two\nlines"))


def test_the_queue_agent_has_the_owners_label(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / HARD)
    queue, api = programs_of(settings)

    agent = plistlib.loads(unit.plist(queue))

    assert agent == {
        "Label": "com.anthonysmusings.poets-clean",
        "ProgramArguments": list(queue.words),
        "WorkingDirectory": str(settings.folder),
        "EnvironmentVariables": {
            "MUSINGS_CONFIG": str(settings.file),
            "MUSINGS_UNIT": "queue",
            "PATH": unit.SEARCH_PATH,
        },
        "StandardOutPath": str(settings.logging.directory / "musings-service-queue.log"),
        "StandardErrorPath": str(settings.logging.directory / "musings-service-queue.log"),
        "RunAtLoad": True,
        "Nice": 10,
        "ExitTimeOut": 40,
        "StartInterval": 300,
    }
    assert unit.mark(queue).encode() in unit.plist(queue)
    stays = plistlib.loads(unit.plist(api))
    assert (stays["KeepAlive"], stays["ThrottleInterval"]) == ({"SuccessfulExit": False}, 15)
    assert "StartInterval" not in stays


def test_every_path_of_an_agent_is_absolute(tmp_path: Path) -> None:
    for program in programs_of(settings_in(tmp_path)):
        agent = plistlib.loads(unit.plist(program))
        named = [agent["ProgramArguments"][0], agent["WorkingDirectory"], agent["StandardOutPath"]]
        assert all(os.path.isabs(path) for path in named)  # noqa: PTH117 (strings of a file)


def test_systemd_units_say_what_the_agents_say(tmp_path: Path) -> None:
    queue, api = programs_of(settings_in(tmp_path))

    assert list(unit.systemd_units(queue)) == ["musings-queue.service", "musings-queue.timer"]
    assert list(unit.systemd_units(api)) == ["musings-api.service"]
    timer = unit.systemd_units(queue)["musings-queue.timer"].splitlines()
    assert {"OnUnitActiveSec=5min", "WantedBy=timers.target"} <= set(timer)
    service = unit.systemd_units(queue)["musings-queue.service"].splitlines()
    assert {"Type=oneshot", "SuccessExitStatus=75", "Nice=10", "TimeoutStopSec=40", "KillMode=mixed"} <= set(service)
    stays = unit.systemd_units(api)["musings-api.service"].splitlines()
    assert {"Restart=on-failure", "RestartPreventExitStatus=2", "WantedBy=default.target"} <= set(stays)
    assert f'Environment="MUSINGS_CONFIG={tmp_path}/poets_cron_config.json"' in stays


@pytest.mark.parametrize("mode", ["timer", "resident"])
@pytest.mark.parametrize("folder", ["plain", HARD])
def test_systemd_finds_nothing_to_say(tmp_path: Path, mode: str, folder: str) -> None:
    """`systemd-analyze verify` on the units as they would be installed: exit code 0 and not a word."""
    judge = shutil.which("systemd-analyze")
    if judge is None:
        pytest.skip("systemd-analyze is not here")
    settings = settings_in(tmp_path / folder, f'{{"service": {{"mode": "{mode}"}}}}')
    units = tmp_path / "units"
    units.mkdir()
    for program in programs_of(settings):
        for name, text in unit.systemd_units(program).items():
            (units / name).write_text(text)
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    done = subprocess.run(
        [judge, "verify", "--user", "--man=no", *sorted(str(file) for file in units.iterdir())],
        env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(runtime), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)


def test_systemd_reads_the_words_as_they_were_meant(tmp_path: Path) -> None:
    """Undone by the rules of systemd.syntax(7), each word is itself again."""
    queue, _ = programs_of(settings_in(tmp_path / HARD), tmp_path / HARD)
    [line] = [
        line.removeprefix("Environment=")
        for line in unit.systemd_units(queue)["musings-queue.service"].splitlines()
        if line.startswith('Environment="MUSINGS_CONFIG')
    ]
    undone = line[1:-1].replace("%%", "%").replace('\\"', '"').replace("\\\\", "\\")
    assert undone == f"MUSINGS_CONFIG={tmp_path / HARD}/poets_cron_config.json"
