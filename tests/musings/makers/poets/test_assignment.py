"""What the poets are given and give back, as values."""

from musings.makers.poets.assignment import Role, Transcript, Turn


def turn(text: str, tokens: int, role: Role = Role.WRITER) -> Turn:
    return Turn("Ada", role, "muse", text, tokens, 0.5)


def test_a_run_counts_the_tokens_of_all_who_spoke() -> None:
    spoken = (turn("a", 12), turn("b", 30, Role.READER), turn("c", 8, Role.EDITOR))
    assert Transcript(spoken, "the editor's word", approved=True).tokens == 50
    assert Transcript((), "a limit", approved=False).tokens == 0


def test_roles_are_written_as_the_configuration_has_them() -> None:
    assert [Role(name) for name in ("writer", "reader", "editor")] == list(Role)
    assert f"{Role.EDITOR}" == "editor"


def test_what_was_said_is_whole_unless_a_limit_cut_it() -> None:
    assert not turn("a", 1).cut
    assert turn("a", 1) == turn("a", 1)
