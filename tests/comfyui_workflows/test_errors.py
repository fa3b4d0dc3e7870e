"""The words of an error."""

import pytest

from comfyui_workflows.errors import MissingNodesError, WorkflowError


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("It is no TOML: a key is empty..", "It is no TOML: a key is empty."),
        ("Is it JSON?.", "Is it JSON?"),
        ("It ends in three dots...", "It ends in three dots..."),
        ("Version 0.4.1 is fine. So is this.", "Version 0.4.1 is fine. So is this."),
    ],
)
def test_a_quoted_sentence_leaves_one_stop(said: str, shown: str) -> None:
    assert str(WorkflowError(said)) == shown


def test_a_hint_is_kept_apart() -> None:
    error = MissingNodesError("It needs EmptyImages.", hint="Install the pack.")
    assert (str(error), error.hint) == ("It needs EmptyImages.", "Install the pack.")
    assert WorkflowError("No.").hint is None
