"""Chains in a real database, with prompts that are made at the word of the test: no worker, no waiting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from musings.chains import acts, library, reading, starting, states
from musings.chains.advance import Advance
from musings.chains.gates import GateAction, GateReply
from musings.chains.progress import StepProgress
from musings.chains.starting import RunRequest
from musings.chains.states import RunState
from musings.chains.taking import advance_with
from musings.makers.choice import Makers
from musings.models import ArtifactType, Json, Kind, NewArtifact, Prompt, Writing
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, endings
from tests.doubles import Double, pipelines_of

VERSE = "The fox goes out,\nthe fox comes in.\n\nAnd all is white."

GIVEN = """
name = "given"
parameters.count = { default = 2, minimum = 1, maximum = 4 }
parameters.look = { default = "ink", choices = ["ink", "oil"] }
parameters.size = { default = 1.5 }
parameters.on = { default = false }
[[steps]]
name = "a"
kind = "text"
prompt = "{{idea}} {{parameters.look}}"
"""
TWO = """
name = "two"
[[steps]]
name = "poem"
type = "poem"
prompt = "{{idea}}"
[[steps]]
name = "picture"
kind = "image"
prompt = "{{poem.title}}: {{poem.text}}"
"""


@dataclass
class Studio:
    """``texts`` says what is written, by the words of the prompt; what it does not know becomes ``VERSE``."""

    database: Database
    makers: Makers = field(default_factory=lambda: pipelines_of(Double()))
    texts: dict[str, str] = field(default_factory=dict)
    moods: dict[str, str] = field(default_factory=dict)

    @property
    def advance(self) -> Advance:
        return advance_with(self.makers, self.database, 3)

    def start(self, toml: str = TWO, idea: str = "a fox", parameters: Mapping[str, Json] | None = None) -> int:
        """A run of a chain that is stored for it; its id."""
        chain = reading.from_toml(toml)
        self.database.writing(library.store, chain)
        return self.ask(RunRequest(chain.name, idea, parameters or {})).run.id

    def ask(self, request: RunRequest, most: int | None = None) -> RunState:
        return starting.start(self.advance, self.makers, request, most)[0]

    def state(self, run_id: int) -> RunState:
        return self.database.reading(states.of, run_id)

    def status(self, run_id: int) -> str:
        return self.state(run_id).progress.status.value

    def states(self, run_id: int) -> dict[str, str]:
        return {each.step.name: each.state.value for each in self.state(run_id).progress.steps}

    def step(self, run_id: int, name: str) -> StepProgress:
        found = self.state(run_id).progress.step(name)
        assert found is not None
        return found

    def prompts(self, run_id: int, name: str) -> list[Prompt]:
        """The prompts of a step, by their numbers."""
        rows = sorted(self.step(run_id, name).rows, key=lambda each: each.number)
        return [self.database.reading(prompts.get, row.prompt_id) for row in rows if row.prompt_id is not None]

    def words(self, run_id: int, name: str) -> list[str]:
        return [each.prompt_text for each in self.prompts(run_id, name)]

    def take(self) -> Prompt | None:
        return self.database.writing(claims.claim, list(Kind))

    def make(self, *, but: Callable[[Prompt], bool] = lambda _prompt: False, most: int = 200) -> int:
        """Make what is due, and what becomes due by it, but what fails; returns how many were made."""
        made = 0
        while made < most:
            self.look()
            prompt = self.take()
            if prompt is None:
                break
            self.end(prompt, fails=but(prompt))
            made += 1
        self.look()
        return made

    def look(self) -> None:
        while self.advance.due():
            continue

    def end(self, prompt: Prompt, *, fails: bool = False) -> None:
        """The end of a prompt that was taken, as a worker writes it."""
        if fails:
            self.database.writing(endings.fail, prompt, error="no paint", error_class="UserFault", seconds=1, log="")
            return
        is_text = prompt.kind is Kind.TEXT
        kind = ArtifactType.TEXT if is_text else ArtifactType.IMAGE
        file = NewArtifact(kind, f"{prompt.kind}/{prompt.id}_{prompt.attempt}/0001", None, {"seed": 7})
        words = self.texts.get(prompt.prompt_text, VERSE)
        mood = self.moods.get(prompt.prompt_text, "quiet")
        writing = Writing(f"Title {prompt.id}", words, "poem", mood=mood) if is_text else None
        self.database.writing(endings.complete, prompt, artifacts=[file], writing=writing, seconds=1, log="")

    def answer(
        self, run_id: int, step: str, action: str, edits: Mapping[int, str] | None = None, numbers: tuple[int, ...] = ()
    ) -> None:
        self.database.writing(acts.answer, run_id, step, GateReply(GateAction(action), edits or {}, numbers))
        self.advance.whole(run_id)

    def retry(self, run_id: int, step: str | None = None) -> None:
        self.database.writing(acts.retry, run_id, step)
        self.advance.whole(run_id)
