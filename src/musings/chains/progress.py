"""How far a run is, and what is due in it: a function of its chain, its prompts and the answers at its gates. Pure.

Nothing of this is stored: whoever asks, at whatever moment, finds the same. What is due becomes rows by
``chains.advance``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from musings.chains.definition import Chain, ChainStep
from musings.chains.gates import Verdict, judged
from musings.chains.results import NothingThere, ResultGone, StepResult, TemplateScope, part_of, result_of
from musings.chains.templates import parse, reference
from musings.models import Json, JsonObject, PromptStatus
from musings.store.chains.runs import ChainRun
from musings.store.chains.steps import StepOutcome, StepRow


class StepState(StrEnum):
    """``waiting`` for earlier steps, ``running``, ``asking`` a person at its gate, or ended."""

    WAITING = "waiting"
    RUNNING = "running"
    ASKING = "asking"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunStatus(StrEnum):
    """``running`` while anything is left to be done without a person; ``asking`` when only a gate is left."""

    RUNNING = "running"
    PAUSED = "paused"
    ASKING = "asking"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Planned:
    """A prompt that is due: ``number`` of ``count`` results of its step."""

    step: ChainStep
    number: int
    count: int
    text: str
    parameters: Mapping[str, Json]


@dataclass(frozen=True)
class StepProgress:
    """One step of a run. ``problem`` is in words, with what to do. ``results`` are those that later steps use.

    What is due of it: prompts, ``skip`` where its condition does not hold, or ``refusal`` where no prompt can be made.
    """

    step: ChainStep
    state: StepState
    rows: tuple[StepRow, ...] = ()
    results: tuple[StepResult, ...] = ()
    problem: str | None = None
    due: tuple[Planned, ...] = ()
    skip: bool = False
    refusal: str | None = None

    @property
    def is_due(self) -> bool:
        return bool(self.due or self.skip or self.refusal)


@dataclass(frozen=True)
class RunProgress:
    """The whole of a run. ``steps`` are in the order of the chain."""

    status: RunStatus
    steps: tuple[StepProgress, ...]

    @property
    def problem(self) -> str | None:
        """Why it cannot go on by itself, from the first step that says so."""
        return next((each.problem for each in self.steps if each.problem is not None), None)

    def step(self, name: str) -> StepProgress | None:
        return next((each for each in self.steps if each.step.name == name), None)


def progress_of(chain: Chain, run: ChainRun, rows: Sequence[StepRow], answers: Mapping[str, JsonObject]) -> RunProgress:
    """How far a run is and what is due in it, from the rows that count and the answers by the names of the steps."""
    steps = tuple(_Walk(chain, run, rows, answers).steps())
    return RunProgress(_status(run, steps), steps)


def named_by(step: ChainStep) -> set[str]:
    """The earlier steps that a step waits for, by what it names."""
    texts = [step.prompt, *(each for each in step.parameters.values() if isinstance(each, str))]
    texts += [each.value for each in (*step.when, *(step.gate.rule if step.gate else ()))]
    texts += [step.times] if isinstance(step.times, str) else []
    found = {named.name for each in texts for named in parse(each).references}
    return found | set(step.after) | ({reference(step.each).name} if step.each else set())


class _Walk:
    """From the first step to the last, with what the earlier ones have become."""

    def __init__(self, chain: Chain, run: ChainRun, rows: Sequence[StepRow], answers: Mapping[str, JsonObject]) -> None:
        self._chain = chain
        self._run = run
        self._rows = rows
        self._answers = answers
        self._found: dict[str, StepProgress] = {}

    def steps(self) -> Iterator[StepProgress]:
        for step in self._chain.steps:
            rows = tuple(each for each in self._rows if each.step == step.name)
            # Rows may be missing where some results are made anew; then only those are due.
            is_whole = bool(rows) and len(rows) >= rows[0].count
            self._found[step.name] = self._ended(step, rows) if is_whole else self._open(step, rows)
        return iter(self._found.values())

    def _open(self, step: ChainStep, rows: tuple[StepRow, ...]) -> StepProgress:
        """A step that is not asked for yet, or of which some results are to be made anew."""
        here = StepProgress(step, StepState.WAITING, rows)
        before = [self._found[name] for name in named_by(step) if name in self._found]
        if any(each.state not in (StepState.COMPLETED, StepState.SKIPPED) for each in before):
            return here
        # After its turn has come, so that a step which only waits is not told as one that was stopped.
        if self._run.cancelled_at is not None:
            return replace(here, state=StepState.CANCELLED)
        try:
            return self._due(here)
        except NothingThere:
            return replace(here, state=StepState.RUNNING, skip=True)
        except ResultGone as gone:
            # Said of the step whose result it was: that is the one to retry.
            lost = self._found[gone.step]
            self._found[gone.step] = replace(lost, state=StepState.FAILED, problem=_gone(self._run, gone))
            return here

    def _due(self, here: StepProgress) -> StepProgress:
        step, scope = here.step, self._scope()
        here = replace(here, state=StepState.RUNNING)
        if not scope.holds(step.when):
            return replace(here, skip=True)
        items = self._items(step)
        times = scope.render(step.times) if isinstance(step.times, str) else step.times
        if not isinstance(times, int) or isinstance(times, bool) or not times >= 1:
            return replace(here, refusal=f"times is {str(times)[:60]!r}, and must be a whole number from 1 up.")
        count = len(items) * times
        if not count:
            return replace(here, skip=True)
        # Refused and not cut off: whoever wrote the chain would miss the rest without a word.
        if count > step.most:
            return replace(here, refusal=f"It would make {count}, and at most {step.most} are allowed (most).")
        there = {each.number for each in here.rows}
        every = [item for item in items for _ in range(times)]
        due = tuple(
            _planned(step, number, count, replace(scope, item=item, number=number))
            for number, item in enumerate(every, start=1)
            if number not in there
        )
        return replace(here, due=due)

    def _items(self, step: ChainStep) -> Sequence[str | StepResult | None]:
        if step.each is None:
            return [None]
        named = reference(step.each)
        source = self._found[named.name]
        if source.state is StepState.SKIPPED:
            raise NothingThere
        if named.field is None:
            return source.results
        return [part for each in source.results for part in part_of(str(each.value("text") or ""), named.field)]

    def _ended(self, step: ChainStep, rows: tuple[StepRow, ...]) -> StepProgress:
        """A step whose prompts are all there: what has become of them."""
        here = StepProgress(step, StepState.RUNNING, rows)
        if rows[0].outcome is StepOutcome.SKIPPED:
            return replace(here, state=StepState.SKIPPED)
        state, problem = _of_prompts(rows)
        if problem is not None:
            return replace(here, state=state, problem=_told(self._run, step, problem))
        if state is not StepState.COMPLETED:
            return replace(here, state=state)
        found = [result_of(each) for each in rows]
        verdict, words, kept = judged(step, found, self._scope(), self._answers.get(step.name))
        if verdict is Verdict.ASKS:
            return replace(here, state=StepState.ASKING)
        if verdict is Verdict.REFUSED:
            return replace(here, state=StepState.FAILED, problem=_told(self._run, step, words))
        return replace(here, state=StepState.COMPLETED, results=tuple(kept))

    def _scope(self) -> TemplateScope:
        done = {
            name: None if each.state is StepState.SKIPPED else each.results
            for name, each in self._found.items()
            if each.state in (StepState.COMPLETED, StepState.SKIPPED)
        }
        return TemplateScope(self._run.idea, self._run.parameters, done)


def _planned(step: ChainStep, number: int, count: int, scope: TemplateScope) -> Planned:
    values = {name: scope.render(value) if isinstance(value, str) else value for name, value in step.parameters.items()}
    return Planned(step, number, count, scope.words(step.prompt), values)


_HAS_ENDED = (PromptStatus.COMPLETED, PromptStatus.FAILED, PromptStatus.CANCELLED)


def _of_prompts(rows: Sequence[StepRow]) -> tuple[StepState, str | None]:
    """The state of a step by its prompts, and the problem of the first that has one."""
    for row in rows:
        if row.outcome is StepOutcome.REFUSED:
            return StepState.FAILED, row.problem
        if row.deleted and row.status != PromptStatus.COMPLETED:
            return StepState.FAILED, f"{_prompt(row)} was deleted before it was done."
        if row.status == PromptStatus.FAILED:
            return StepState.FAILED, f"{_prompt(row)}: {row.error or 'it failed'}"
    # Failures are told first: a person may mend one while the others still run.
    if any(row.status not in _HAS_ENDED for row in rows):
        return StepState.RUNNING, None
    cancelled = next((row for row in rows if row.status == PromptStatus.CANCELLED), None)
    if cancelled is not None:
        return StepState.CANCELLED, f"{_prompt(cancelled)} was cancelled."
    return StepState.COMPLETED, None


def _prompt(row: StepRow) -> str:
    return "A prompt that is gone" if row.prompt_id is None else f"Prompt {row.prompt_id}"


def _told(run: ChainRun, step: ChainStep, words: str) -> str:
    said = words if words.endswith((".", "!", "?")) else f"{words}."
    return f"{step.words}: {said} `musings musing retry {run.id} --step {step.name}` makes it anew and goes on."


def _gone(run: ChainRun, gone: ResultGone) -> str:
    prompt = "The prompt" if gone.prompt_id is None else f"Prompt {gone.prompt_id}"
    return (
        f"{gone.step}: {prompt} was deleted, and later steps need what it made. Bring it back from the trash, or"
        f" `musings musing retry {run.id} --step {gone.step}` makes it anew."
    )


def _status(run: ChainRun, steps: Sequence[StepProgress]) -> RunStatus:
    states = {each.state for each in steps}
    # Also of steps with a failure: what runs beside it goes on.
    is_active = any(
        row.outcome is StepOutcome.PROMPT and not row.deleted and row.status not in _HAS_ENDED
        for each in steps
        for row in each.rows
    )
    if states <= {StepState.COMPLETED, StepState.SKIPPED}:
        return RunStatus.COMPLETED
    # What was asked to stop may still run; until it has ended the run is not told as ended.
    if run.cancelled_at is not None and not is_active:
        return RunStatus.CANCELLED
    if run.paused_at is not None:
        return RunStatus.PAUSED
    if is_active or any(each.is_due for each in steps):
        return RunStatus.RUNNING
    if StepState.ASKING in states:
        return RunStatus.ASKING
    return RunStatus.CANCELLED if StepState.FAILED not in states else RunStatus.FAILED
