"""The poets as a pipeline: a team of agents writes a text, or the document that a picture or a song is made from."""

from dataclasses import replace

from musings.config.settings import Settings
from musings.errors import AttemptError, PassingFault
from musings.makers.base import Context
from musings.makers.poets import casting, documents, drafts, reading
from musings.makers.poets.assignment import Agent, Assignment, Role, TeamLimits, TextGenerator, Transcript, Turn
from musings.makers.poets.backends import Backends, Ready
from musings.makers.poets.documents import EXAMPLES, Document
from musings.makers.poets.wishes import POETS
from musings.makers.recipe import Recipe
from musings.models import ArtifactType, Job, Kind, MadeFile, Outcome, Writing

NAME = POETS
MARGIN_SECONDS = 2.0
"""What is left of the attempt's time when the team's is over, so that a draft can still be kept."""

_FORMS = {"text": "text", "poetry": "poem", "lyrics": "song"}
_DOCUMENTS = {Kind.IMAGE: "description of a picture", Kind.MUSIC: "song"}


class NoDocument(PassingFault):
    """The model answers, and what it writes is no document. Its words are a clause: whoever asked goes on."""


class PoetsPipeline:
    """Works on one server; made anew for each prompt, when it is known who serves."""

    name = NAME

    def __init__(self, settings: Settings, ready: Ready, generator: TextGenerator, backends: Backends) -> None:
        self._settings = settings
        self._ready = ready
        self._generator = generator
        self._backends = backends

    def run(self, job: Job, context: Context) -> Outcome:
        """Write a text: a writing, and the same as a Markdown file."""
        form = str(job.parameters.get("form") or _FORMS.get(job.prompt_type, job.prompt_type))
        agents = self._team(form, job)
        task = f"Write a {form}. This is what was asked for:\n\n{job.text}"
        transcript = self._work(task, agents, job, context)
        draft = drafts.best(transcript.turns)
        if draft is None:
            raise PassingFault(
                f"The poets wrote nothing; they were ended by {transcript.ended}.",
                hint="Look at the log; another model may do better.",
            )
        title, text = drafts.read(draft.text, job.text)
        writing = Writing(
            title=title,
            content=text,
            content_type=reading.content_type(text, job.prompt_type),
            mood=reading.mood(text),
            explicit_content=reading.is_explicit(text),
            notes=_notes(draft, transcript),
        )
        path = job.directory / "0001.md"
        path.write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
        recipe = replace(self._recipe(job, transcript), title=title, form=form)
        return Outcome((MadeFile(path, ArtifactType.TEXT, recipe.as_metadata()),), NAME, writing=writing)

    def document(self, job: Job, context: Context) -> tuple[Document, Writing]:
        """Write the document for a picture or a song, and the writing that keeps it.

        An invalid one goes back to the writer once; raises ``NoDocument`` when it is still invalid then.
        """
        form = _DOCUMENTS[job.kind]
        shape = f"Answer with one JSON object in a ```json fence, of this shape: {EXAMPLES[job.kind]}"
        agents = self._team(form, job, shape)
        task = f"Write the {form} for this wish, as a JSON document:\n\n{job.text}"
        transcript = self._work(task, agents, job, context)
        found, faults = _document_of(job.kind, transcript)
        if found is None:
            context.log(f"the document is not valid: {' '.join(faults)}")
            transcript = self._repair(job, agents, transcript, faults, context)
            found, faults = _document_of(job.kind, transcript)
        if found is None:
            raise NoDocument(
                f"the poets did not write a valid {form}, nor when asked again: {' '.join(faults[:3])}",
                hint="Another model may do better.",
            )
        written = documents.stored(found)
        writing = Writing(
            title=found.title,
            content=written,
            content_type=found.content_type,
            mood=found.mood or None,
            explicit_content=reading.is_explicit(written),
            notes=_notes(transcript.turns[-1], transcript),
        )
        return found, writing

    def _team(self, form: str, job: Job, shape: str | None = None) -> tuple[Agent, ...]:
        temperature = job.parameters.get("temperature")
        wanted = self._settings.poets.temperature if temperature is None else float(temperature)
        more = {} if shape is None else {"shape": shape}
        return casting.team(self._settings.agents, self._ready.slots, form=form, temperature=wanted, **more)

    def _repair(
        self, job: Job, agents: tuple[Agent, ...], transcript: Transcript, faults: list[str], context: Context
    ) -> Transcript:
        draft = drafts.best(transcript.turns)
        said = "\n".join(f"- {fault}" for fault in faults)
        task = (
            "This answer should be one JSON object as described, but it is not right:\n"
            f"{said}\n\nThe answer was:\n\n{draft.text if draft else '(nothing)'}\n\n"
            "Give the corrected JSON object only."
        )
        return self._work(task, agents[:1], job, context)

    def _work(self, task: str, agents: tuple[Agent, ...], job: Job, context: Context) -> Transcript:
        limits = self._settings.poets
        seconds = min(limits.wall_clock_seconds, max(1.0, context.remaining - MARGIN_SECONDS))
        for note in self._ready.notes:
            context.log(note)
        cast = ", ".join(f"{agent.name} ({agent.role}, {agent.model})" for agent in agents)
        context.log(f"the poets on {self._ready.server.who}: {cast}")
        assignment = Assignment(
            task=task,
            agents=agents,
            limits=TeamLimits(limits.max_turns, limits.max_tokens, seconds),
            seed=int(job.parameters.get("seed") or 0) + job.attempt - 1,
            is_over=casting.approves,
        )
        try:
            transcript = self._generator.run(assignment, self._ready.server, _Watch(context, limits.max_turns))
        except AttemptError:
            self._backends.forget()
            raise
        context.log(f"the poets are done: {transcript.ended}, {transcript.tokens} tokens")
        return transcript

    def _recipe(self, job: Job, transcript: Transcript) -> Recipe:
        """What it takes to write something like it again."""
        return Recipe(
            prompt=job.text,
            seed=job.parameters.get("seed"),
            parameters=dict(job.parameters),
            backend=NAME,
            engine=NAME,
            workflow=NAME,
            server=self._ready.server.type,
            models={turn.agent: turn.model for turn in transcript.turns},
            turns=len(transcript.turns),
            tokens=transcript.tokens,
            ended=transcript.ended,
            approved=transcript.approved,
            execution_time=round(sum(turn.seconds for turn in transcript.turns), 3),
        )


class _Watch:
    """Hands on what the team tells to whoever runs the attempt."""

    def __init__(self, context: Context, turns: int) -> None:
        self._context = context
        self._turns = turns

    def check(self) -> None:
        self._context.check()

    def speaking(self, turn: int, stage: str, excerpt: str) -> None:
        self._context.excerpt(excerpt)
        self._context.progress(turn, self._turns, stage)

    def said(self, turn: Turn) -> None:
        notes = "".join(f"\n({note})" for note in turn.notes)
        cut = ", cut off" if turn.cut else ""
        self._context.log(
            f"{turn.agent} ({turn.model}, {turn.tokens} tokens, {turn.seconds:.1f} s{cut}):{notes}\n{turn.text}"
        )


def _document_of(kind: Kind, transcript: Transcript) -> tuple[Document | None, list[str]]:
    """The writer's last valid document, or what is wrong with the last one."""
    told: list[str] = []
    for turn in reversed([turn for turn in transcript.turns if turn.role is Role.WRITER]):
        found, faults = documents.read(kind, turn.text)
        if found is not None:
            return found, []
        told = told or faults
    return None, told or ["There is no answer."]


def _notes(draft: Turn, transcript: Transcript) -> str:
    end = "" if transcript.approved else f" It was ended by {transcript.ended}."
    cut = " The text is cut off." if draft.cut else ""
    return f"Written by {draft.agent} with {draft.model} in {len(transcript.turns)} turns.{end}{cut}"
