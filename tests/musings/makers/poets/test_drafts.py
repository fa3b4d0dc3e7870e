"""From a model's answer to a text with a title."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.makers.poets.assignment import Role, Turn
from musings.makers.poets.drafts import best, read, title_from, visible
from tests.growth import grows_gently

POEM = "Salt on the rail,\na gull that will not land.\n\nThe lamp goes round."


def turn(text: str, role: Role = Role.WRITER, *, cut: bool = False) -> Turn:
    return Turn("Anthony", role, "m", text, 1, 0.1, cut)


@pytest.mark.parametrize(
    "answer",
    [
        f"Title: The Lamp\n\n{POEM}",
        f"**Title:** The Lamp\n\n{POEM}\n",
        f'# "The Lamp"\n\n{POEM}',
        f"**The Lamp**\n\n{POEM}",
        f"Sure! Here is your poem:\n\nTitle: The Lamp\n\n{POEM}",
        f"Here's the poem.\n\n# The Lamp\n\n{POEM}\n\nLet me know if you would like changes!",
        f"<think>They want salt.\nTitle: no</think>\n\nTitle: The Lamp\n\n{POEM}",
        f"```markdown\nTitle: The Lamp\n\n{POEM}\n```",
        f"Anthony said:\nTitle: The Lamp\n\n{POEM}",
        f"Title: The Lamp\n\n{POEM}\n\nAPPROVED",
        f"Title: The Lamp\n\n{POEM}\n\n---\n*I hope this finds you well.*",
    ],
)
def test_the_wrapping_goes_and_the_poem_stays(answer: str) -> None:
    assert read(answer, "a lamp") == ("The Lamp", POEM)


def test_a_text_without_a_title_takes_the_words_of_the_prompt() -> None:
    assert read(POEM, "a lighthouse, at dusk, and nobody home tonight at all") == (
        "A lighthouse, at dusk, and nobody home",
        POEM,
    )
    assert title_from("…") == "Untitled"


def test_a_title_alone_is_a_text() -> None:
    assert read("Title: Only this", "x")[1] == "Title: Only this"


def test_an_offer_inside_the_text_stays() -> None:
    story = "She said:\n\nLet me know when the boat leaves.\n\nHe did not.\n\nNobody did.\n\nThe tide went out."
    assert read(story, "x")[1] == story


def test_reasoning_that_was_cut_off_is_not_shown() -> None:
    assert visible("<think>I wonder") == ""
    assert visible("a\n<THINKING>b</THINKING>\nc") == "a\n\nc"


@given(st.text(max_size=400), st.text(max_size=60))
def test_any_answer_can_be_read(answer: str, prompt: str) -> None:
    title, text = read(answer, prompt)
    assert 0 < len(title) <= 120
    assert len(text) <= len(answer)


def test_a_long_empty_answer_is_read_quickly() -> None:
    assert grows_gently(lambda text: read(text, "x"), *(_empty(times) for times in (1, 10)))


def _empty(times: int) -> str:
    return "\n \n" * 6_000 * times + "let me know " * 100 * times


def test_the_best_draft_is_the_last_whole_one() -> None:
    first, second, thanks = turn(POEM), turn(POEM + "\nMore."), turn("Thanks!")
    remark = turn("Too short.", Role.READER)
    assert best([first, remark, second, remark]) is second
    assert best([first, remark, second, thanks]) is second
    assert best([first, remark, turn(POEM, cut=True)]) is first
    assert best([turn(POEM, cut=True)]) is not None
    assert best([remark, turn("<think>hm</think>"), turn("APPROVED")]) is None
    assert best([]) is None
