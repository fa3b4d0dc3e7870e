"""What a run of a script left: the files in its folder, or those that it names in JSON on its standard output.

A script may print the words of a prompt, and somebody else may have written those. So a file outside the run's folder
is taken from a script without a sidecar only when this run has made it and it is a picture, a sound or a film.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from musings.errors import UserFault
from musings.late import importing
from musings.models import ArtifactType

# Names under which scripts of other makes were seen to list their files.
LISTS = ("files", "outputs", "artifacts", "images", "audio", "paths", "results")
PATHS = ("path", "file", "file_path", "filename", "output")
LONGEST_SHOWN = 200
CLOCK_SECONDS = 2.0
"""How far the times of a file system may be off; some count in steps of two seconds."""


def found_in(folder: Path) -> list[Path]:
    """Every file of a run's folder, media first. Links are not followed: they name files twice, or those of others."""
    with importing():
        from musings.media.kinds import kind_of

    paths = [path for path in folder.rglob("*") if _is_own(path)]
    beside = (ArtifactType.TEXT, ArtifactType.OTHER)
    # Media first: the first file is what a prompt shows.
    return sorted(paths, key=lambda path: (kind_of(path) in beside, path))


def told_in(stdout: str, folder: Path, cwd: Path | None, *, since: float) -> list[Path]:
    """The files that JSON anywhere in the output names, brought into the folder; none unless all are there.

    ``cwd`` is where the script ran, ``since`` the time (epoch seconds) before which nothing is its work.
    """
    # Each once: a script may report after every file and again at the end.
    named = list(dict.fromkeys(path for said in _reports(stdout) for path in _names(said)))
    sources = [_taken(Path(each), folder, cwd, since) for each in named]
    # All or none: a list of which a part is missing was perhaps no list of results.
    return list(_brought([each for each in sources if each is not None], folder)) if all(sources) else []


def reported(stdout: str, folder: Path, cwd: Path | None) -> list[Path]:
    """The files that the last line of the output names, brought into the folder. Raises ``UserFault`` without them."""
    lines = [line for line in stdout.splitlines() if line.strip()]
    named = _names(_read(lines[-1])) if lines else []
    if not named:
        raise UserFault("The last line of the script's output is not a JSON list of paths.")
    sources = []
    for each in named:
        source = _found(Path(each), folder, cwd)
        if source is None:
            raise UserFault(f"The script names a file that is not there: {_shown(each)}.")
        sources.append(source)
    return list(_brought(sources, folder))


def _brought(sources: Sequence[Path], folder: Path) -> Iterator[Path]:
    for number, source in enumerate(sources, 1):
        if source.resolve().is_relative_to(folder.resolve()):
            yield source
        else:
            # Copied and not moved: the script may keep a folder of its own, which is not ours to empty.
            yield Path(shutil.copy2(source, folder / f"{number:04}{source.suffix}"))


def _reports(stdout: str) -> Iterator[object]:
    """Every line that is JSON, and the lines at the end that are JSON together."""
    lines = stdout.splitlines()
    for line in lines:
        # Only lines that begin like JSON: parsing each line of a long log would cost time.
        if line.lstrip()[:1] in ("{", "["):
            yield _read(line)
    # An indented object at the end spans lines: from its opening brace on.
    begin = next((place for place in reversed(range(len(lines))) if lines[place].rstrip() in ("{", "[")), None)
    if begin is not None:
        yield _read("\n".join(lines[begin:]))


def _read(text: str) -> object:
    try:
        return json.loads(text)
    # A deep nesting in a printed text must not end the attempt.
    except (ValueError, RecursionError):
        return None


def _names(said: object) -> list[str]:
    """The paths in what was said: a list, or an object with one under ``files``, ``outputs`` and the like, or of one.

    Each is a path, or an object with one.
    """
    if isinstance(said, dict):
        said = next((said[key] for key in LISTS if isinstance(said.get(key), list)), [said])
    if not isinstance(said, list):
        return []
    named = [
        next((each[key] for key in PATHS if key in each), None) if isinstance(each, dict) else each for each in said
    ]
    return [path for path in named if isinstance(path, str) and path]


def _taken(path: Path, folder: Path, cwd: Path | None, since: float) -> Path | None:
    with importing():
        from musings.media.kinds import kind_of

    try:
        source = _found(path, folder, cwd)
        if source is None or source.resolve().is_relative_to(folder.resolve()):
            # In its own folder everything is its work; outside only what is new and plainly a result.
            return source
        is_work = source.stat().st_mtime >= since - CLOCK_SECONDS
        return source if is_work and kind_of(source) not in (ArtifactType.TEXT, ArtifactType.OTHER) else None
    except (OSError, ValueError):
        return None


def _found(path: Path, folder: Path, cwd: Path | None) -> Path | None:
    """A named file: as it is, below the script's output, or below where it ran."""
    try:
        # Its folder first: a relative path of the same name may be an old file elsewhere.
        return next((each for each in (folder / path, (cwd or Path()) / path) if each.is_file()), None)
    except (OSError, ValueError):  # a name that no file has: too long, perhaps
        return None


def _shown(name: str) -> str:
    """For people: short, and without what cannot be printed."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in name[:LONGEST_SHOWN])


def _is_own(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".")
