"""Verse from a grammar: the sketch engine's poet (ADR 5).

A prompt is read for its noun phrases, its mood and its settings; they choose the words, and the form chooses how
the words are laid: by metre and rhyme, by syllables, or by the sentence. The same text, seed and form give the same
writing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from musings_sketch.errors import SketchError
from musings_sketch.verse.free import free_verse
from musings_sketch.verse.phrases import phrases
from musings_sketch.verse.poet import Poet
from musings_sketch.verse.prose import dialogue, prose, story
from musings_sketch.verse.song import lyrics, song
from musings_sketch.verse.strict import ballad, couplets, haiku, sonnet
from musings_sketch.verse.titles import title
from musings_sketch.words import chance, read

_MAKERS: Mapping[str, tuple[Callable[[Poet], str], str]] = {
    # how it is made, and the content type of what comes out
    "free verse": (free_verse, "poetry"),
    "haiku": (haiku, "poetry"),
    "sonnet": (sonnet, "poetry"),
    "ballad": (ballad, "poetry"),
    "couplets": (couplets, "poetry"),
    "prose": (prose, "prose"),
    "story": (story, "story"),
    "dialogue": (dialogue, "dialogue"),
    "song": (song, "song"),
    "lyrics": (lyrics, "lyrics"),
}

FORMS: tuple[str, ...] = tuple(_MAKERS)

_DEFAULTS: Mapping[str, str] = {
    "text": "free verse",
    "poem": "free verse",
    "poetry": "sonnet",
    "prose": "prose",
    "story": "story",
    "dialogue": "dialogue",
    "song": "song",
    "lyrics": "lyrics",
}

_CUES: Mapping[str, str] = {
    "haiku": "haiku",
    "haikus": "haiku",
    "sonnet": "sonnet",
    "ballad": "ballad",
    "couplet": "couplets",
    "couplets": "couplets",
    "rhyme": "couplets",
    "rhyming": "couplets",
    "rhymed": "couplets",
    "dialogue": "dialogue",
    "conversation": "dialogue",
    "story": "story",
    "tale": "story",
    "song": "song",
    "lyrics": "lyrics",
    "prose": "prose",
    "essay": "prose",
}


@dataclass(frozen=True)
class WrittenText:
    """``content`` is Markdown; ``content_type`` one of poetry, prose, story, dialogue, song, lyrics.

    ``form`` is one of ``FORMS``, and ``mood`` one of those that the engine knows, or None.
    """

    title: str
    content: str
    content_type: str
    form: str
    mood: str | None = None


def form_for(prompt_type: str, text: str = "") -> str:
    """The form for a prompt type of kind text; a form that the text names ("a haiku about …") wins for text and poems.

    An unknown type gives free verse.
    """
    if prompt_type in ("text", "poem", "poetry"):
        named = next((_CUES[word] for word in read(text).words[:40] if word in _CUES), None)
        if named is not None:
            return named
    return _DEFAULTS.get(prompt_type, "free verse")


def write(text: str, seed: int, form: str | None = None) -> WrittenText:
    """A text about any text. Without a form the text's own words choose it.

    The content is Markdown: one line of verse per line, a blank line between stanzas. Raises ``SketchError`` for a
    form that is not one of ``FORMS``, and nothing else.
    """
    form = form or form_for("text", text)
    if form not in _MAKERS:
        raise SketchError(f"There is no form {form!r}.", hint=f"Choose one of: {', '.join(FORMS)}.")
    make, content_type = _MAKERS[form]
    reading = read(text)
    poet = Poet(reading, phrases(text, reading), chance(text, seed, "verse", form))
    content = make(poet)
    return WrittenText(title(poet), content, content_type, form, poet.mood)
