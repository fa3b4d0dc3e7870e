"""Install, uninstall, start, stop and look at the service, whichever manager this machine has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from musings.errors import ConflictError, MusingsError, NotFoundError
from musings.files import atomic
from musings.service.launchd import Launchd
from musings.service.manager import Manager, State
from musings.service.systemd import Systemd
from musings.service.unit import MARK, Program, mark

KEPT = ".before-musings"


@dataclass(frozen=True)
class Change:
    """What an installation or its removal did to files. ``kept`` are other programs' files, moved out of the way."""

    written: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()


def manager_for(platform: str, environment: Mapping[str, str], user: int) -> Manager:
    """launchd on macOS, systemd elsewhere."""
    return Launchd(environment, user) if platform == "darwin" else Systemd(environment)


def install(manager: Manager, programs: Sequence[Program]) -> Change:
    """Write the units and start them. Twice is harmless; what other settings had installed goes.

    Raises ``ConflictError`` when the units of another configuration are there, ``UnreachableError`` before anything
    is written when there is no manager.
    """
    manager.check()
    wanted = manager.files(programs)
    _refuse_other_configuration(manager, programs)
    surplus = [file for file in manager.all_files() if file not in wanted and _is_ours(file)]
    removed = _remove(manager, surplus)
    kept = tuple(_move_aside(manager, file) for file in wanted if file.exists() and not _is_ours(file))
    written = tuple(file for file, content in wanted.items() if _write(file, content))
    for program in programs:
        _make_folder(program.log.parent)
    manager.load(programs)
    return Change(written, removed, kept)


def uninstall(manager: Manager) -> Change:
    """Stop what ``install`` started and remove what it wrote; other programs' files and all data stay."""
    manager.check()
    return Change(removed=_remove(manager, [file for file in manager.all_files() if _is_ours(file)]))


def start(manager: Manager, programs: Sequence[Program]) -> None:
    require_installed(manager, programs)
    manager.start(programs)


def stop(manager: Manager, programs: Sequence[Program]) -> None:
    """Until the next start, or the next time the user logs in."""
    require_installed(manager, programs)
    manager.stop(programs)


def states(manager: Manager, programs: Sequence[Program]) -> list[State]:
    """How each program of the settings stands; empty when the service is not installed."""
    if not is_installed(manager, programs):
        return []
    return [manager.state(program) for program in programs]


def is_installed(manager: Manager, programs: Sequence[Program]) -> bool:
    return all(_is_ours(file) for file in manager.files(programs))


def require_installed(manager: Manager, programs: Sequence[Program]) -> None:
    if not is_installed(manager, programs):
        raise NotFoundError(
            "The service is not installed, or for other settings.", hint="Run `musings service install`."
        )


def _refuse_other_configuration(manager: Manager, programs: Sequence[Program]) -> None:
    marked = {form.format(mark(programs[0])) for form in ("# {}", "<!-- {} -->")}
    for file in manager.all_files():
        if _is_ours(file) and not marked & set(_text(file).splitlines()):
            raise ConflictError(
                f"{file} was installed for another configuration.",
                hint="Run `musings service uninstall` first: one service for each user.",
            )


def _remove(manager: Manager, files: Sequence[Path]) -> tuple[Path, ...]:
    if files:
        manager.unload(files)
        for file in files:
            file.unlink(missing_ok=True)
        manager.check()
    return tuple(files)


def _move_aside(manager: Manager, file: Path) -> Path:
    """Unload a file of our name that we did not write, such as the owner's old agent, and keep it by another name."""
    manager.unload([file])
    names = (file.with_name(f"{file.name}{KEPT}{'' if n == 1 else f'-{n}'}") for n in range(1, 1000))
    aside = next(name for name in names if not name.exists())
    file.rename(aside)
    return aside


def _is_ours(file: Path) -> bool:
    return MARK in _text(file)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _write(file: Path, content: bytes) -> bool:
    """Put a file in place whole; False when it was there already, as it should be."""
    if file.exists() and file.read_bytes() == content:
        return False
    _make_folder(file.parent)
    try:
        atomic.write(file, content, mode=0o644)
    except OSError as error:
        raise MusingsError(f"The unit {file} cannot be written: {error.strerror}.") from error
    return True


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MusingsError(f"The folder {folder} cannot be made: {error.strerror}.") from error
