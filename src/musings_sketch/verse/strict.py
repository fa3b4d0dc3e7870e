"""Forms with metre and rhyme: sonnet, ballad, couplets; and the haiku, which counts."""

from collections.abc import Mapping, Sequence

from musings_sketch.verse.poet import Poet, metrical, of_syllables, sentence
from musings_sketch.verse.sound import syllables

_THING_OPEN = (
    "the {adj} {noun} {does_to} the {adj} {end}",
    "the {noun} {does_to} the {noun} and the {end}",
    "I {i_do} the {noun} and the {adj} {end}",
    "I {i_do} the {adj} {noun} and the {end}",
    "I heard the {noun} {do} {prep} the {end}",
    "I saw the {adj} {noun} {do} {prep} the {end}",
    "the {adj} {noun} {does} {prep} the {end}",
    "the {noun} {does} {prep} the {adj} {end}",
    "the {noun} {does} {prep} the {end}",
    "the {nouns} {do} {prep} the {adj} {end}",
    "the {adj} {nouns} {do} {prep} the {end}",
    "there is a {thing} that {does_to} the {end}",
    "there is a {thing} that {does} {prep} the {end}",
    "no {thing} can {i_do} the {end}",
    "no {adj} {thing} can {i_do} the {end}",
    "who {does_to} the {noun} will {i_do} the {end}",
    "this is the {noun} and this the {adj} {end}",
    "we were the {noun} and we were the {end}",
    "O {adj} {noun}, {i_do} the {adj} {end}",
    "I gave the {noun} to the {adj} {end}",
    "I am the {noun}, I am the {adj} {end}",
)
_THING_ON = (
    "and every {thing} {does} {prep} the {end}",
    "while {adj} {nouns} {do} {prep} the {end}",
    "{prep} the {adj} {noun} and the {end}",
    "{prep} the {noun} and the {adj} {end}",
    "as if the {noun} could {i_do} the {end}",
    "where {nouns} {do} {prep} the {adj} {end}",
    "where {adj} {nouns} {do} {prep} the {end}",
    "until the {noun} {does_to} the {end}",
    "until the {noun} {does_to} the {adj} {end}",
    "and I am {doing} {prep} the {end}",
    "like {nouns} {prep} the {end}",
    "like {adj} {nouns} {prep} the {end}",
    "with all the {nouns} and the {end}",
    "with all the {adj} {nouns} and the {end}",
    "{prep} the {end}",
    "{prep} the {adj} {end}",
    "and nothing {does} {prep} the {end}",
    "and no one {does_to} the {adj} {end}",
    "the {adj} {noun}, the {end}",
    "the {noun}, the {noun}, the {end}",
    "and {nouns} {prep} the {end}",
    "and {adj} is the {end}",
)

OPEN: Mapping[str, Sequence[str]] = {
    "n": _THING_OPEN,
    "p": _THING_OPEN,
    "v": (
        "the {adj} {noun} {prep} the {noun} {end}",
        "the {noun} {prep} the {adj} {noun} {end}",
        "and still the {adj} {noun} {adv} {end}",
        "the {noun} {prep} the {noun} {end}",
        "the {adj} {noun} {adv} {end}",
        "the {adj} {noun} {end}",
        "I know a {thing} that {adv} {end}",
        "there is an {adj} {thing} that {adv} {end}",
    ),
    "b": (
        "I watch the {adj} {noun} {adv} {end}",
        "we watch the {noun} {end}",
        "the {adj} {nouns} {prep} the {noun} {end}",
        "the {nouns} {prep} the {adj} {noun} {end}",
        "O let the {adj} {noun} {end}",
        "I hear the {nouns} {end}",
        "the {nouns} {adv} {end}",
    ),
    "a": (
        "the {noun} {prep} the {noun} is {end}",
        "how {adj} the {noun}, how {adj} and how {end}",
        "the {adj} {noun} is {adj} and {end}",
        "the {noun} {prep} the {adj} {noun} is {end}",
        "the {noun} is {adj}, the {noun} is {end}",
        "I too was {adj}, I too was {end}",
    ),
    "d": (
        "the {adj} {noun} {does} {end}",
        "the {adj} {noun} {adv} {does} {end}",
        "the {noun} {prep} the {noun} {does} {end}",
        "the {nouns} {prep} the {adj} {noun} {do} {end}",
    ),
}
"""Templates that begin a sentence, by the part of speech that ends the line."""

ON: Mapping[str, Sequence[str]] = {
    "n": _THING_ON,
    "p": _THING_ON,
    "v": (
        "and {prep} the {noun} something {adj} {end}",
        "until the {adj} {noun} {end}",
        "and every {adj} {thing} {adv} {end}",
        "and still the {noun} {end}",
        "while {prep} the {adj} {noun} the {noun} {end}",
        "and something {adj} {prep} the {noun} {end}",
        "the way a {thing} {end}",
        "the {noun} {adv} {end}",
        "and so the {noun} {end}",
        "the way the {adj} {noun} {end}",
        "the way the {noun} {prep} the {noun} {end}",
    ),
    "b": (
        "and all the {adj} {nouns} {end}",
        "where {adj} {nouns} {adv} {end}",
        "and {prep} the {adj} {noun} the {nouns} {end}",
        "while all the {nouns} {prep} the {noun} {end}",
        "the way the {adj} {nouns} {end}",
        "the way the {nouns} {end}",
        "and {nouns} {adv} {end}",
        "and still the {nouns} {end}",
    ),
    "a": (
        "and all the {nouns} {prep} the {noun} are {end}",
        "and every {thing} is {end}",
        "so {adj} and so {end}",
        "the {noun} so {adj}, so {end}",
        "and {adj} things are {end}",
        "the {noun} still {adj}, the {noun} still {end}",
        "and every {adj} {thing} is {adj} and {end}",
        "and what the {noun} {does_to} is {adj} and {end}",
        "and what the {noun} {does_to} is {end}",
        "and we were {adj}, and we were {end}",
    ),
    "d": (
        "and {adj} {nouns} {do} {end}",
        "and every {thing} {does} {end}",
        "and I am {doing} {end}",
        "and {nouns} {do} {end}",
        "and so the {noun} {does} {end}",
        "and {adv} every {adj} {thing} {does} {end}",
        "and then the {noun} {does} {end}",
        "and {prep} the {adj} {noun} it {does} {end}",
    ),
}
"""Templates that carry a sentence on."""

ABOUT: Sequence[str] = (
    "I {i_do} {np} {prep} the {end}",
    "I {i_do} {np} {prep} the {adj} {end}",
    "I think of {np} {prep} the {adj} {end}",
    "I think of {np} {prep} the {end}",
    "I sing of {np} and the {adj} {end}",
    "I sing of {np} and of the {end}",
    "come, speak of {np} and the {adj} {end}",
    "come, speak to me of {np} and the {end}",
    "O tell of {np} and the {end}",
    "of {np} I sing, and of the {end}",
    "for {np} I {i_do} the {adj} {end}",
    "for {np} I {i_do} the {end}",
    "{np}, the {adj} {noun} and the {end}",
    "{np}, the {noun}, the {end}",
    "{np} {prep} the {adj} {end}",
    "{np} {prep} the {end}",
    "{np} and the {end}",
    "{np} and all the {adj} {end}",
)
"""Templates that name the prompt's own words; each ends on a noun."""


def sonnet(poet: Poet) -> str:
    """Fourteen lines of five feet: abab cdcd efef gg, with a turn at the ninth."""
    stanzas = []
    for at in range(3):
        first, second = poet.ending(2, thing=True), poet.ending(2)
        ends = [first[0], second[0], first[1], second[1]]
        stanzas.append(_stanza(poet, ends, (5, 5, 5, 5), topic=at, turn="yet" if at == 2 else ""))
    stanzas.append(
        _stanza(
            poet,
            poet.ending(2, thing=True),
            (5, 5),
            topic=1 if len(poet.phrases) > 1 else None,
            turn="and so",
        )
    )
    return "\n\n".join(stanzas)


def ballad(poet: Poet) -> str:
    """Quatrains of four and three feet by turns; the second and the fourth line rhyme."""
    stanzas = []
    for at in range(5):
        rhyme, others = poet.ending(2), [poet.ending(1, thing=True)[0], poet.ending(1)[0]]
        stanzas.append(
            _stanza(
                poet,
                [others[0], rhyme[0], others[1], rhyme[1]],
                (4, 3, 4, 3),
                topic=at if at < max(2, len(poet.phrases)) else None,
            )
        )
    return "\n\n".join(stanzas)


def couplets(poet: Poet) -> str:
    """Pairs of four feet that rhyme, in stanzas of four lines."""
    stanzas = []
    for at in range(4):
        ends = poet.ending(2, thing=True) + poet.ending(2)
        stanzas.append(_stanza(poet, ends, (4, 4, 4, 4), topic=at if at < max(1, len(poet.phrases)) else None))
    return "\n\n".join(stanzas)


def quatrain(poet: Poet, topic: int | None) -> str:
    """Four lines of a song: four and three feet, the even ones rhyme."""
    rhyme, others = poet.ending(2), [poet.ending(1, thing=True)[0], poet.ending(1)[0]]
    return _stanza(poet, [others[0], rhyme[0], others[1], rhyme[1]], (4, 3, 4, 3), topic)


def haiku(poet: Poet) -> str:
    """Five, seven and five syllables."""
    phrase = poet.phrase()
    shapes = [phrase.indefinite, phrase.definite, phrase.bare, phrase.head]
    given = next((shape for shape in shapes if syllables(shape) <= 5), None) or poet.word("noun")
    first, second, third = (
        _counted(poet, count, templates, given) for count, templates in zip((5, 7, 5), HAIKU, strict=True)
    )
    return f"{sentence(first)}:\n{second},\n{third}."


HAIKU: Sequence[Sequence[str]] = (
    (
        "{np}",
        "{np} and {nouns}",
        "{np} at dawn",
        "{np} in {adj} light",
        "{np} again",
        "{np} once more",
        "just {np}",
        "still {np}",
        "only {np} now",
        "{np} in the {noun}",
        "{np} {prep} the {noun}",
    ),
    (
        "the {adj} {noun} {does} {prep} it",
        "{prep} the {adj} {noun}, {nouns}",
        "the {noun} {does} {prep} the {noun}",
        "{adj} {nouns} {prep} the {noun}",
        "the {noun} {does_to} the {noun}",
        "not one {thing} {does_to} the {noun}",
    ),
    (
        "the {noun} {does}",
        "then only {nouns}",
        "{adj}, {adj}, and {adj}",
        "and then the {noun}",
        "a {adj} {thing} {does}",
        "one {thing}, then {nouns}",
        "{nouns}, and no {thing}",
        "the {adj} {noun} {does}",
    ),
)
"""Templates for its three lines."""

_ANY_LINE = ("the {adj} {noun} {does}", "{adj} {nouns} {do}", "the {noun} {does}", "the {adj} {noun} {does} {prep} it")


def _counted(poet: Poet, count: int, templates: Sequence[str], given: str) -> str:
    test = of_syllables(count)
    line = poet.line(templates, test, np=given) or poet.line(_ANY_LINE, test)
    return poet.keep(line if line is not None else given)


def _stanza(poet: Poet, ends: Sequence[tuple[str, str]], feet: Sequence[int], topic: int | None, turn: str = "") -> str:
    lines: list[str] = []
    for at, ((word, part), foot) in enumerate(zip(ends, feet, strict=True)):
        line = None
        if at == 0 and topic is not None:
            line = _about(poet, topic, word, part, foot)
        if line is None:
            line = _fitted(poet, (OPEN if at % 2 == 0 else ON)[part], foot, word, turn if at == 0 else "")
        opening = at % 2 == 0 and (at == 0 or len(ends) < 3 or lines[-1].endswith((".", ";")))
        mark = "." if at == len(ends) - 1 else (";" if at % 2 else ",")
        lines.append((sentence(line) if opening and not (at and lines[-1].endswith(";")) else line) + mark)
    return "\n".join(lines)


def _about(poet: Poet, topic: int, word: str, part: str, feet: int) -> str | None:
    """A line that names the prompt's own words, in metre if they allow it."""
    if part not in ("n", "p"):
        return None
    phrase = poet.phrase(topic)
    shapes = dict.fromkeys((phrase.definite, phrase.indefinite, *((phrase.bare,) if phrase.named else ())))
    for test in (metrical(feet), of_syllables(feet * 2)):
        for shape in shapes:
            line = poet.line(ABOUT, test, np=shape, end=word)
            if line is not None:
                return poet.keep(line)
    return poet.keep(f"{phrase.definite} and the {word}")


def _fitted(poet: Poet, templates: Sequence[str], feet: int, word: str, turn: str) -> str:
    turned = [f"{turn} {template}" for template in templates] if turn else list(templates)
    for choices in (turned, list(templates)):
        line = poet.line(choices, metrical(feet), fallback=of_syllables(feet * 2), end=word)
        if line is not None:
            return poet.keep(line)
    return poet.keep(poet.fill(templates[-1], end=word))
