"""A running attempt without a worker: it remembers what a pipeline tells."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from musings.models import JsonObject, Writing


@dataclass
class Told:
    """A ``Context``. ``check_now`` is what ``check`` does; ``seconds`` is what remains of the attempt's time."""

    check_now: Callable[[], None] = lambda: None
    seconds: float = 60.0
    crashes: int = 0
    lines: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    excerpts: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    used: list[JsonObject] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    writings: list[Writing] = field(default_factory=list)

    def check(self) -> None:
        self.check_now()

    def progress(self, value: float, maximum: float, stage: str) -> None:
        self.shares.append(value / maximum if maximum else 0.0)
        self.stages.append(stage)

    def preview(self, picture: bytes, media_type: str) -> None:
        pass

    def excerpt(self, text: str) -> None:
        self.excerpts.append(text)

    def keep_writing(self, writing: Writing) -> int:
        self.writings.append(writing)
        return len(self.writings)

    def uses(self, parameters: JsonObject) -> None:
        self.used.append(parameters)

    def started(self, external_id: str) -> None:
        self.outside.append(external_id)

    @contextmanager
    def alone(self, resource: str, stage: str) -> Iterator[None]:
        self.held.append(resource)
        yield

    def step(self, name: str) -> None:
        self.steps.append(name)

    def crashed(self) -> int:
        self.crashes += 1
        return self.crashes

    def others_crashed(self) -> bool:
        return False

    def log(self, text: str) -> None:
        self.lines.append(text)

    @property
    def remaining(self) -> float:
        return self.seconds
