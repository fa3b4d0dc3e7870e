"""What is wrong with a workflow, as an error of Musings: a retry would fail again, so it is the user's fault."""

from collections.abc import Iterator
from contextlib import contextmanager

from comfyui_workflows.errors import WorkflowError
from musings.errors import UserFault


@contextmanager
def workflow_faults() -> Iterator[None]:
    """Raises ``UserFault``, in the same words, for a ``WorkflowError`` from inside."""
    try:
        yield
    except WorkflowError as error:
        raise UserFault(str(error), hint=error.hint) from error
