"""Is everything there that prompts need? Each finding says what is wrong and how to mend it."""

from collections.abc import Callable, Iterable

from musings.config.settings import Settings
from musings.doctor import configuration, database, disk, home, machine, making, running
from musings.doctor.findings import Finding, Level
from musings.errors import MusingsError

__all__ = ["Finding", "Level", "test_configuration"]

CHECKS: tuple[tuple[str, Callable[[Settings, bool], Iterable[Finding]]], ...] = (
    ("configuration", configuration.check),
    ("database", database.check),
    ("media root", disk.check),
    ("libraries", machine.check),
    ("servers", making.check),
    ("worker", running.check),
    ("home", home.check),
)


def test_configuration(settings: Settings, *, deep: bool = False) -> list[Finding]:  # noqa: PT028 (not a test)
    """Check everything; never raises. A warning lets the rest go on, a failure stops prompts.

    ``deep`` also reads the whole database and looks at every file, which takes minutes on a large installation.
    """
    findings: list[Finding] = []
    for what, look in CHECKS:
        try:
            findings += look(settings, deep)
        except MusingsError as error:
            findings.append(Finding(Level.FAILURE, what, str(error), error.hint or "Look at the logs."))
        except Exception as error:  # noqa: BLE001 (one check that fails must not hide what the others find)
            words = f"the check itself failed: {type(error).__name__}: {error}"
            findings.append(Finding(Level.FAILURE, what, words, "This is a bug: please report it."))
    hidden = settings.redactor()
    return [Finding(each.level, each.what, hidden(each.detail), hidden(each.mend)) for each in findings]


test_configuration.__test__ = False  # type: ignore[attr-defined]  # the plan's name; not a test of ours
