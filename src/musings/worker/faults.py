"""Whatever ends an attempt, as one of our errors: whose fault it is decides what happens next."""

import re
import traceback

from musings.errors import (
    AttemptError,
    BusyError,
    Cancelled,
    CommandError,
    DiskError,
    InfrastructureFault,
    InternalFault,
    InvalidInputError,
    NotFoundError,
    PassingFault,
    PathError,
    RefusedError,
    SchemaError,
    Stopping,
    StoreError,
    UnreachableError,
    UsageError,
    UserFault,
)
from musings.files.artifact_store import ArtifactStore
from musings.files.disk import FULL, disk_error_in, is_out_of_descriptors

_TOLD = re.compile(r"\[Errno (?:5|28|30|122)\]")
"""What another program's Python says of its disk, last of all: EIO, ENOSPC, EROFS, EDQUOT (Linux)."""
_TAIL_CHARACTERS = 1_000
_DESCRIPTORS_HINT = "Close other programs, or raise the limit (`ulimit -n`); the prompt is tried again."
_DISK_HINT = "Look at the disk; the prompt waits, and is tried again."


def as_fault(error: BaseException, store: ArtifactStore) -> AttemptError:
    """Whatever ended an attempt, in our classes: whose fault it is decides what happens next."""
    if isinstance(error, Cancelled | Stopping | InfrastructureFault):
        return error
    if isinstance(error, DiskError | BusyError):
        return InfrastructureFault(str(error), hint=error.hint)
    # Also what a library, a script or a server made of it: whoever met the disk, it is no fault of the prompt.
    if (trouble := _trouble_of_a_disk(error, store)) is not None:
        return trouble
    if is_out_of_descriptors(error):
        return InfrastructureFault("No file descriptor was free.", hint=_DESCRIPTORS_HINT, log=str(error))
    if isinstance(error, AttemptError):
        return error
    if isinstance(error, CommandError) and error.code is not None and error.code < 0:
        log = f"{error.stdout}\n{error.stderr}".strip()
        return PassingFault(str(error), hint=error.hint, log=log)
    if isinstance(error, CommandError):
        return UserFault(str(error), hint=error.hint, log=f"{error.stdout}\n{error.stderr}".strip())
    if isinstance(error, InvalidInputError | UsageError | NotFoundError | RefusedError | SchemaError):
        return UserFault(str(error), hint=error.hint)
    if isinstance(error, UnreachableError | StoreError) and not isinstance(error, PathError):
        return PassingFault(str(error), hint=error.hint)
    if isinstance(error, MemoryError):
        return PassingFault("There was not enough memory.", hint="Ask for less, or close other programs.")
    if isinstance(error, ConnectionError | TimeoutError):
        return PassingFault(f"A connection failed: {error}.")
    if _is_of_an_import(error):
        return _unloaded(error)
    report = "".join(traceback.format_exception(error))
    return InternalFault(
        f"Musings made a mistake ({type(error).__name__}: {error}).",
        hint="This is a bug: please report it with the log of this attempt.",
        log=report,
    )


def _trouble_of_a_disk(error: BaseException, store: ArtifactStore) -> InfrastructureFault | None:
    behind = disk_error_in(error)
    log = error.log if isinstance(error, AttemptError) else ""
    if behind is not None and behind.errno in FULL:
        full = store.full()
        return InfrastructureFault(str(full), hint=full.hint, log=log or str(error))
    if behind is not None:
        where = f" under {behind.filename}" if behind.filename else ""
        return InfrastructureFault(
            f"The disk failed{where}: {behind.strerror}.", hint=_DISK_HINT, log=log or str(error)
        )
    said = f"{error.stderr}" if isinstance(error, CommandError) else f"{log}\n{error}"
    if isinstance(error, CommandError | AttemptError) and _TOLD.search(said[-_TAIL_CHARACTERS:]):
        return InfrastructureFault(f"A program met a disk that cannot be used. {error}", hint=_DISK_HINT, log=log)
    return None


def _is_of_an_import(error: BaseException) -> bool:
    """Whether a part of Musings is not there, or not yet: while it is being updated, for one."""
    return isinstance(error, ImportError) or (
        isinstance(error, AttributeError) and "partially initialized module" in str(error)
    )


def _unloaded(error: BaseException) -> PassingFault:
    return PassingFault(
        f"A part of Musings could not be loaded ({type(error).__name__}: {error}).",
        hint="If it happens again, remove the folder .venv and run ./musings, which installs it anew.",
        log="".join(traceback.format_exception(error)),
    )
