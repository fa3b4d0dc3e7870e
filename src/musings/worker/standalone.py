"""One media prompt made at once, without the queue: what the plan's ``media/image_pipeline.py`` calls.

The queue does the same with a claim, a fence and retries around it (``worker/attempt.py``). Here there is no database:
the files are put into place below the media root, and the caller gets what it has to record.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from musings import logs
from musings.config.settings import Settings, load
from musings.errors import Fault, InvalidInputError, NotFoundError, TimedOut, UsageError, UserFault
from musings.files.media_root import media_root_of
from musings.makers.choice import Makers
from musings.media.facts import artifacts_of
from musings.models import Artifact, Job, JsonObject, Kind, Prompt, Writing
from musings.requests import inputs
from musings.sqlite.location import Location, where
from musings.store import rows
from musings.worker.exclusive import exclusively

PlanArtifact = tuple[str, str, str | None, str]
"""``(artifact_type, file_path, preview_path, metadata)``: paths relative to the media root, metadata as JSON text."""


def settings_of(config: Mapping[str, Any], folder: Path) -> Settings:
    """The settings of the configuration in ``folder`` with this ``media`` section; a whole configuration will do, too.

    Relative paths are relative to ``folder``. Raises ``ConfigError`` for a value that cannot be used.
    """
    media = config.get("media", config)
    # The environment counts as well: an installation may name its folders and servers there.
    return load(None, os.environ, folder, {"media": dict(media)})


def make(kind: Kind, prompt: Mapping[str, Any], settings: Settings) -> list[PlanArtifact]:
    """Make one prompt, given as its row (``id``, ``prompt_text``, ``metadata`` …), and put its files into place.

    Raises ``InvalidInputError`` for a row that cannot be made, ``UsageError`` where media is switched off, and an
    ``AttemptError`` for whatever goes wrong in the making.
    """
    if not settings.media.enabled:
        raise UsageError("Media is switched off in the configuration.", hint="Set media.enabled to true.")
    asked = _prompt(kind, prompt)
    media_root = media_root_of(settings)
    media_root.prepare()
    context = _Alone(asked.id, settings.processing.timeout_seconds, where(settings.database))
    pipelines = Makers(settings)
    # Hidden and on the media root's file system: placing the files is a rename, which is whole or not at all.
    directory = Path(tempfile.mkdtemp(prefix=".pipeline-", dir=media_root.folder)).absolute()
    try:
        chosen = pipelines.choose(kind, asked)
        parameters = chosen.values
        job = Job(
            prompt_id=asked.id,
            attempt=1,
            kind=kind,
            prompt_type=asked.prompt_type,
            text=asked.prompt_text,
            parameters=parameters,
            directory=directory,
            workflow=asked.workflow,
            # There is no database, so that an input can be a file but not the artifact of another prompt.
            inputs=inputs.files(chosen.form, parameters, _no_artifact, media_root.find),
        )
        outcome = chosen.pipeline.run(job, context)
        if not outcome.files:
            raise UserFault("Nothing was made: the pipeline ended without a file.", hint="Look at the log.")
        # Attempt 1: no other attempt of this prompt can be running, because no queue knows it.
        place = media_root.placement(kind, asked.id, 1)
        # Described before they move, because their facts are read from the folder they were made in.
        made = artifacts_of(outcome, directory, place, context.check, marks=settings.media.mark.written)
        media_root.place(directory, place)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        # After everything: a script that is kept warm would otherwise outlive the call.
        pipelines.close()
    return [
        (str(each.artifact_type), each.file_path, each.preview_path, rows.dump(dict(each.metadata))) for each in made
    ]


def _prompt(kind: Kind, row: Mapping[str, Any]) -> Prompt:
    """The row as a prompt of this kind. Who writes the words is not asked here: the text is taken as it stands."""
    text = row.get("prompt_text")
    if not isinstance(text, str) or not text.strip():
        raise InvalidInputError([Fault("prompt_text", "is empty: write what should be made")])
    number = row.get("id", 0)
    if not isinstance(number, int):
        raise InvalidInputError([Fault("id", "must be the number of the prompt's row")])
    return replace(
        _BLANK,
        id=number,
        prompt_text=text,
        prompt_type=kind.value,
        # The caller's word for the kind counts, not the row's: the plan calls one function for each kind.
        kind=kind,
        workflow=row.get("workflow"),
        parameters=_object("parameters", row.get("parameters")),
    )


def _object(where: str, value: object) -> JsonObject:
    """A JSON object, or the text of one as it stands in a row; nothing where there is none."""
    try:
        # Both forms are met: a row as the driver returns it has text, a caller's own mapping has an object.
        found = json.loads(value) if isinstance(value, str) and value.strip() else value or {}
    except ValueError as error:
        raise InvalidInputError([Fault(where, f"is not JSON: {error}")]) from error
    if not isinstance(found, Mapping):
        raise InvalidInputError([Fault(where, "must be a JSON object")])
    return found


def _no_artifact(number: int) -> Artifact:
    raise NotFoundError(f"There is no artifact {number} here: a pipeline that runs alone has no database.")


# A whole row, because pipelines take prompts; what a queue would fill in has the values of a fresh row.
_BLANK = Prompt(
    id=0,
    prompt_text="",
    prompt_type="image",
    kind=Kind.IMAGE,
    status="processing",
    priority=5,
    config_name=None,
    metadata={},
    created_at=None,
    processed_at=None,
    completed_at=None,
    output_reference=None,
    error_message=None,
    processing_duration=None,
    artifact_status=None,
    artifact_metadata=None,
    attempt=1,
    uncounted_attempts=0,
    max_attempts=1,
    next_attempt_at=None,
    cancel_requested=False,
    external_id=None,
    progress=None,
    workflow=None,
    parameters={},
    starred=False,
)


class _Alone:
    """The context of a run without a worker: its messages go to the log, its time limit holds."""

    def __init__(self, prompt_id: int, timeout_seconds: float, database: Location) -> None:
        self._database = database
        self._log = logs.get("pipeline").bind(prompt=prompt_id)
        self._timeout = timeout_seconds
        self._ends = time.monotonic() + timeout_seconds
        self._stage = ""
        self._crashes = 0

    def check(self) -> None:
        if self.remaining <= 0:
            raise TimedOut(
                f"It took longer than the limit of {self._timeout:g} s.",
                hint="Ask for less, or raise processing.timeout_seconds.",
            )

    def progress(self, value: float, maximum: float, stage: str) -> None:  # noqa: ARG002 (the stage is enough for a log)
        if stage != self._stage:
            self._stage = stage
            self._log.info(stage)

    def preview(self, picture: bytes, media_type: str) -> None:
        """There is no page to show it on."""

    def excerpt(self, text: str) -> None:
        """There is no page to show it on."""

    def keep_writing(self, writing: Writing) -> int:  # noqa: ARG002 (the Protocol's)
        raise UsageError("A pipeline that runs alone keeps no writings.", hint="Submit the prompt to the queue.")

    def uses(self, parameters: JsonObject) -> None:
        self._log.info("parameters in use", parameters=dict(parameters))

    def started(self, external_id: str) -> None:
        self._log.info("started outside", external_id=external_id)

    def alone(self, resource: str, stage: str) -> AbstractContextManager[None]:
        # Where the database has no folder there is no worker either that could be in the way.
        if not self._database.file.parent.is_dir():
            return nullcontext()
        return exclusively(self._database.host_lock(resource), self, stage)

    def step(self, name: str) -> None:
        """Without a database there is no recovery to tell."""

    def crashed(self) -> int:
        self._crashes += 1
        return self._crashes

    def others_crashed(self) -> bool:
        return False

    def log(self, text: str) -> None:
        self._log.info(text)

    @property
    def remaining(self) -> float:
        return max(0.0, self._ends - time.monotonic())
