"""Every error that Musings raises on purpose, as one tree.

Each message is written for the owner of the prompt: what was wrong, where, and what to do. The classes say
what happens next (DESIGN D7), so a caller never has to read a message to decide.

    MusingsError
    ├── UsageError                 wrong words on the command line or in the configuration (exit code 2)
    │   └── ConfigError            a key of the configuration has a value that cannot be used
    ├── UnreachableError           something needed does not answer (exit code 3)
    ├── LockedError                another instance holds the lock (exit code 75)
    ├── StoreError                 the database or the media root cannot serve
    │   ├── SchemaError            the database is newer than this program, or not a Musings database
    │   ├── BusyError              another program holds the database for too long: try again
    │   ├── DiskFullError          no room for the database or for a file
    │   ├── CorruptError           the database file is damaged
    │   └── PathError              a path that leaves the media root, or names nothing in it
    ├── CommandError               a program could not be started, failed, or was too slow
    ├── NotFoundError              no such prompt, artifact, workflow …
    ├── ConflictError              the row is not in a state that allows this
    ├── QueueFullError             as many prompts wait as the configuration allows: try again later
    ├── InvalidInputError          a request that cannot be taken as it is; lists every fault
    └── AttemptError               one attempt at a prompt ended without a result
        ├── UserFault              bad input, missing model, invalid workflow: a retry would fail again
        ├── PassingFault           unreachable, out of memory, cut off: retried with backoff
        │   └── TimedOut           the attempt took longer than its limit
        ├── Cancelled              somebody asked for it to stop
        └── Stopping               the worker is shutting down: the prompt goes back to the queue, uncounted
"""

from dataclasses import dataclass


class MusingsError(Exception):
    """The root. ``str(error)`` is a sentence for a person; ``hint`` says what to do, where we know it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    @property
    def explained(self) -> str:
        """The message with its hint, as it is stored in ``prompts.error_message``."""
        return f"{self} {self.hint}" if self.hint else str(self)


class UsageError(MusingsError):
    pass


class ConfigError(UsageError):
    pass


class UnreachableError(MusingsError):
    pass


class LockedError(MusingsError):
    pass


class StoreError(MusingsError):
    pass


class SchemaError(StoreError):
    pass


class BusyError(StoreError):
    pass


class DiskFullError(StoreError):
    pass


class CorruptError(StoreError):
    pass


class PathError(StoreError):
    pass


class CommandError(MusingsError):
    """A program that is missing, would not start, or ended with a code other than 0: all look the same here.

    ``code`` is the exit code, negative for a signal, or None when it never ran.
    """

    def __init__(
        self, message: str, *, command: tuple[str, ...], code: int | None, stdout: str = "", stderr: str = ""
    ) -> None:
        super().__init__(message)
        self.command = command
        self.code = code
        self.stdout = stdout
        self.stderr = stderr


class NotFoundError(MusingsError):
    pass


class ConflictError(MusingsError):
    pass


class QueueFullError(MusingsError):
    pass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request. ``where`` is a dotted path such as ``parameters.width``."""

    where: str
    message: str


class InvalidInputError(MusingsError):
    def __init__(self, faults: list[Fault], *, hint: str | None = None) -> None:
        super().__init__("; ".join(f"{fault.where}: {fault.message}" for fault in faults), hint=hint)
        self.faults = faults


class AttemptError(MusingsError):
    """``log`` is what the attempt's log should keep beside the message: stderr, a traceback, an answer."""

    def __init__(self, message: str, *, hint: str | None = None, log: str = "") -> None:
        super().__init__(message, hint=hint)
        self.log = log


class UserFault(AttemptError):
    pass


class PassingFault(AttemptError):
    """``retry_after`` (seconds) overrides the backoff when the other side said how long to wait."""

    def __init__(
        self, message: str, *, hint: str | None = None, log: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, log=log)
        self.retry_after = retry_after


class TimedOut(PassingFault):
    pass


class Unavailable(PassingFault):
    pass


class Cancelled(AttemptError):
    pass


class Stopping(AttemptError):
    pass
