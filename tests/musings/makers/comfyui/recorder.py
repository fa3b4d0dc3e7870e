"""Hooks that remember what they were told, and limits short enough for tests."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from musings.makers.comfyui.watching import JobHooks, JobLimits

QUICK = JobLimits(
    poll_seconds=0.1,
    lost_gap_seconds=0.15,
    stall_seconds=3.0,
    idle_seconds=3.0,
    unreachable_seconds=3.0,
    cancel_seconds=5.0,
    preview_seconds=0.0,
    socket_seconds=0.3,
    retry_seconds=0.05,
)


@dataclass
class Recorder:
    check: Callable[[], None] = lambda: None
    crashed: Callable[[], None] = lambda: None
    submitting: list[str] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    progress: list[tuple[float, float, str]] = field(default_factory=list)
    previews: list[tuple[bytes, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def hooks(self) -> JobHooks:
        return JobHooks(
            check=lambda: self.check(),
            on_submitting=self.submitting.append,
            on_submitted=self.submitted.append,
            on_progress=lambda value, maximum, stage: self.progress.append((value, maximum, stage)),
            on_preview=lambda picture, media_type: self.previews.append((picture, media_type)),
            on_crash=lambda: self.crashed(),
            log=self.lines.append,
        )


def quick(**changes: float) -> JobLimits:
    return replace(QUICK, **changes)  # type: ignore[arg-type]  # every limit that tests change is a number


def decodable(path: Path) -> None:
    """Raises OSError when a picture is cut short."""
    with Image.open(path) as opened:
        opened.load()
