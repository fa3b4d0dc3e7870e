"""Songs: verses in ballad measure around a chorus that comes back, a bridge, and the chorus again."""

from musings_sketch.verse.poet import Poet, sentence
from musings_sketch.verse.strict import quatrain

_HOOKS = (
    "Oh, {you}, carry me home,",
    "Sing me {np}, one more time,",
    "Oh, {you}, stay with me now,",
    "Hold on, {you}, hold on to me,",
    "Give me {np}, and give me the night,",
)
_ANSWERS = (
    "the {noun} is {doing}, the {noun} is low,",
    "the {nouns} are {doing}, I want you to know,",
    "through {adj} {nouns} wherever I go,",
    "there's a {adj} {thing} in the undertow,",
)
_RETURNS = (
    "and all that I gave to the {adj} {noun}",
    "and all of the {nouns} that sleep in the {noun}",
    "and every {adj} {thing} that I ever have known",
)
_HOMES = (
    "will rise in the morning and grow.",
    "is more than the {nouns} can show.",
    "will follow wherever you go.",
    "comes back like a {thing} in the snow.",
)
_BRIDGES = (
    (
        "And if the {noun} should fall,\nand if the {noun} should {do},\nI'd still hear {np} call\nthrough every "
        "{thing} and wall."
    ),
    "No {thing}, no {adj} {noun},\nno road that I could name\nwould ever sound the same\nas {np} in the rain.",
    (
        "One day the {nouns} will {do},\none day the {noun} will mend,\nand {np} will be waiting\nat the long "
        "road's end."
    ),
)


def song(poet: Poet) -> str:
    """Verse, chorus, verse, chorus, bridge, chorus, with headings."""
    chorus = _chorus(poet)
    bridge = "\n".join(sentence(line) for line in poet.say(_BRIDGES, np=poet.phrase(1).definite).split("\n"))
    parts = [
        ("Verse 1", quatrain(poet, 0) + "\n\n" + quatrain(poet, None)),
        ("Chorus", chorus),
        ("Verse 2", quatrain(poet, 1) + "\n\n" + quatrain(poet, None)),
        ("Chorus", chorus),
        ("Bridge", bridge),
        ("Chorus", chorus),
    ]
    return "\n\n".join(f"**{name}**\n\n{text}" for name, text in parts)


def lyrics(poet: Poet) -> str:
    """The same, with the section marks that music models read: ``[verse]``, ``[chorus]``."""
    marked = song(poet)
    for name in ("Verse 1", "Verse 2", "Chorus", "Bridge"):
        marked = marked.replace(f"**{name}**\n\n", f"[{name.split()[0].lower()}]\n")
    return marked


def _chorus(poet: Poet) -> str:
    phrase = poet.phrase()
    lines = [
        poet.say(templates, np=phrase.definite, you=phrase.address)
        for templates in (_HOOKS, _ANSWERS, _RETURNS, _HOMES)
    ]
    return "\n".join(sentence(line) for line in lines)
