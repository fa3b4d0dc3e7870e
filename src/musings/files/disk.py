"""The disk of a folder: its room, and which errors of the system are the disk's and nobody else's."""

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from musings.errors import causes

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
WRITERS = frozenset(
    {"musings", "musings_sketch", "shutil", "pathlib", "tempfile", "wave", "zipfile", "PIL", "soundfile"}
)
"""Packages that write files, and ask no pipe, terminal or device for what could fail so."""
SPENT = frozenset({errno.EMFILE, errno.ENFILE})
UNUSABLE = FULL | {errno.EROFS, errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO}


def disk_error_in(error: BaseException | None) -> OSError | None:
    """The error of a disk that is behind an error, if one is: it says so itself, or by what it was raised from."""
    found = (each for each in _system_errors(error) if each.errno in UNUSABLE and not _is_of_a_file(each))
    return next(found, None)


def is_out_of_descriptors(error: BaseException | None) -> bool:
    """Whether the process, or the whole machine, had no file descriptor left."""
    return any(each.errno in SPENT for each in _system_errors(error))


def _system_errors(error: BaseException | None) -> Iterator[OSError]:
    """What the system said, of an error and of all that it was raised from."""
    return (each for each in causes(error) if isinstance(each, OSError))


def _is_of_a_file(error: OSError) -> bool:
    """FFmpeg says EIO of a file that is damaged, too; without a file, pipes, terminals and devices say it as well.

    The system names no file when a write or a sync fails, so that then the code that asked for it tells.
    """
    if error.errno != errno.EIO:
        return False
    is_of_ffmpeg = type(error).__module__.partition(".")[0] == "av"
    return is_of_ffmpeg or (error.filename is None and _raised_in(error) not in WRITERS)


def _raised_in(error: OSError) -> str:
    """The package of the code that met the error; empty for one that was never raised."""
    trace, package = error.__traceback__, ""
    while trace is not None:
        package = str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        trace = trace.tb_next
    return package


def free_bytes(folder: Path) -> int | None:
    """What is left for this user on the disk of a folder, made yet or not; None when it is not known."""
    # The folder may not be made yet: the nearest parent that exists is on the disk that will hold it.
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
