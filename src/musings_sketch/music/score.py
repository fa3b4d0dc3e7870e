"""A composed piece, as values: who plays which note when.

Times are seconds, pitches MIDI numbers (69 is 440 Hz).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """``velocity`` 0..1 is how hard; ``length`` is until the note is let go, not until it has died away."""

    start: float
    length: float
    pitch: float
    velocity: float


@dataclass(frozen=True)
class ScorePart:
    """What one instrument plays. ``pan`` −1 (left) .. 1; ``send`` 0..1 is its share of the room."""

    role: str
    instrument: str
    pan: float
    send: float
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class ScoreSection:
    """``energy`` 0..1 decides who plays and how loudly."""

    name: str
    start: float
    length: float
    energy: float


@dataclass(frozen=True)
class ChordSpan:
    """One chord, by its symbol (``Dm7``)."""

    start: float
    length: float
    chord: str


@dataclass(frozen=True)
class Score:
    """``tempo`` in beats per minute (in 6/8 dotted quarters).

    ``duration`` in seconds includes the ringing of the last chord.
    """

    seed: int
    key: str
    mode: str
    tempo: float
    metre: str
    form: tuple[str, ...]
    style: str
    mood: str
    instruments: tuple[str, ...]
    room: str
    duration: float
    sections: tuple[ScoreSection, ...]
    chords: tuple[ChordSpan, ...]
    parts: tuple[ScorePart, ...]

    def facts(self) -> dict[str, str | float | list[str]]:
        """What a listener may want to know, for the artifact's metadata."""
        return {
            "key": f"{self.key} {self.mode}",
            "tempo": self.tempo,
            "metre": self.metre,
            "form": list(self.form),
            "style": self.style,
            "mood": self.mood,
            "instruments": list(self.instruments),
        }
