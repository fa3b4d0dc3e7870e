"""Whatever ends an attempt, as one of our errors: whose fault it is decides what happens next."""

import errno
import traceback

from musings.errors import (
    AttemptError,
    BusyError,
    CommandError,
    DiskFullError,
    InfrastructureFault,
    InternalFault,
    InvalidInputError,
    NotFoundError,
    PassingFault,
    PathError,
    RefusedError,
    SchemaError,
    StoreError,
    UnreachableError,
    UsageError,
    UserFault,
)
from musings.files.artifact_store import ArtifactStore


def as_fault(error: BaseException, store: ArtifactStore) -> AttemptError:
    """Whatever ended an attempt, in our classes: whose fault it is decides what happens next."""
    if isinstance(error, AttemptError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        error = store.full()
    if isinstance(error, DiskFullError | BusyError):
        return InfrastructureFault(str(error), hint=error.hint)
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
