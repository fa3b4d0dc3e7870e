"""What a chain is: the schema of its file, as frozen values. What it names is checked in ``chains.checking``."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from musings.chains.templates import NAME
from musings.models import KIND_OF_TYPE, TYPES_OF_KIND, Kind

MOST_STEPS = 40
MOST_RESULTS = 100
"""Of one step."""
MOST_TIMES = 16
TEMPLATE_CHARACTERS = 20_000
FORMAT = 1

Name = Annotated[StrictStr, Field(pattern=rf"^{NAME}$")]
Words = Annotated[StrictStr, Field(max_length=2000)]
TemplateText = Annotated[StrictStr, Field(min_length=1, max_length=TEMPLATE_CHARACTERS)]
Value = StrictStr | StrictBool | StrictInt | StrictFloat

OPERATORS = ("equals", "not_equals", "contains", "one_of", "at_least", "at_most", "is_empty")


class ChainPart(BaseModel):
    """What every table of a chain has in common: it never changes, and a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


class StepCondition(ChainPart):
    """A value and one thing that must be true of it. Words are compared whatever their case."""

    value: TemplateText
    equals: Value | None = None
    not_equals: Value | None = None
    contains: Annotated[StrictStr, Field(min_length=1, max_length=2000)] | None = None
    one_of: Annotated[tuple[Value, ...], Field(min_length=1, max_length=100)] | None = None
    at_least: StrictInt | StrictFloat | None = None
    at_most: StrictInt | StrictFloat | None = None
    is_empty: StrictBool | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> Self:
        if len(self.operators) != 1:
            raise ValueError(f"needs one of {', '.join(OPERATORS)}, and has {len(self.operators)}")
        return self

    @property
    def operators(self) -> list[str]:
        return [each for each in OPERATORS if getattr(self, each) is not None]


StepConditions = Annotated[tuple[StepCondition, ...], Field(max_length=20)]


class StepGate(ChainPart):
    """What is asked of a person, or decided by a rule, before later steps may use what a step has made."""

    ask: Annotated[StrictStr, Field(pattern="^(approve|edit|choose|rule)$")]
    question: Words = ""
    rule: StepConditions = ()


class ChainStep(ChainPart):
    """One step: each of its results is a prompt of ``type``.

    What is ``hidden`` is for later steps alone, as an outline is: the musing as a page, a book or an entry of a feed
    does without it.
    """

    name: Name
    kind: Kind | None = None
    type: StrictStr = ""
    title: Words = ""
    prompt: TemplateText
    workflow: Annotated[StrictStr, Field(min_length=1, max_length=200)] | None = None
    parameters: Annotated[
        dict[Annotated[StrictStr, Field(min_length=1, max_length=100)], Value], Field(max_length=50)
    ] = {}
    enhance: StrictBool | None = None
    each: Annotated[StrictStr, Field(min_length=1, max_length=100)] | None = None
    times: Annotated[StrictInt, Field(ge=1, le=MOST_TIMES)] | TemplateText = 1
    most: Annotated[StrictInt, Field(ge=1, le=MOST_RESULTS)] = 50
    after: Annotated[tuple[Name, ...], Field(max_length=MOST_STEPS)] = ()
    when: StepConditions = ()
    gate: StepGate | None = None
    hidden: StrictBool = False

    @model_validator(mode="after")
    def _of_a_kind(self) -> Self:
        if self.kind is None and not self.type:
            raise ValueError(f"needs a kind ({', '.join(Kind)}) or a type")
        if self.type and self.type not in KIND_OF_TYPE:
            raise ValueError(f"type: {self.type[:60]!r} is no prompt type; there are: {', '.join(KIND_OF_TYPE)}")
        if self.type and self.kind is not None and KIND_OF_TYPE[self.type] is not self.kind:
            raise ValueError(f"type: {self.type} belongs to the kind {KIND_OF_TYPE[self.type]}, not to {self.kind}")
        return self

    @property
    def prompt_type(self) -> str:
        return self.type or TYPES_OF_KIND[self.makes][0]

    @property
    def makes(self) -> Kind:
        """The kind of its results."""
        return KIND_OF_TYPE[self.type] if self.type else self.kind or Kind.TEXT

    @property
    def words(self) -> str:
        """Its name for people."""
        return self.title or self.name


class ChainParameter(ChainPart):
    """A value that may be given when a run starts, and counts as ``default`` where it is not."""

    default: Value
    title: Words = ""
    choices: Annotated[tuple[Value, ...], Field(max_length=100)] = ()
    minimum: StrictInt | StrictFloat | None = None
    maximum: StrictInt | StrictFloat | None = None


class Chain(ChainPart):
    """A whole chain. Steps stand in their order: each may name those before it."""

    format: Annotated[StrictInt, Field(ge=FORMAT, le=FORMAT)] = FORMAT
    name: Name
    title: Words = ""
    description: Words = ""
    parameters: Annotated[dict[Name, ChainParameter], Field(max_length=30)] = {}
    steps: Annotated[tuple[ChainStep, ...], Field(min_length=1, max_length=MOST_STEPS)]

    def step(self, name: str) -> ChainStep | None:
        return next((each for each in self.steps if each.name == name), None)
