"""Two visible stages: the poets write a document, then the media are made from it. Each can be resumed.

The document is stored and linked to the prompt before the second stage begins, so a crash between them, or a fault of
the second, does not repeat the first (rows may wait between the stages).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from musings.makers.base import Chosen, Context, Pipeline, Workflow
from musings.makers.poets import documents, handing_over
from musings.makers.poets.documents import Document
from musings.makers.poets.pipeline import NoDocument, PoetsPipeline
from musings.makers.poets.wishes import wants_document
from musings.models import FormField, Job, Json, JsonObject, Kind, Outcome, Prompt, StoredWriting, Writing


@dataclass(frozen=True)
class NoPoets:
    """There is nobody to write; ``reason`` is a clause that says why."""

    reason: str


class EnhanceDecorator:
    """The document goes first, for a picture or a song that asks for it. ``poets`` finds who would write it."""

    def __init__(self, poets: Callable[[], PoetsPipeline | NoPoets]) -> None:
        self._poets = poets

    def shown(self, workflow: Workflow) -> Workflow:
        return workflow

    def around(self, chosen: Chosen, kind: Kind, prompt: Prompt) -> Chosen:  # noqa: ARG002 (the prompt tells)
        """The poets are found now, unless a document may be there already. Raises what ``poets`` raises."""
        if not wants_document(prompt):
            return chosen
        has_document = prompt.output_reference is not None or prompt.instructions.document is not None
        found = None if has_document else self._poets()
        wished = frozenset(prompt.parameters)
        pipeline = EnhancePipeline(chosen.pipeline, chosen.form, wished, lambda: found or self._poets())
        return replace(chosen, pipeline=pipeline)


class EnhancePipeline:
    """``inner`` makes the media; ``wished`` are parameters that the document must not change.

    ``writer`` gives the poets when a document is to be written, or why there are none. Without poets, and when what
    they write is no document, the prompt's own words serve, and the log and the result say so.
    """

    def __init__(
        self,
        inner: Pipeline,
        form: Sequence[FormField],
        wished: frozenset[str],
        writer: Callable[[], PoetsPipeline | NoPoets],
    ) -> None:
        self.name = inner.name
        self._inner = inner
        self._form = form
        self._wished = wished
        self._writer = writer

    def run(self, job: Job, context: Context) -> Outcome:
        document, told = self._document(job, context)
        if document is None:
            return _marked(self._inner.run(job, context), told)
        values = {**job.parameters, **self._values(document, job.parameters)}
        words = handing_over.words(document, self._form)
        context.log(f"stage 2 of 2, {self._inner.name}: {words}")
        context.uses(values)
        made = self._inner.run(replace(job, text=words, parameters=values), Staged(context, 1))
        return _marked(made, told)

    def _document(self, job: Job, context: Context) -> tuple[Document | None, dict[str, Json]]:
        """The document of an earlier attempt or a new one, and what the artifacts say about it."""
        if job.writing is not None:
            found = _read(job, job.writing, context)
            if found is not None:
                return found, _facts(job, job.writing.id)
        writer = self._writer()
        if isinstance(writer, NoPoets):
            context.log(f"the words are used as they are, because there is {writer.reason}")
            return None, {"enhanced": False, "fallback_reason": writer.reason}
        context.log("stage 1 of 2: the poets write the document")
        try:
            document, writing = writer.document(job, Staged(context, 0))
        except NoDocument as fault:  # asked again it would write no better, and a picture of plain words is a picture
            context.log(f"the words are used as they are, because {fault}")
            return None, {"enhanced": False, "fallback_reason": fault.explained}
        context.check()
        return document, _facts(job, context.keep_writing(writing))

    def _values(self, document: Document, parameters: JsonObject) -> dict[str, Json]:
        found = handing_over.values(document, self._form, parameters)
        return {name: value for name, value in found.items() if name not in self._wished}


class Staged:
    """A context that shows in which of the two stages an attempt is."""

    def __init__(self, context: Context, stage: int) -> None:
        self._context = context
        self._stage = stage

    def check(self) -> None:
        self._context.check()

    def progress(self, value: float, maximum: float, stage: str) -> None:
        share = min(1.0, value / maximum) if maximum > 0 else 0.0
        self._context.progress(self._stage + share, 2, f"{self._stage + 1} of 2: {stage}")

    def preview(self, picture: bytes, media_type: str) -> None:
        self._context.preview(picture, media_type)

    def excerpt(self, text: str) -> None:
        self._context.excerpt(text)

    def keep_writing(self, writing: Writing) -> int:
        return self._context.keep_writing(writing)

    def uses(self, parameters: JsonObject) -> None:
        self._context.uses(parameters)

    def started(self, external_id: str) -> None:
        self._context.started(external_id)

    def alone(self, resource: str, stage: str) -> AbstractContextManager[None]:
        return self._context.alone(resource, f"{self._stage + 1} of 2: {stage}")

    def step(self, name: str) -> None:
        self._context.step(name)

    def crashed(self) -> int:
        return self._context.crashed()

    def others_crashed(self) -> bool:
        return self._context.others_crashed()

    def log(self, text: str) -> None:
        self._context.log(text)

    @property
    def remaining(self) -> float:
        return self._context.remaining


def _read(job: Job, writing: StoredWriting, context: Context) -> Document | None:
    found, faults = documents.read(job.kind, writing.content or "")
    if found is None:
        context.log(f"writing {writing.id} is no document to work from, so it is written anew: {' '.join(faults)}")
    else:
        context.log(f"stage 1 of 2 was done before: writing {writing.id}")
    return found


def _facts(job: Job, writing_id: int) -> dict[str, Json]:
    return {"enhanced": True, "original_prompt": job.text, "writing_id": writing_id}


def _marked(made: Outcome, facts: dict[str, Json]) -> Outcome:
    files = tuple(replace(each, metadata={**each.metadata, **facts}) for each in made.files)
    return replace(made, files=files)
