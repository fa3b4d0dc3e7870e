"""One attempt at one prompt, from the claim to the end of its row.

The order is what makes a crash harmless: the pipeline works in a directory of its own; the place of its files is
written down; they are moved there; then artifacts and state change in one transaction. ``at_step`` is called between
those, by name, so that a test can end the process there.
"""

import errno
import itertools
import random
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from musings import logs
from musings.backoff import backoff
from musings.errors import (
    AttemptError,
    BusyError,
    Cancelled,
    CommandError,
    DiskFullError,
    InvalidInputError,
    MusingsError,
    NotFoundError,
    PassingFault,
    PathError,
    RefusedError,
    SchemaError,
    ServerAway,
    Stopping,
    StoreError,
    Unavailable,
    UnreachableError,
    UsageError,
    UserFault,
)
from musings.files.media_root import MediaRoot, disk_full
from musings.makers.base import Pipeline
from musings.makers.choice import Makers
from musings.media.facts import artifacts_of
from musings.models import MEDIA_KINDS, Job, Kind, NewArtifact, Outcome, Prompt, Writing
from musings.requests import inputs
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import artifacts as stored
from musings.store.gallery import uploads
from musings.store.gallery.reproduction import compared
from musings.store.queue import endings, in_flight
from musings.store.queue.admission import EMPTY_TEXT
from musings.store.queue.states import Step
from musings.store.writings import writings
from musings.worker.backoff import next_attempt
from musings.worker.context import PROGRESS_SECONDS, AttemptContext

STEPS = ("claimed", "made", "prepared", "announced", "placed", "committed")
FULL_DISK_STEPS = 2  # of the backoff, before the disk is looked at again


@dataclass(frozen=True)
class Workshop:
    """What every attempt needs. ``at_step`` receives the name of each step of :data:`STEPS` as it is reached.

    ``settle_seconds`` are the waits between tries to store the end of an attempt; the last one repeats.
    ``redact`` takes secrets out of what is stored for people to read: messages and log excerpts.
    """

    database: Database
    media_root: MediaRoot
    pipelines: Makers
    max_attempts: int
    backoff_seconds: float
    stopping: threading.Event
    settle_seconds: Sequence[float] = (0.5, 1, 2, 5, 10)
    at_step: Callable[[str], None] = lambda step: None
    redact: Callable[[str], str] = lambda text: text


def process(workshop: Workshop, prompt: Prompt, context: AttemptContext) -> str:
    """Run an attempt to its end; returns ``completed``, ``dropped``, or the class of the fault that ended it.

    Raises nothing: every outcome ends in the prompt's row. Only when the database stays away until the worker stops
    is it ``unsettled``: then the next start recovers the prompt.
    """
    if prompt.kind in MEDIA_KINDS:
        return process_media_prompt(workshop, prompt, context)
    return process_text_prompt(workshop, prompt, context)


def process_media_prompt(workshop: Workshop, prompt: Prompt, context: AttemptContext) -> str:
    """An image, music or voice prompt: its row ends ``completed`` and ``ready``, or ``failed`` and ``error``."""
    return _attempt(workshop, prompt, context)


def process_text_prompt(workshop: Workshop, prompt: Prompt, context: AttemptContext) -> str:
    """A text prompt: its row ends ``completed`` with a writing, or ``failed``."""
    return _attempt(workshop, prompt, context)


@dataclass(frozen=True)
class _Result:
    place: str
    artifacts: list[NewArtifact]
    writing: Writing | None


def _attempt(workshop: Workshop, prompt: Prompt, context: AttemptContext) -> str:
    log = logs.get("worker").bind(prompt=prompt.id, attempt=prompt.attempt)
    log.info("attempt started", type=prompt.prompt_type, text=prompt.prompt_text[:80])
    workshop.at_step("claimed")
    directory = result = kept = None
    try:
        directory = workshop.media_root.attempt_directory(prompt.id, prompt.attempt)
        result = _make(workshop, prompt, context, directory)
        context.settle()
        kept = _settle(workshop, prompt, lambda: _keep(workshop, prompt, context, result))
    except BaseException as error:  # noqa: BLE001 (the one place where an attempt's errors end: in its row)
        fault = as_fault(error, workshop)
        held = _end_without_result(workshop, prompt, context, fault)
        if held and result is not None:  # held: so no row names the files
            workshop.media_root.discard_place(result.place)
        return "unsettled" if held is None else type(fault).__name__
    finally:
        if directory is not None:
            workshop.media_root.discard(directory)
    if kept is None:
        return "unsettled"  # whether it is stored is for the next start to find out: the files stay until then
    if not kept:
        workshop.media_root.discard_place(result.place)
    files = [made.file_path for made in result.artifacts]
    log.info("prompt completed" if kept else "result dropped", seconds=round(context.elapsed, 2), files=files)
    return "completed" if kept else "dropped"


def _end_without_result(
    workshop: Workshop, prompt: Prompt, context: AttemptContext, fault: AttemptError
) -> bool | None:
    log = logs.get("worker").bind(prompt=prompt.id, attempt=prompt.attempt)
    log.log(_LEVELS.get(type(fault), 30), "attempt ended without a result", reason=fault.explained)
    context.settle()
    try:
        return _settle(workshop, prompt, lambda: give_up(workshop, prompt, context, fault))
    except Exception as error:  # words that no column takes must not leave the row without an end
        report = not isinstance(error, MusingsError)
        log.log(40, "the end of the attempt could not be written", reason=str(error), exc_info=report)
        plain = as_fault(RuntimeError(type(error).__name__), workshop)
        try:
            return _settle(workshop, prompt, lambda: give_up(workshop, prompt, context, plain))
        except MusingsError as refused:  # not even that: the next start finds the row
            log.log(40, "the row cannot be ended", reason=refused.explained)
            return None


def _make(workshop: Workshop, prompt: Prompt, context: AttemptContext, directory: Path) -> _Result:
    pipeline, job = _begin(workshop, prompt, directory)
    context.log(f"pipeline {pipeline.name}, parameters {dict(job.parameters)}")
    outcome = pipeline.run(job, context)
    context.leave()
    context.step(Step.FINISHING)
    workshop.at_step("made")
    if not outcome.files:
        raise UserFault("Nothing was made: the pipeline ended without a file.", hint="Look at the log.")
    if context.elapsed > PROGRESS_SECONDS:
        context.progress(1, 1, "finishing")
    return _announce(workshop, job, outcome, context)


def _begin(workshop: Workshop, prompt: Prompt, directory: Path) -> tuple[Pipeline, Job]:
    """Choose what makes the prompt, with which values, and write both down."""
    kind = prompt.kind or Kind.TEXT
    if not prompt.prompt_text.replace("\0", "").strip():
        raise UserFault(EMPTY_TEXT)
    chosen = workshop.pipelines.choose(kind, prompt)
    parameters = workshop.pipelines.complete(chosen, prompt)
    with workshop.database.read() as connection:
        artifact, upload = partial(stored.get, connection), partial(uploads.get, connection)
        files = inputs.files(chosen.form, parameters, artifact, workshop.media_root.find, upload)
        writing = writings.of_prompt(connection, prompt, parameters) if kind is not Kind.TEXT else None
    with workshop.database.write(relaxed=True) as connection:
        in_flight.begin(
            connection,
            prompt.id,
            prompt.attempt,
            backend=chosen.pipeline.name,
            parameters=parameters,
            version=chosen.version,
        )
    return chosen.pipeline, Job(
        prompt_id=prompt.id,
        attempt=prompt.attempt,
        kind=kind,
        prompt_type=prompt.prompt_type,
        text=prompt.prompt_text,
        parameters=parameters,
        directory=directory,
        workflow=prompt.workflow,
        metadata=prompt.metadata,
        resume=prompt.external_id,
        writing=writing,
        inputs=files,
        drawn=workshop.pipelines.drawn(chosen, prompt),
        instructions=prompt.instructions,
    )


def _announce(workshop: Workshop, job: Job, outcome: Outcome, context: AttemptContext) -> _Result:
    """Write down where the files go, then move them there: recovery finds them without their rows."""
    place = workshop.media_root.placement(job.kind, job.prompt_id, job.attempt)
    artifacts = artifacts_of(outcome, job.directory, place, context.check)
    workshop.at_step("prepared")
    if not workshop.database.writing(in_flight.announce, job.prompt_id, job.attempt, place):
        raise Cancelled("The prompt was taken away from this attempt.")
    workshop.at_step("announced")
    workshop.media_root.place(job.directory, place)
    workshop.at_step("placed")
    return _Result(place, artifacts, outcome.writing)


def _keep(workshop: Workshop, prompt: Prompt, context: AttemptContext, result: _Result) -> bool:
    with workshop.database.write() as connection:
        reproduction = compared(connection, prompt, result.artifacts)
        kept = endings.complete(
            connection,
            prompt,
            artifacts=result.artifacts,
            writing=result.writing,
            seconds=context.elapsed,
            log=workshop.redact(context.logged),
            more={"reproduction": reproduction} if reproduction else None,
        )
    workshop.at_step("committed")
    return kept


def give_up(workshop: Workshop, prompt: Prompt, context: AttemptContext, fault: AttemptError) -> bool:
    """End an attempt that made nothing: cancelled, released, put back for another attempt, or failed."""
    database, seconds = workshop.database, context.elapsed
    log = workshop.redact("\n".join(part for part in (context.logged, fault.log) if part))
    explained = workshop.redact(fault.explained)
    if isinstance(fault, Cancelled):
        return database.writing(endings.cancelled, prompt, seconds, log)
    if isinstance(fault, Stopping):
        return database.writing(endings.release, prompt, seconds, log)
    name = type(fault).__name__
    if isinstance(fault, Unavailable):
        wait = _patience(prompt.waits) if fault.retry_after is None else fault.retry_after
        return database.writing(
            endings.put_back,
            prompt,
            at=times.now() + timedelta(seconds=wait),
            error=explained,
            error_class=name,
            seconds=seconds,
            log=log,
            counted=False,
            waits_for=fault.waits_for,
            keep=isinstance(fault, ServerAway) and fault.lasting,
        )
    cap = prompt.max_attempts or workshop.max_attempts
    ours = isinstance(fault, HouseFault)
    if isinstance(fault, PassingFault) and (ours or prompt.attempts_used < cap):
        steps = FULL_DISK_STEPS if ours else prompt.attempts_used
        at = next_attempt(times.now(), steps, workshop.backoff_seconds, random.random(), fault.retry_after)  # noqa: S311
        said = explained if ours else f"Attempt {prompt.attempts_used} of {cap}: {explained}"
        return database.writing(
            endings.put_back, prompt, at=at, error=said, error_class=name, seconds=seconds, log=log, counted=not ours
        )
    tried = f" (tried {prompt.attempts_used} times)" if prompt.attempts_used > 1 else ""
    return database.writing(endings.fail, prompt, error=explained + tried, error_class=name, seconds=seconds, log=log)


def _patience(waits: int) -> float:
    """Seconds until we look again for something that can run a prompt: soon at first, every five minutes later."""
    return backoff(waits + 1, 5, 300)


def as_fault(error: BaseException, workshop: Workshop) -> AttemptError:
    """Whatever ended an attempt, in our classes: whose fault it is decides what happens next (DESIGN D7)."""
    if isinstance(error, AttemptError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        error = disk_full(workshop.media_root.folder)
    if isinstance(error, DiskFullError | BusyError):
        return HouseFault(str(error), hint=error.hint)
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
    return OurFault(
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


class HouseFault(PassingFault):
    """The disk or the database cannot serve for a while. No prompt's fault: such attempts do not count."""


class OurFault(UserFault):
    """A bug: no retry would help, and the whole report is in the log."""


_LEVELS = {Cancelled: 20, Stopping: 20, PassingFault: 30, UserFault: 30, OurFault: 40}


def _settle(workshop: Workshop, prompt: Prompt, write: Callable[[], bool]) -> bool | None:
    """Write the end of an attempt, patiently: a full disk or a held database must not lose it.

    Goes on until the database serves. None when the worker stops before: the row stays ``processing`` then, and the
    next start finds it.
    """
    for wait in itertools.chain(workshop.settle_seconds, itertools.repeat(workshop.settle_seconds[-1])):
        try:
            return write()
        except SchemaError:  # no waiting mends that
            raise
        except StoreError as error:
            logs.get("worker").error("the result is not stored yet", prompt=prompt.id, error=error.explained)
            if workshop.stopping.wait(wait):
                return None
    return None
