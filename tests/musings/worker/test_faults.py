"""Whatever ends an attempt, as one of our errors: whose fault it is decides what happens next."""

import contextlib
import errno
import os
import resource
import threading

import pytest

from musings.errors import (
    AttemptError,
    BusyError,
    Cancelled,
    CommandError,
    Fault,
    InfrastructureFault,
    InternalFault,
    InvalidInputError,
    NotFoundError,
    PassingFault,
    PathError,
    StoreError,
    UnreachableError,
    UserFault,
)
from musings.files.media_root import MediaRoot
from musings.makers.base import Context
from musings.models import Job, Outcome
from musings.worker.faults import as_fault
from tests.doubles import made_text
from tests.musings.worker.conftest import Hall


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), InfrastructureFault),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), InfrastructureFault),
        (BusyError("The database is busy.", hint="Wait."), InfrastructureFault),
        (InvalidInputError([Fault("width", "is too large")]), UserFault),
        (NotFoundError("There is no workflow."), UserFault),
        (UnreachableError("No answer."), PassingFault),
        (StoreError("It does not serve."), PassingFault),
        (MemoryError(), PassingFault),
        (ConnectionResetError("reset"), PassingFault),
        (TimeoutError("slow"), PassingFault),
        (ImportError("no module"), PassingFault),
        (AttributeError("partially initialized module 'av' has no attribute 'open'"), PassingFault),
        (AttributeError("'str' object has no attribute 'x'"), InternalFault),
        (PathError("a path that leaves"), InternalFault),
        (OSError(errno.EACCES, "Permission denied"), InternalFault),
        (ZeroDivisionError("division by zero"), InternalFault),
        (KeyboardInterrupt(), InternalFault),
    ],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_whose_fault_it_is(error: BaseException, kind: type[AttemptError], media_root: MediaRoot) -> None:
    fault = as_fault(error, media_root)
    assert type(fault) is kind
    assert str(fault)


def test_one_of_ours_stays_what_it_is(media_root: MediaRoot) -> None:
    error = Cancelled("stop")
    assert as_fault(error, media_root) is error


def test_what_was_said_and_advised_is_handed_on(media_root: MediaRoot) -> None:
    fault = as_fault(BusyError("The database is busy.", hint="Wait."), media_root)
    assert (str(fault), fault.hint) == ("The database is busy.", "Wait.")


def test_a_mistake_of_ours_has_its_report_in_the_log(media_root: MediaRoot) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        1 / 0  # noqa: B018 (it is to be raised here, so that this file is in the report)
    fault = as_fault(caught.value, media_root)
    assert "ZeroDivisionError: division by zero" in str(fault)
    assert "test_faults.py" in fault.log
    assert "report it" in (fault.hint or "")


def test_what_a_program_said_is_in_the_log(media_root: MediaRoot) -> None:
    error = CommandError("It ended with 1.", command=("x",), code=1, stdout="out", stderr="err")
    assert as_fault(error, media_root).log == "out\nerr"


def test_a_prompt_that_met_no_free_descriptor_waits_and_uses_up_no_attempt(hall: Hall) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    makes_it = threading.Event()

    def act(job: Job, context: Context) -> Outcome:
        if makes_it.is_set():
            return made_text(job, context)
        makes_it.set()
        with contextlib.ExitStack() as held:
            while True:
                held.enter_context(open(os.devnull, "rb"))  # noqa: PTH123 (the system's own error)

    hall.double.act = act
    made = hall.add("a fox", max_attempts=1)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
    try:
        hall.start()
        done = hall.ends(made)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (done.status, done.attempt, done.attempts_used) == ("completed", 2, 1)
