"""What this package raises on purpose."""

import re
from collections.abc import Sequence

from comfyui_workflows.generation_settings import GenerationSettings

_TWO_STOPS = re.compile(r"(?<=[^\s.!?…])(\.\.\.|[.!?…])\.(?=\s|$)")
"""The stop that a quoted sentence brought along, and ours after it; three dots are meant."""


MISREAD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a reader may stumble over in a file of another author: that file's fault alone."""


class WorkflowError(Exception):
    """A workflow cannot be used as it is.

    ``str(error)`` is one or more sentences for a person; ``hint`` says what to do, where that is known.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(_TWO_STOPS.sub(r"\1", message))
        self.hint = hint


class UnreadableFileError(WorkflowError):
    """A file is no workflow, or a broken one."""


class MissingNodesError(WorkflowError):
    """The server lacks node classes that a saved workflow needs; ``missing`` are their names, each with the nearest."""

    def __init__(
        self, message: str, *, hint: str | None = None, missing: Sequence[tuple[str, str | None]] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.missing = tuple(missing)


class SidecarError(WorkflowError):
    """A ``NAME.form.toml`` is wrong, or does not fit its workflow."""


class FormError(WorkflowError):
    """A value has no field in the form, or a field has no place in the graph."""


class OtherProgramError(UnreadableFileError):
    """A file is another program's. ``settings`` is what it was made with, where that can be read."""

    def __init__(self, message: str, *, hint: str | None = None, settings: GenerationSettings | None = None) -> None:
        super().__init__(message, hint=hint)
        self.settings = settings
