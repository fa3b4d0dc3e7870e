"""A musing as one document: its texts one after another, each with the pictures and sounds that belong to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from musings.chains import states
from musings.chains.progress import RunStatus, StepProgress, StepState
from musings.chains.results import StepResult
from musings.chains.states import RunState
from musings.chains.templates import reference
from musings.errors import ConflictError
from musings.models import Artifact, ArtifactType, Kind
from musings.store.chains import runs, steps
from musings.store.database import Database
from musings.store.gallery import artifacts, finished

TITLE_CHARACTERS = 80
PAGE = 100
MOST_LOOKED_AT = 500
"""Of the newest musings, for a list of those that are done: what waits at a gate for ever must not cost for ever."""

Place = tuple[str, int]
"""A result of a run: the name of its step, and its number."""


@dataclass(frozen=True)
class DocumentFile:
    """A file of it; ``title`` is that of the step that made it."""

    artifact: Artifact
    title: str

    @property
    def is_picture(self) -> bool:
        return self.artifact.artifact_type == ArtifactType.IMAGE

    @property
    def is_sound(self) -> bool:
        return self.artifact.artifact_type == ArtifactType.AUDIO


@dataclass(frozen=True)
class DocumentSection:
    """A text with what was made of it alone. Without a text: what was made of the whole."""

    heading: str | None = None
    text: str | None = None
    files: tuple[DocumentFile, ...] = ()


@dataclass(frozen=True)
class MusingDocument:
    """``idea`` is None where it is not to be shown. ``sections`` are empty while nothing is done.

    ``created_at`` is when it was begun, ``made_at`` when the last of it was made. ``engines`` are the names of what
    made all that is in it; None among them where that is not known.
    """

    id: int
    title: str
    idea: str | None
    created_at: datetime
    made_at: datetime
    sections: tuple[DocumentSection, ...]
    engines: frozenset[object]

    @property
    def files(self) -> tuple[DocumentFile, ...]:
        return tuple(file for section in self.sections for file in section.files)

    @property
    def cover(self) -> DocumentFile | None:
        """Its first picture."""
        return next((each for each in self.files if each.is_picture), None)

    def require_done(self) -> None:
        """Raises ``ConflictError`` while nothing of it is done."""
        if not self.sections:
            raise ConflictError(f"Nothing of musing {self.id} is done yet.", hint="Wait until its first step is.")

    def name_of(self, section: DocumentSection) -> str:
        """What a section is called where it needs a name."""
        return section.heading or self.title

    def heading_of(self, section: DocumentSection) -> str | None:
        """The heading of a section, unless it is the title, which stands above all of them already."""
        return section.heading if section.heading != self.title else None

    def description_of(self, section: DocumentSection, file: DocumentFile) -> str:
        """What a file of a section is, for those who do not see it."""
        return f"{file.title}: {self.name_of(section)}"


@dataclass
class _Building:
    heading: str | None = None
    text: str | None = None
    files: list[DocumentFile] = field(default_factory=list)

    def done(self) -> DocumentSection:
        return DocumentSection(self.heading, self.text, tuple(self.files))


def document_of(database: Database, musing_id: int, *, with_idea: bool) -> MusingDocument:
    """What is done of a musing, as the steps that follow would use it. ``with_idea``: its words may be shown, too.

    Raises ``NotFoundError``.
    """
    with database.read() as connection:  # one: what is shown of a musing is of one moment
        found = states.of(connection, musing_id)
        made = artifacts.of_prompts(connection, _prompt_ids(found))
    return _document(found, made, with_idea=with_idea)


def newest_finished(database: Database, most: int, tag: str | None = None, *, with_idea: bool) -> list[MusingDocument]:
    """The newest musings of which all is done, newest first, of as many as are looked at (``MOST_LOOKED_AT``).

    With a ``tag`` those of which a text carries it.
    """
    found, cursor = list[RunState](), None
    with database.read() as connection:
        for _ in range(MOST_LOOKED_AT // PAGE):
            page = runs.listing(connection, PAGE, cursor)
            done = [each for each in states.of_runs(connection, page.items) if _is_done(each)]
            if tag is not None:
                every = [number for each in done for number in _prompt_ids(each)]
                having = finished.tagged(connection, tag, every)
                done = [each for each in done if not having.isdisjoint(_prompt_ids(each))]
            found += done
            cursor = page.next_cursor
            if cursor is None or len(found) >= most:
                break
        made = artifacts.of_prompts(connection, [number for each in found[:most] for number in _prompt_ids(each)])
    return [_document(each, made, with_idea=with_idea) for each in found[:most]]


def is_of_finished(database: Database, artifact: Artifact, tag: str | None = None) -> bool:
    """Whether a file is in the document of a musing of which all is done, and a text carries the ``tag``."""
    with database.read() as connection:
        part = steps.of_prompts(connection, [artifact.prompt_id]).get(artifact.prompt_id)
        found = None if part is None else states.of(connection, part.run_id)
        if found is None or not _is_done(found) or artifact.prompt_id not in _prompt_ids(found):
            return False
        return tag is None or bool(finished.tagged(connection, tag, _prompt_ids(found)))


def _is_done(found: RunState) -> bool:
    return found.progress.status is RunStatus.COMPLETED


def _prompt_ids(found: RunState) -> list[int]:
    return [result.prompt_id for _, result in _results(found) if result.prompt_id is not None]


def _document(found: RunState, made: Sequence[Artifact], *, with_idea: bool) -> MusingDocument:
    files: dict[int, list[Artifact]] = {number: [] for number in _prompt_ids(found)}
    for artifact in made:
        if artifact.prompt_id in files:
            files[artifact.prompt_id].append(artifact)
    made_at = [each.created_at for some in files.values() for each in some if each.created_at is not None]
    return MusingDocument(
        id=found.run.id,
        title=_title(found, with_idea=with_idea),
        idea=found.run.idea if with_idea else None,
        created_at=found.run.created_at,
        made_at=max(made_at, default=found.run.created_at),
        sections=tuple(each.done() for each in _sections(found, files)),
        engines=frozenset(engine for some in files.values() for engine in _engines(some)),
    )


def _engines(made: Sequence[Artifact]) -> set[object]:
    """Who made the files of one prompt. None: nobody knows, as of a text that left no file."""
    return {each.metadata.get("engine") for each in made} or {None}


def _results(found: RunState) -> Iterator[tuple[StepProgress, StepResult]]:
    """What was made, kept and may be shown, in the order of the chain; nothing that a gate still asks about."""
    for step in found.progress.steps:
        if step.state is StepState.COMPLETED and not step.step.hidden:
            yield from ((step, result) for result in step.results if not result.deleted)


def _sections(found: RunState, made: Mapping[int, Sequence[Artifact]]) -> list[_Building]:
    whole, texts, places = _Building(), list[_Building](), dict[Place, _Building]()
    for step, result in _results(found):
        if step.step.makes is Kind.TEXT:
            texts.append(_Building((result.title or "").strip() or None, result.text))
            places[step.step.name, result.number] = texts[-1]
            continue
        # What was made of one result of an earlier step stands with it, also by way of another.
        source = _made_of(found, step, result)
        place = places.get(source, whole) if source is not None else whole
        places[step.step.name, result.number] = place
        files = made.get(result.prompt_id or 0, ())
        place.files += [
            DocumentFile(each, step.step.words) for each in files if each.artifact_type != ArtifactType.TEXT
        ]
    if len(texts) == 1:
        # There is nothing else that it could belong to.
        texts[0].files += whole.files
        return texts
    return [*([whole] if whole.files else ()), *texts]


def _made_of(found: RunState, step: StepProgress, result: StepResult) -> Place | None:
    """The result of an earlier step that a result was made of, with ``each``."""
    named = reference(step.step.each) if step.step.each is not None else None
    source = found.progress.step(named.name) if named is not None and named.field is None else None
    if source is None or not source.results:
        return None
    # Of those that were kept, in their order: so the step was asked for them.
    times = max(1, step.rows[0].count // len(source.results))
    index = (result.number - 1) // times
    return (source.step.name, source.results[index].number) if index < len(source.results) else None


def _title(found: RunState, *, with_idea: bool) -> str:
    """The title of its one leading text, else its idea where that may be shown, else what its chain is called."""
    texts = [
        each for each in found.progress.steps if each.step.makes is Kind.TEXT and each.state is StepState.COMPLETED
    ]
    leading = texts[0].results[0] if texts and len(texts[0].results) == 1 else None
    if leading is not None and not leading.deleted and (leading.title or "").strip():
        return str(leading.title).strip()
    if with_idea:
        words = " ".join(found.run.idea.split())
        return words if len(words) <= TITLE_CHARACTERS else words[: TITLE_CHARACTERS - 1].rstrip() + "…"
    return found.chain.title or found.run.chain
