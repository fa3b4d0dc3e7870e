"""The poet: forms that keep their rules, words that come from the prompt, grammar that holds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musings_sketch.errors import SketchError
from musings_sketch.verse import FORMS, form_for, write
from musings_sketch.verse.sound import iambic, rhyme_of, syllables, words_of

PROMPTS = (
    "a lighthouse keeper in a storm",
    "my grandmother Elsa, who waits in Paris",
    "quantum computing",
    "two red boats at sunset",
    "",
    "日本の夜",
)


def stanzas(content: str) -> list[list[str]]:
    return [stanza.split("\n") for stanza in content.split("\n\n")]


def last(line: str) -> str:
    return words_of(line)[-1]


def rhymes(one: str, other: str) -> bool:
    first, second = rhyme_of(last(one)), rhyme_of(last(other))
    return first is not None and first == second and last(one) != last(other)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_words_and_seed_give_the_same_writing(form: str) -> None:
    assert write(PROMPTS[0], 4, form) == write(PROMPTS[0], 4, form)
    assert write(PROMPTS[0], 4, form).content != write(PROMPTS[0], 5, form).content


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a lighthouse keeper in a storm", "lighthouse keeper"),
        ("quantum computing", "quantum computing"),
        ("my grandmother Elsa", "grandmother Elsa"),
    ],
)
def test_the_prompt_is_the_subject(form: str, text: str, word: str) -> None:
    for seed in range(4):
        made = write(text, seed, form)
        assert word.lower() in f"{made.title}\n{made.content}".lower()
        assert word.split()[-1].lower() in made.content.lower()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", PROMPTS)
def test_grammar_holds(form: str, text: str) -> None:
    for seed in range(3):
        made = write(text, seed, form)
        for words in (made.title, made.content):
            assert "{" not in words
            assert "  " not in words
            assert not re.search(r"\ba (?=[aeio])", words, re.IGNORECASE)
            assert not re.search(r"\ban (?=[bcdfgjklmnpqrstvwxz])", words, re.IGNORECASE)
            assert not re.search(r"\b(the|a|an|of|and) \1\b", words, re.IGNORECASE)
        assert made.content[0].isupper() or not made.content[0].isascii() or made.content[0] in "[*“"


@pytest.mark.parametrize("form", ["free verse", "sonnet", "ballad", "couplets", "prose", "story"])
def test_no_line_comes_twice(form: str) -> None:
    for text in PROMPTS:
        for seed in range(3):
            lines = [
                line for line in re.split(r"\n+|(?<=[.?!]) ", write(text, seed, form).content) if len(line.split()) > 4
            ]
            assert len(lines) == len({line.lower().strip(" ,.;") for line in lines})


def test_haiku_count_five_seven_five() -> None:
    for text in PROMPTS[:5]:
        for seed in range(8):
            (lines,) = stanzas(write(text, seed, "haiku").content)
            assert [syllables(line) for line in lines] == [5, 7, 5]


def test_sonnets_rhyme_abab_cdcd_efef_gg() -> None:
    for text in PROMPTS:
        *quatrains, couplet = stanzas(write(text, 2, "sonnet").content)
        assert [len(each) for each in quatrains] == [4, 4, 4]
        for a, b, c, d in quatrains:
            assert rhymes(a, c)
            assert rhymes(b, d)
        assert rhymes(*couplet)


def test_couplets_rhyme_in_pairs() -> None:
    for text in PROMPTS:
        for a, b, c, d in stanzas(write(text, 2, "couplets").content):
            assert rhymes(a, b)
            assert rhymes(c, d)


def test_ballads_rhyme_their_even_lines() -> None:
    for text in PROMPTS:
        for _, b, _, d in stanzas(write(text, 2, "ballad").content):
            assert rhymes(b, d)


@pytest.mark.parametrize(("form", "feet"), [("sonnet", (5,)), ("couplets", (4,)), ("ballad", (4, 3))])
def test_lines_keep_their_metre(form: str, feet: tuple[int, ...]) -> None:
    lines = [line for seed in range(12) for stanza in stanzas(write(PROMPTS[0], seed, form).content) for line in stanza]
    kept = [iambic(line, feet[at % len(feet)]) for at, line in enumerate(lines)]
    assert sum(kept) / len(kept) > 0.85


def test_songs_come_back_to_their_chorus() -> None:
    content = write("the harbour at night", 1, "song").content
    choruses = re.findall(r"\*\*Chorus\*\*\n\n((?:.+\n?){4})", content)
    assert len(choruses) == 3
    assert len({chorus.strip() for chorus in choruses}) == 1
    assert content.startswith("**Verse 1**")


def test_lyrics_carry_the_marks_that_music_models_read() -> None:
    marks = re.findall(r"^\[(\w+)\]$", write("the harbour at night", 1, "lyrics").content, re.MULTILINE)
    assert marks == ["verse", "chorus", "verse", "chorus", "bridge", "chorus"]


def test_dialogues_have_two_voices_that_take_turns() -> None:
    names = re.findall(
        r"^\*\*(\w+):\*\*", write("a dialogue between Anna and Tom about a key", 3, "dialogue").content, re.MULTILINE
    )
    assert len(names) == 12
    assert names[:2] == ["Anna", "Tom"]
    assert names == names[:2] * 6


def test_mood_follows_the_words() -> None:
    assert write("a sad and lonely room", 1).mood == "melancholy"
    assert write("joyful children", 1).mood == "joyful"


def test_themes_follow_the_words() -> None:
    sea = " ".join(write("the ocean", seed, "sonnet").content for seed in range(5))
    city = " ".join(write("the city streets", seed, "sonnet").content for seed in range(5))
    assert (
        len(re.findall("tide|harbour|wave|anchor|sail", sea))
        > len(re.findall("tide|harbour|wave|anchor|sail", city)) + 5
    )


def test_every_text_type_has_a_form() -> None:
    assert (form_for("story"), form_for("lyrics"), form_for("dialogue")) == ("story", "lyrics", "dialogue")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("a haiku about rain", "haiku"),
        ("Write me a sonnet", "sonnet"),
        ("rhyming couplets on tea", "couplets"),
        ("rain", "free verse"),
    ],
)
def test_a_named_form_is_used(text: str, form: str) -> None:
    assert form_for("text", text) == form
    assert write(text, 1).form == form


def test_an_unknown_form_is_refused_with_the_list() -> None:
    with pytest.raises(SketchError, match="limerick") as caught:
        write("rain", 1, "limerick")
    assert "haiku" in (caught.value.hint or "")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.integers(0, 2**53 - 1), st.sampled_from(FORMS))
def test_any_text_can_be_written_about(text: str, seed: int, form: str) -> None:
    made = write(text, seed, form)
    assert made.title.strip()
    assert len(made.title) <= 80
    assert made.content.strip()
    assert made.content.count("\n\n\n") == 0


@given(st.text(alphabet="*_#<>[]()`|~\\&!-+. abc", max_size=60))
@settings(max_examples=40, deadline=None)
def test_markup_in_a_prompt_does_not_reach_the_page(text: str) -> None:
    made = write(text, 1, "free verse")
    assert not set(made.title + made.content) & set("*_#<>[]`|~\\&")


def test_a_hundred_kilobytes_are_no_trouble() -> None:
    assert write("the moon and the lost boats. " * 4000, 1).content
    assert write("x" * 100_000, 1).content
