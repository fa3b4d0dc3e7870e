"""Prose: a page of it, a short story, a talk between two."""

import re

from musings_sketch.verse.poet import Poet, sentence

_SCENE = (
    "There is a place where the {noun} meets the {noun}, and if you stand there early enough you can see {np}.",
    "It was the hour when the {nouns} {do} and nobody minds.",
    "The {noun} had been {adj} for days, and the {nouns} had stopped complaining about it.",
    "A {adj} {thing} {does} at the end of the street, and always has.",
    "Most people walk past {np} without turning their heads.",
    "The first thing one noticed was the {noun}; the second, and the one that stayed, was {np}.",
)
_THOUGHT = (
    "I have been thinking about {np}, and the more I think the less I know what to do with my hands.",
    "Nobody ever explains {np}; one is supposed to grow into it, like a coat bought too large.",
    "What we call the {noun} is mostly patience, and what we call patience is mostly {np}.",
    "My neighbour says that {np} is a matter of habit, but my neighbour also talks to his {nouns}.",
    "It is easy to love a {adj} {thing}; it asks nothing, and it {does} when you leave the room.",
    "You can keep a {thing} in a drawer for thirty years and still not own it.",
    (
        "Somewhere between the {noun} and the {noun} a decision had been made, and I seemed to be the last to "
        "hear of it."
    ),
)
_DETAIL = (
    "The {adj} {noun} smelled of rain and of other people's suppers.",
    "A {thing} {does}, a {thing} {does}, and for a moment they kept the same time.",
    "Under the {noun} somebody had left a {adj} {thing}, neatly, as if for collection.",
    "The {nouns} were {doing} again, in the {adj} way they have when they think no one is looking.",
    "All afternoon the {noun} {does_to} the {noun}, and neither of them tires of it.",
)
_CLOSE = (
    (
        "When I left I turned round once, the way one does, and there it still was: {np}, and the {adj} {noun} "
        "beside it."
    ),
    "I did not stay to see how it ended. Some things are better left {doing}.",
    (
        "Tomorrow there will be another {thing}, and another {adj} morning to set it in; but today there was "
        "{np}, and I was there."
    ),
    "That was all. It was, when I think of it now, a great deal.",
)

_NAMES = (
    "Anna",
    "Tom",
    "Mara",
    "Elias",
    "Ruth",
    "Jonas",
    "Ida",
    "Leo",
    "Nora",
    "Samuel",
    "Clara",
    "Hugo",
    "Edith",
    "Felix",
    "Vera",
    "Oskar",
)


def prose(poet: Poet) -> str:
    """Three paragraphs that look at the prompt's things from nearby."""
    shapes = (
        (_SCENE, _DETAIL, _SCENE, _THOUGHT),
        (_THOUGHT, _DETAIL, _THOUGHT),
        (_SCENE, _THOUGHT, _DETAIL, _CLOSE),
    )
    return "\n\n".join(
        " ".join(_said(poet, templates, row + at) for at, templates in enumerate(shape))
        for row, shape in enumerate(shapes)
    )


_BEGIN = (
    "{Name} had lived beside the {noun} for eleven years before anyone mentioned {np}.",
    "On the morning that {np} came up for the first time, {Name} was mending a {thing}.",
    "Everyone in the street had an opinion about {np}. {Name} had a {thing}, which was more useful.",
    (
        "The letter said only this: come before the {noun} turns {adj}, and bring {np}. {Name} read it twice and "
        "put on a coat."
    ),
)
_WANT = (
    "What {Name} wanted was simple: one {adj} {thing}, and an evening to look at it.",
    (
        "It would have been wiser to stay at home. But the {nouns} were {doing}, and {Name} had never been able "
        "to sit still through that."
    ),
    "“You will need a {thing},” said {Other}, who was always right about such things and never happy about it.",
)
_ROAD = (
    (
        "The way led past the {adj} {noun}, over a bridge that complained at every step, and down to where the "
        "{nouns} {do}."
    ),
    "For a long time nothing happened. A {thing} {does}; a {adj} {thing} went by with its collar up.",
    "By noon the {noun} had grown so {adj} that they had to shout, and so they stopped talking altogether.",
)
_TROUBLE = (
    "Then the {noun} went out. Not slowly, as a {thing} does, but all at once, and with it went every trace of {np}.",
    (
        "“It is not here,” said {Other}. Where {np} should have been there was only a {adj} {thing}, and a smell "
        "of snow."
    ),
    (
        "At the last corner stood a stranger with a {adj} {thing}. “That,” the stranger said, “is mine. But you "
        "may look.”"
    ),
)
_ANSWER = (
    (
        "{Name} sat down on the ground and did the only thing left to do: waited, as the {noun} waits, without "
        "wanting anything. And after a while, very quietly, there it was: {np}."
    ),
    (
        "“Perhaps,” {Name} said, “we were meant to bring it, not to find it.” And {Other} opened one hand, and in"
        " it, small and {adj}, was all that had been missing."
    ),
    (
        "It was the {noun} that gave it away. It {does}, and then it stopped, and in the pause {Name} heard {np} "
        "as clearly as a name."
    ),
)
_END = (
    (
        "They walked home in the dark with the {nouns} {doing} on either side. Neither spoke of it again, but "
        "from that day there was always a light in the window by the {noun}."
    ),
    (
        "{Name} still lives there. If you ask about {np}, you will be given tea, and a chair by the {noun}, and "
        "in the end, if it is late enough, the truth."
    ),
    (
        "And that is why, when the {noun} turns {adj}, the children of that street go out with a {thing} and "
        "count to eleven. They do not know what for. {Name} does."
    ),
)


def story(poet: Poet) -> str:
    """Six short paragraphs: a beginning, a wish, a road, a trouble, an answer, an end."""
    who, other = _two_names(poet)
    parts = []
    for at, templates in enumerate((_BEGIN, _WANT, _ROAD, _TROUBLE, _ANSWER, _END)):
        phrase = poet.topic(0 if at in (0, 3, 4) else at)
        text = poet.say(templates, Name=who, Other=other, np=phrase.definite)
        parts.append(_sentences(text))
    return "\n\n".join(parts)


_ASK = (
    "Have you seen {np}?",
    "What would you do with {np}, if it were yours?",
    "Tell me the truth about {np}.",
    "Do you think the {noun} remembers {np}?",
    "Why did you bring {np} here, of all places?",
)
_REPLY = (
    "Only once, and the {noun} was in the way.",
    "I would set it beside the {adj} {noun} and say nothing.",
    "The truth is {adj}. You would not like it.",
    "The {nouns} know. I have stopped asking them.",
    "Because the {noun} {does}, and because I was tired of {doing} alone.",
    "I thought you had it. I thought that was why you came.",
)
_PRESS = (
    "That is not an answer. That is a {adj} {thing} with a hat on.",
    "You always say that when the {noun} {does}.",
    "Listen. There it is again: {np}.",
    "And the {noun}? What did you do with the {adj} {noun}?",
    "You are {doing}. I can hear it in your voice.",
    "I used to believe the {nouns} would {do} for us.",
)
_YIELD = (
    "All right. It was {np}. It was {np} the whole time.",
    "I was afraid you would take it with you.",
    "Then stay until the {noun} turns {adj}. After that you may ask me again.",
    "One {thing}. That is all I kept. I swear it.",
)
_PART = (
    "So we wait?",
    "It is getting late. The {noun} will be {adj} by now.",
    "Leave the light on, will you?",
)
_LAST = (
    "We wait. The {nouns} are very good at it.",
    "It never went out.",
    "Go home. I will look after {np}.",
)


def dialogue(poet: Poet) -> str:
    """A dozen turns between two voices, who want the same thing and do not say so."""
    names = _two_names(poet)
    turns = (_ASK, _REPLY, _PRESS, _REPLY, _PRESS, _REPLY, _ASK, _REPLY, _PRESS, _YIELD, _PART, _LAST)
    lines = [f"**{names[at % 2]}:** {_said(poet, templates, at // 3)}" for at, templates in enumerate(turns)]
    return "\n\n".join(lines)


def _two_names(poet: Poet) -> tuple[str, str]:
    own = [
        name
        for name in poet.people
        if not any(name in phrase.words and len(phrase.words) > 1 for phrase in poet.phrases)
    ][:2]
    spare = [name for name in _NAMES if name not in own]
    picks = [spare[int(pick)] for pick in poet.random.choice(len(spare), 2, replace=False)]
    first, second = (own + picks)[:2]
    return first, second


def _said(poet: Poet, templates: tuple[str, ...], at: int) -> str:
    return _sentences(poet.say(templates, np=poet.topic(at).definite))


def _sentences(text: str) -> str:
    """A capital after every full stop."""
    return re.sub(r"([.?!:]” |[.?!] |^“?)([^\W\d_])", lambda match: match[1] + match[2].upper(), sentence(text))
