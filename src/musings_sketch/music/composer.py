"""From words to a score: reads them, plans the form, writes harmony, tune, accompaniment and drums. Pure.

The same text, seed and duration give the same score. Nothing here makes a sound; see ``mixer``.
"""

import hashlib
from dataclasses import dataclass, field
from random import Random

from musings_sketch.errors import SketchError
from musings_sketch.music import accompany, groove, harmony, melody
from musings_sketch.music.brief import Brief, read
from musings_sketch.music.cast import Cast, chosen, place
from musings_sketch.music.form import FormPlan, Phrase, plan
from musings_sketch.music.score import ChordSpan, Note, Score, ScorePart, ScoreSection
from musings_sketch.music.theory import Chord, scale_pitch

SHORTEST, LONGEST = 20.0, 60.0
"""Seconds."""

_SILENT_END = 0.7  # seconds at the end in which nothing is held any more


def compose(text: str, seed: int, duration: float | None = None) -> Score:
    """Compose a piece of ``duration`` seconds (20..60; None: as the words and the style suggest).

    Raises ``SketchError`` for a duration out of bounds.
    """
    if duration is not None and not SHORTEST <= duration <= LONGEST:
        raise SketchError(
            f"A piece of {duration:g} s is out of bounds.", hint=f"It may last {SHORTEST:g} to {LONGEST:g} s."
        )
    random = Random(hashlib.sha256(f"{seed}\0{text}".encode("utf-8", "replace")).digest())  # noqa: S311
    reading = read(text, random)
    wanted = duration or reading.seconds or reading.style.seconds + random.uniform(-4, 4)
    exact = duration is not None or reading.seconds is not None
    outline = plan(reading, min(LONGEST - (0 if exact else 4), max(SHORTEST + (0 if exact else 4), wanted)), exact)
    desk = _Desk(reading, outline, chosen(reading, random), random)
    _write(desk)
    return _score(seed, desk)


@dataclass
class _Desk:
    """What lies on the composer's desk: decisions, and the notes written so far by role and instrument."""

    reading: Brief
    plan: FormPlan
    cast: Cast
    random: Random
    written: dict[tuple[str, str], list[Note]] = field(default_factory=dict)
    chords: list[Chord] = field(default_factory=list)

    def put(self, role: str, instrument: str, beat: float, length: float, pitch: float, velocity: float) -> None:
        """Write a note at a beat of the piece, as a person would play it."""
        style = self.reading.style
        swing = 0.0 if role == "drums" and style.groove in groove.IN_TRIPLETS else style.swing
        loose = 0.2 if style.strict else (0.5 if role in ("drums", "bass") else 1.0)
        start = self.seconds(beat, swing) + self.random.gauss(0, 0.006) * loose
        end = self.seconds(beat + length, swing)
        louder = velocity * (1 + self.random.gauss(0, 0.05 if role != "drums" else 0.04))
        note = Note(max(0.0, start), max(0.05, end - start), pitch, min(1.0, max(0.05, louder)))
        self.written.setdefault((role, instrument), []).append(note)

    def seconds(self, beat: float, swing: float) -> float:
        """When a beat comes; the second half of each is late by up to a third of it."""
        whole, part = divmod(beat, 1.0)
        late = swing / 6
        swung = part * (1 + 2 * late) if part < 0.5 else 0.5 + late + (part - 0.5) * (1 - 2 * late)
        return self.plan.seconds(whole + swung, self.reading.style.strict)


def _write(desk: _Desk) -> None:
    reading, random = desk.reading, desk.random
    style, key = reading.style, reading.key
    verse = harmony.progression(style.harmony, key, False, random)
    bridge = harmony.progression(style.harmony, key, True, random)
    idea = melody.motif(reading.metre, _density(desk), random)
    other = melody.developed(idea, random)
    for phrase in desk.plan.phrases:
        numerals = bridge if phrase.section in ("B", "C") else verse
        chords = _phrase_chords(desk, phrase, numerals)
        desk.chords += chords
        _write_tune(desk, phrase, chords, other if phrase.section in ("B", "C") else idea)
    _write_bars(desk)
    _write_texture(desk)


def _density(desk: _Desk) -> int:
    """So busy that the tune has about two notes a second, whatever the tempo, within what suits the style."""
    usual, beats = desk.reading.style.density, desk.plan.beats
    wanted = (1.4 + 1.8 * desk.reading.energy) * beats * 60 / desk.plan.tempo + usual - 1
    fitting = min((0, 1, 2), key=lambda density: abs(wanted - (0.5 + 0.5 * density) * beats))
    return max(min(1, usual), min(fitting, 2 if usual else 0))


def _phrase_chords(desk: _Desk, phrase: Phrase, numerals: list[str]) -> list[Chord]:
    """One chord per bar."""
    style, key = desk.reading.style, desk.reading.key
    if phrase.section == "outro":
        home = harmony.tonic(style.harmony, key)
        if phrase.bars == 1:
            return [home]
        before = harmony.phrase(style.harmony, key, numerals, phrase.bars - 2, "open")
        return [*before, harmony.plagal(style.harmony, key), home]
    each = style.bars_per_chord if phrase.bars % style.bars_per_chord == 0 else 1
    gone = 0 if phrase.first or phrase.bars != 2 else 2
    changes = harmony.phrase(style.harmony, key, numerals, phrase.bars // each, phrase.ending, gone)
    return [current for current in changes for _ in range(each)]


def _write_tune(desk: _Desk, phrase: Phrase, chords: list[Chord], idea: melody.Motif) -> None:
    if phrase.section == "intro":
        return
    cast, key, beats, random = desk.cast, desk.reading.key, desk.plan.beats, desk.random
    lead = cast.counter if phrase.section == "B" and cast.counter and random.random() < 0.4 else cast.lead
    first = phrase.start * beats
    if phrase.section == "outro":
        last = (desk.plan.bars - 1) * beats
        step = melody.chord_step(round(cast.register(cast.lead, key) / 7) * 7, chords[-1], key)
        pitch = scale_pitch(step, key, chords[-1])
        desk.put("lead", cast.lead, last, beats, pitch, 0.6)
        return
    register = cast.register(lead, key) + (1 if phrase.section in ("B", "A'") else 0)
    ornament = {"A": 0.05 if phrase.first else 0.2, "B": 0.15, "C": 0.0, "A'": 0.35}[phrase.section]
    ground = melody.Ground(key, beats, register, ornament)
    tones = melody.phrase(idea, chords, ground, phrase.ending, random)
    for tone in tones:
        swell = 0.9 + 0.1 * tone.beat / (phrase.bars * beats)
        velocity = (0.5 + 0.4 * phrase.energy) * (0.6 + 0.4 * tone.weight) * swell
        desk.put("lead", lead, first + tone.beat, tone.length * 0.96, tone.pitch, velocity)
    if cast.counter and cast.counter != lead and phrase.section in ("B", "A'"):
        _write_answer(desk, phrase, chords, tones, cast.counter)


def _write_answer(desk: _Desk, phrase: Phrase, chords: list[Chord], tones: list[melody.Tone], who: str) -> None:
    """While the tune holds a long note, somebody else moves below it."""
    key, beats = desk.reading.key, desk.plan.beats
    centre = desk.cast.register(who, key) - 2
    for tone in tones:
        if tone.length < 1.5:
            continue
        chord = chords[min(len(chords) - 1, int(tone.beat // beats))]
        step = melody.chord_step(centre, chord, key)
        at = phrase.start * beats + tone.beat
        for place_in, offset in ((0.5, 0), (1.0, 2)):
            landed = melody.chord_step(step + offset, chord, key, upward=True)
            pitch = scale_pitch(landed, key, chord)
            if pitch != tone.pitch:
                desk.put("counter", who, at + place_in, 0.5 if place_in < 1 else tone.length - 1, pitch, 0.5)


def _write_bars(desk: _Desk) -> None:
    """Everything that follows the chords, bar by bar."""
    voicing: tuple[int, ...] = ()
    pad_voicing: tuple[int, ...] = ()
    thick = 4 if desk.cast.chords[0] not in ("pulse thin",) else 3
    for phrase in desk.plan.phrases:
        for bar in range(phrase.start, phrase.start + phrase.bars):
            current = desk.chords[bar]
            last = bar == desk.plan.bars - 1
            voicing = harmony.voiced(current, voicing, desk.cast.chord_centre, thick)
            pad_voicing = harmony.voiced(current, pad_voicing, 62, 3)
            if last:
                _write_last_bar(desk, voicing, pad_voicing, current)
                continue
            _write_chords(desk, phrase, bar, voicing, current)
            _write_pad(desk, phrase, bar, pad_voicing)
            _write_bass(desk, phrase, bar, current)
            _write_drums(desk, phrase, bar)


def _write_chords(desk: _Desk, phrase: Phrase, bar: int, voicing: tuple[int, ...], current: Chord) -> None:
    instrument, figure = desk.cast.chords
    if figure == "power":
        root = accompany.bass_pitch(current.root) + 12
        voicing = (root - 12 if root > 52 else root, (root - 12 if root > 52 else root) + 7, root + 12)
    loud = 0.45 + 0.35 * phrase.energy
    first = bar * desk.plan.beats
    for stroke in accompany.FIGURES[figure](voicing, desk.plan.beats, bar):
        desk.put("chords", instrument, first + stroke.beat, stroke.length, stroke.pitch, loud * stroke.weight)


def _write_pad(desk: _Desk, phrase: Phrase, bar: int, voicing: tuple[int, ...]) -> None:
    calm = desk.reading.energy < 0.45
    if desk.cast.pad is None or (phrase.energy < 0.65 and not calm and phrase.section != "C"):
        return
    same_before = bar > phrase.start and desk.chords[bar] == desk.chords[bar - 1]
    if same_before:
        return
    bars = 1
    while bar + bars < phrase.start + phrase.bars and desk.chords[bar + bars] == desk.chords[bar]:
        bars += 1
    beats = bars * desk.plan.beats
    for pitch in voicing:
        desk.put("pad", desk.cast.pad, bar * desk.plan.beats, beats, pitch, 0.4 + 0.4 * phrase.energy)


def _write_bass(desk: _Desk, phrase: Phrase, bar: int, current: Chord) -> None:
    waits = phrase.section == "intro" and desk.reading.energy < 0.75 and desk.cast.groove not in groove.STEADY
    if desk.cast.bass is None or (waits and desk.cast.groove is not None):
        return
    instrument, figure = desk.cast.bass
    if phrase.section in ("C", "outro") and figure not in ("walk", "waltz"):
        figure = "long"
    after = desk.chords[bar + 1]
    for stroke in accompany.BASSES[figure](current, after, desk.plan.beats, bar):
        loud = (0.6 + 0.3 * phrase.energy) * stroke.weight
        desk.put("bass", instrument, bar * desk.plan.beats + stroke.beat, stroke.length, stroke.pitch, loud)


def _write_drums(desk: _Desk, phrase: Phrase, bar: int) -> None:
    name = desk.cast.groove
    lively = desk.reading.energy >= 0.6
    if name is None or phrase.section in ("C", "outro") or (phrase.section == "intro" and not lively):
        return
    full = phrase.energy >= 0.75 or (lively and phrase.section != "intro") or name in ("jazz", "bossa", "lofi", "waltz")
    fill = bar == phrase.start + phrase.bars - 1 and phrase.section != "intro"
    opening = phrase.first and bar == phrase.start
    hits = groove.bar(name, desk.plan.beats, full=full, fill=fill, opening=opening, random=desk.random)
    for hit in hits:
        at = bar * desk.plan.beats + hit.beat
        desk.put("drums", hit.piece, at, 0.25, 60, hit.weight * (0.6 + 0.4 * phrase.energy))


def _write_last_bar(desk: _Desk, voicing: tuple[int, ...], pads: tuple[int, ...], home: Chord) -> None:
    """The last chord, rolled if the style has time for that, and left to ring."""
    first, beats = (desk.plan.bars - 1) * desk.plan.beats, desk.plan.beats
    left = desk.plan.duration - _SILENT_END - desk.seconds(first, 0.0)
    held = max(beats, left * desk.plan.tempo / 60)
    roll = 0.0 if desk.reading.style.strict else 0.06
    for index, pitch in enumerate(voicing):
        desk.put("chords", desk.cast.chords[0], first + index * roll, held, pitch, 0.55)
    if desk.cast.pad:
        for pitch in pads:
            desk.put("pad", desk.cast.pad, first, held - beats / 4, pitch, 0.5)
    if desk.cast.bass:
        desk.put("bass", desk.cast.bass[0], first, beats, accompany.bass_pitch(home.root), 0.75)
    if desk.cast.groove in ("pop", "rock", "dance", "epic", "march"):
        desk.put("drums", "crash", first, 1, 60, 0.6)
        low = {"epic": "taiko", "march": "bass drum"}.get(desk.cast.groove, "kick")
        desk.put("drums", low, first, 1, 60, 0.8)


def _write_texture(desk: _Desk) -> None:
    if desk.cast.texture:
        note = Note(0.0, desk.plan.duration, 60, 0.7)
        desk.written[("texture", desk.cast.texture)] = [note]


def _score(seed: int, desk: _Desk) -> Score:
    reading, outline = desk.reading, desk.plan
    strict = reading.style.strict
    bars = [outline.seconds(bar * outline.beats, strict) for bar in range(outline.bars + 1)]
    parts = tuple(
        ScorePart(role, instrument, *place(role), tuple(sorted(notes, key=lambda note: (note.start, note.pitch))))
        for (role, instrument), notes in desk.written.items()
    )
    return Score(
        seed=seed,
        key=reading.key.name,
        mode=reading.key.mode,
        tempo=round(outline.tempo / reading.quarters, 2),
        metre=reading.metre,
        form=outline.form,
        style=reading.style.name,
        mood=reading.mood,
        instruments=_billed(parts),
        room=reading.style.room,
        duration=outline.duration,
        sections=_sections(outline, bars),
        chords=tuple(
            ChordSpan(bars[bar], bars[bar + 1] - bars[bar], current.symbol) for bar, current in enumerate(desk.chords)
        ),
        parts=parts,
    )


def _sections(outline: FormPlan, bars: list[float]) -> tuple[ScoreSection, ...]:
    found: list[ScoreSection] = []
    for phrase in outline.phrases:
        length = bars[phrase.start + phrase.bars] - bars[phrase.start]
        if phrase.first:
            found.append(ScoreSection(phrase.section, bars[phrase.start], length, phrase.energy))
        else:
            last = found.pop()
            found.append(ScoreSection(last.name, last.start, last.length + length, max(last.energy, phrase.energy)))
    return tuple(found)


def _billed(parts: tuple[ScorePart, ...]) -> tuple[str, ...]:
    """The instruments by name, the lead first; the kit is one instrument."""
    order = ("lead", "counter", "chords", "pad", "bass", "drums", "texture")
    ranked = sorted(parts, key=lambda part: order.index(part.role))
    return tuple(dict.fromkeys("drums" if part.role == "drums" else part.instrument for part in ranked))
