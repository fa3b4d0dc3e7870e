"""What the engine raises: one tree, and words that are kept apart from hints and logs."""

import pytest

from musings_sketch import errors
from musings_sketch.errors import LibraryError, ProgramError, SketchError, SpeechError


@pytest.mark.parametrize("kind", [LibraryError, SpeechError])
def test_a_caller_catches_one_class_and_reads_three_texts(kind: type[SketchError]) -> None:
    with pytest.raises(SketchError) as caught:
        raise kind("It failed.", hint="Try this.", log="trace")
    assert (str(caught.value), caught.value.hint, caught.value.log) == ("It failed.", "Try this.", "trace")


def test_what_is_not_said_is_empty() -> None:
    error = SketchError("It failed.")
    assert (error.hint, error.log) == (None, "")
    assert LibraryError("It failed.").found is False


@pytest.mark.parametrize("code", [1, -11, None])
def test_a_program_tells_how_it_ended(code: int | None) -> None:
    error = ProgramError("x ended.", code=code, log="why")
    assert (error.code, error.log, error.hint) == (code, "why", None)


def test_the_drawing_of_the_tree_names_every_class() -> None:
    made = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)}
    assert {name for name in made if name not in str(errors.__doc__)} == set()
