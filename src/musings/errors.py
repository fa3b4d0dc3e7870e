"""Every error that Musings raises on purpose, as one tree.

Each message is written for the owner of the prompt: what was wrong, where, and what to do. The classes say
what happens next, so a caller never has to read a message to decide.

    MusingsError
    ├── UsageError                 wrong words on the command line or in the configuration (exit code 2)
    │   ├── ConfigError            a key of the configuration has a value that cannot be used
    │   ├── AccessRefused          a Musings server on another machine does not know us, or we may not do this
    │   ├── RequestTooLarge        it takes no body of that size
    │   └── ServerMismatch         what answers is no Musings server, or one of another version
    ├── UnreachableError           something needed does not answer (exit code 3)
    │   ├── NoAnswer               nothing came back from a ComfyUI server at all
    │   └── ServerUnavailable      a Musings server on another machine does not answer, or says "not now", for long
    │       └── TooManyRequests    it takes no more of this token for a while
    ├── LockedError                another instance holds the lock (exit code 75)
    ├── StoreError                 the database or the media root cannot serve
    │   ├── SchemaError            the database is newer than this program, not a Musings database, or was changed
    │   ├── BusyError              another program holds the database for too long: try again
    │   ├── DiskError              the disk cannot be used: read-only, failing, not mounted
    │   │   └── DiskFullError      no room for the database or for a file
    │   ├── CorruptError           the database file is damaged
    │   └── PathError              a path that leaves the media root, or names nothing in it
    ├── CommandError               a program could not be started, failed, or was too slow
    ├── NotFoundError              no such prompt, artifact, workflow …
    ├── ConflictError              the row is not in a state that allows this
    ├── RefusedError               a constraint or a trigger of another program forbids a row
    ├── QueueFullError             as many prompts wait as the configuration allows: try again later
    ├── StillWorking               a prompt on another machine has not ended in the time that it was waited for
    ├── InvalidInputError          a request that cannot be taken as it is; lists every fault
    └── AttemptError               one attempt at a prompt ended without a result
        ├── UserFault              bad input, missing model, invalid workflow: a retry would fail again
        │   ├── ServerCrash        the job brings the server down that runs it
        │   ├── Unread             a workflow file that only an answering server's node classes make readable
        │   └── InternalFault      a bug: no retry would help, and the whole report is in the log
        ├── PassingFault           unreachable, out of memory, cut off: retried with backoff
        │   ├── TimedOut           the attempt took longer than its limit
        │   ├── Stalled            the server answers, and its worker shows no sign of life
        │   ├── Busy               only other jobs of ours are in the way
        │   ├── NoDocument         the language model answers, and what it writes is no document
        │   ├── ChildKilled        a program that worked for the prompt was ended from outside: not counted at first
        │   ├── InfrastructureFault  the disk or the database cannot serve for a while: not counted
        │   └── Unavailable        what could run it is not there or not free: the prompt waits, uncounted
        │       └── ServerAway     the server went away while it had the job
        ├── Cancelled              somebody asked for it to stop
        └── Stopping               the worker is shutting down: the prompt goes back to the queue, uncounted

Those that one maker alone raises and catches stand in that maker. ``attempts.error_class`` keeps the name of the class
that ended an attempt (``AttemptError.stored_name``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

_TWO_STOPS = re.compile(r"(?<=[^\s.!?…])(\.\.\.|[.!?…])\.(?=\s|$)")
"""The stop that a quoted sentence brought along, and ours after it; three dots are meant."""
_ENDS = (".", "!", "?", "…", ":")


def one_stop(words: str) -> str:
    """The same with one stop where a sentence that was put into another left two: ``refused..``."""
    return _TWO_STOPS.sub(r"\1", words)


def sentences(*parts: str | None) -> str:
    """Sentences as one text: each ends with one stop and begins after one blank. What is empty is left out."""
    said = [part.strip() for part in parts if part and part.strip()]
    ended = [part if part.endswith(_ENDS) else f"{part}." for part in said[:-1]]
    return one_stop(" ".join([*ended, *said[-1:]]))


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it was raised from, as a traceback shows them."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class MusingsError(Exception):
    """The root. ``str(error)`` is a sentence for a person; ``hint`` says what to do, where we know it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(one_stop(message))
        self.hint = hint

    @property
    def explained(self) -> str:
        """The message with its hint, as it is stored in ``prompts.error_message``."""
        return sentences(str(self), self.hint)


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


class DiskError(StoreError):
    pass


class DiskFullError(DiskError):
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


class RefusedError(MusingsError):
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
    """``log`` is what the attempt's log should keep beside the message: stderr, a traceback, an answer.

    ``stored_name`` is what ``attempts.error_class`` keeps: the class's name, or the one that older rows have.
    """

    stored_name: ClassVar[str] = "AttemptError"

    def __init__(self, message: str, *, hint: str | None = None, log: str = "") -> None:
        super().__init__(message, hint=hint)
        self.log = log

    def __init_subclass__(cls) -> None:
        cls.stored_name = cls.__dict__.get("stored_name", cls.__name__)


class UserFault(AttemptError):
    pass


class ServerCrash(UserFault):
    pass


class InternalFault(UserFault):
    """A bug: no retry would help, and the whole report is in the log."""

    stored_name = "OurFault"


class PassingFault(AttemptError):
    """``retry_after`` (seconds) overrides the backoff when the other side said how long to wait."""

    def __init__(
        self, message: str, *, hint: str | None = None, log: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, log=log)
        self.retry_after = retry_after


class TimedOut(PassingFault):
    pass


class Stalled(PassingFault):
    pass


class ChildKilled(PassingFault):
    """A program that worked for the prompt was ended from outside, as the system does when memory runs out.

    Whose fault that is shows by repetition: for a quarter of an hour such attempts do not count.
    """


class InfrastructureFault(PassingFault):
    """The disk or the database cannot serve for a while. No prompt's fault: such attempts do not count."""

    stored_name = "HouseFault"


class Unavailable(PassingFault):
    """``waits_for`` is what has to come back: ``comfyui`` (a server), ``place`` (a free one), else ``server``.

    ``configuration`` is for what only its owner can mend: a run on a schedule does not wait for that.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        log: str = "",
        retry_after: float | None = None,
        waits_for: str = "server",
    ) -> None:
        super().__init__(message, hint=hint, log=log, retry_after=retry_after)
        self.waits_for = waits_for


class ServerAway(Unavailable):
    """``lasting``: it was waited for as long as is reasonable, so that the job may go elsewhere."""

    def __init__(self, message: str, *, hint: str | None = None, log: str = "", lasting: bool = False) -> None:
        super().__init__(message, hint=hint, log=log, waits_for="comfyui")
        self.lasting = lasting


class Cancelled(AttemptError):
    pass


class Stopping(AttemptError):
    pass
