"""One attempt at one prompt, from the claim to the end of its row.

The order is what makes a crash harmless: the pipeline works in a directory of its own; the place of its files is
written down; they are moved there; then artifacts and state change in one transaction. ``at_step`` is called between
those, by name, so that a test can end the process there.
"""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from musings import logs
from musings.engine import draining
from musings.errors import (
    AttemptError,
    Cancelled,
    InfrastructureFault,
    InternalFault,
    MusingsError,
    PassingFault,
    SchemaError,
    Stopping,
    StoreError,
    Unavailable,
    UserFault,
)
from musings.makers.base import Pipeline
from musings.media.facts import artifacts_of
from musings.models import MEDIA_KINDS, Job, Kind, NewArtifact, Outcome, Prompt, Writing
from musings.requests import inputs
from musings.store.gallery import artifacts as stored
from musings.store.gallery import uploads
from musings.store.queue import endings, in_flight
from musings.store.queue.admission import EMPTY_TEXT
from musings.store.queue.states import Step
from musings.store.writings import writings
from musings.worker.context import PROGRESS_SECONDS, AttemptContext
from musings.worker.faults import as_fault
from musings.worker.giving_up import give_up
from musings.worker.workshop import Workshop


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
        fault = _blamed(workshop, as_fault(error, workshop.media_root))
        held = _end_without_result(workshop, prompt, context, fault)
        if held and result is not None:  # held: so no row names the files
            workshop.media_root.discard_place(result.place)
        return "unsettled" if held is None else fault.stored_name
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


def _blamed(workshop: Workshop, fault: AttemptError) -> AttemptError:
    """The fault, or the disk's: what fails while nothing can be written fails for that, whatever it says."""
    if isinstance(fault, Cancelled | Stopping | Unavailable | InfrastructureFault):
        return fault
    try:
        workshop.media_root.prepare()
    except StoreError as error:
        return InfrastructureFault(str(error), hint=error.hint, log=f"{fault.explained}\n{fault.log}".strip())
    return fault


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
        plain = as_fault(RuntimeError(type(error).__name__), workshop.media_root)
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
    parameters = chosen.values
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
        drawn=chosen.drawn,
        instructions=prompt.instructions,
    )


def _announce(workshop: Workshop, job: Job, outcome: Outcome, context: AttemptContext) -> _Result:
    """Write down where the files go, then move them there: recovery finds them without their rows."""
    place = workshop.media_root.placement(job.kind, job.prompt_id, job.attempt)
    artifacts = artifacts_of(outcome, job.directory, place, context.check, marks=workshop.marks)
    workshop.at_step("prepared")
    if not workshop.database.writing(in_flight.announce, job.prompt_id, job.attempt, place):
        raise Cancelled("The prompt was taken away from this attempt.")
    workshop.at_step("announced")
    workshop.media_root.place(job.directory, place)
    workshop.at_step("placed")
    return _Result(place, artifacts, outcome.writing)


def _keep(workshop: Workshop, prompt: Prompt, context: AttemptContext, result: _Result) -> bool:
    kept = workshop.database.writing(
        endings.complete,
        prompt,
        artifacts=result.artifacts,
        writing=result.writing,
        seconds=context.elapsed,
        log=workshop.redact(context.logged),
    )
    workshop.at_step("committed")
    return kept


_LEVELS = {Cancelled: 20, Stopping: 20, PassingFault: 30, UserFault: 30, InternalFault: 40}


def _settle(workshop: Workshop, prompt: Prompt, write: Callable[[], bool]) -> bool | None:
    """Write the end of an attempt, patiently: a full disk or a held database must not lose it.

    Goes on until the database serves. None when the worker stops before, or a drain has waited long enough: the row
    stays ``processing`` then, and the next start finds it.
    """
    began = time.monotonic()
    for wait in itertools.chain(workshop.settle_seconds, itertools.repeat(workshop.settle_seconds[-1])):
        try:
            return write()
        except SchemaError:  # no waiting mends that
            raise
        except StoreError as error:
            logs.get("worker").error("the result is not stored yet", prompt=prompt.id, error=error.explained)
            if workshop.is_bounded and time.monotonic() - began > draining.longest_wait(error):
                return None
            if workshop.stopping.wait(wait):
                return None
    return None
