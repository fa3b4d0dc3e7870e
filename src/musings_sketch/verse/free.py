"""Free verse: four movements of plain sentences, broken where the breath is."""

from musings_sketch.verse.poet import Poet, sentence

_ARRIVE = (
    "It begins with {np}.\nEverything else, the {noun}, the {adj} {nouns},\ncame afterwards.",
    "Say {np}.\nSay it slowly.\nThe {noun} is listening.",
    "Somebody left {np}\nat the edge of the {noun}\nand went on walking.",
    "Before the {noun},\nbefore the {adj} {noun},\nthere was already {np}.",
    "Tonight I think of {np},\nand the {noun} stops\npretending to be {adj}.",
    "Nobody asked for {np}.\nIt came anyway,\nthe way {nouns} come:\n{adj}, a little late.",
    "There is a word for this hour.\nThe {noun} knows it, and the {noun}.\nI only know {np}.",
)
_LOOK = (
    "The {noun} {does}.\nThe {nouns} {do}.\nIn between there is just enough room\nfor {np}.",
    "I have counted the {nouns}.\nI have counted them twice.\nThere is always one more\nthan I remember.",
    "Look how the {adj} {noun}\nleans into the {noun},\nas if weight were a language.",
    "A {thing} {does}.\nA second {thing} answers,\n{adj}, from the far side of the {noun}.",
    "What {does} is the {noun}.\nWhat stays is the {adj} {noun},\nand under it, {np}.",
    "Every {thing} is a door\nsomeone forgot to close.\nThrough this one I can see {np}.",
    "They say the {noun} {does_to} everything.\nIt has not met {np}.",
    "On the table: a {adj} {thing}, a {thing},\nthe light doing what light does.",
)
_TURN = (
    "And yet.\nThe {adj} {noun}.\nAnd yet.",
    "But {np},\nI almost forgot {np},\n{doing} there all the while.",
    "Listen:\nsomething {adj} is {doing}\nbehind the {noun}.\nI think it wants to be asked.",
    "I was wrong about the {noun}.\nIt does not {do}.\nIt waits for us to {do}.",
    "Once I believed the {nouns} would {do} for ever.\nNow I keep one in my pocket\nand tell no one.",
    "You would laugh at me here,\nholding up the {noun}\nlike a {adj} {thing},\nasking it for {np}.",
)
_LEAVE = (
    "When I go I will leave the {noun} open,\nand {np} {doing},\nand the {adj} {noun} on.",
    "In the morning the {noun} will ask me again,\nand again I will say:\n{np}.",
    "This is how it ends:\na {thing}, a {adj} {thing},\nand {np}\nwhere the silence used to be.",
    "So let the {noun} {do}.\nLet the {adj} {nouns} {do}.\nI have {np}.\nIt is enough to read by.",
    "Keep the {noun}.\nKeep the {adj} {nouns}.\nI am going home\nthe long way, past {np}.",
    "Somewhere a {thing} {does}.\nSomewhere it is already {adj}.\nHere, only {np},\nand the {noun}, {doing}.",
)


def free_verse(poet: Poet) -> str:
    """Five or six stanzas without rhyme."""
    looks = 2 + int(poet.random.integers(2))
    movements = [_ARRIVE, *[_LOOK] * looks, _TURN, _LEAVE]
    stanzas = []
    for at, templates in enumerate(movements):
        phrase = poet.phrase(0 if at in (0, len(movements) - 1) else at)
        shape = phrase.indefinite if at == 0 else phrase.definite
        stanza = poet.say(templates, np=shape)
        stanzas.append("\n".join(_raised(stanza)))
    return "\n\n".join(stanzas)


def _raised(stanza: str) -> list[str]:
    """A capital where a sentence begins, none where it only goes on."""
    lines, fresh = [], True
    for line in stanza.split("\n"):
        lines.append(sentence(line) if fresh else line)
        fresh = line.endswith((".", "!", "?"))
    return lines
