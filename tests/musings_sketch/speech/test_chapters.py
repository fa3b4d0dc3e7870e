"""Chapters: a paragraph each, far enough apart, at the times that were counted."""

from pathlib import Path

import numpy as np
import pytest

from musings_sketch.speech.chapters import LEAST_SECONDS, TITLE_CHARACTERS, Chapter, chapters, facts
from musings_sketch.speech.joining import RawSpeech
from musings_sketch.speech.text import cleaned, pieces

TEXTS = ("The harbour.\n\n", "It rained. ", "It went on.\n\n", "Then it stopped.")


def test_a_chapter_begins_with_each_paragraph_that_is_far_enough() -> None:
    found = chapters(TEXTS, {0: 0.15, 1: 40.0, 2: 60.0, 3: 90.5})
    assert found == (Chapter(0.0, "The harbour."), Chapter(40.0, "It rained."), Chapter(90.5, "Then it stopped."))


def test_a_short_paragraph_belongs_to_the_chapter_before() -> None:
    found = chapters(TEXTS, {0: 0.15, 1: 2.0, 2: 4.0, 3: LEAST_SECONDS})
    assert [each.title for each in found] == ["The harbour.", "Then it stopped."]


def test_one_chapter_is_none() -> None:
    assert chapters(TEXTS, {0: 0.15, 1: 2.0, 2: 4.0, 3: 9.0}) == ()
    assert chapters((), {}) == chapters(("A word.",), {0: 0.15}) == ()
    assert facts(()) == {}


def test_what_is_not_heard_begins_none() -> None:
    found = chapters(TEXTS, {0: 0.15, 2: 60.0, 3: 95.0})
    assert [each.title for each in found] == ["The harbour.", "It went on.", "Then it stopped."]


def test_a_title_is_the_first_words() -> None:
    long = "word " * 40
    found = chapters((f"{long}\n\n", f"{'w' * 99}\n\n", "x"), {0: 0.15, 1: 50.0, 2: 100.0})
    assert all(0 < len(each.title) <= TITLE_CHARACTERS for each in found)
    assert found[0].title.startswith("word word")
    assert facts(found)["chapters"][1]["start"] == 50.0


def test_the_times_are_those_of_what_is_joined(tmp_path: Path) -> None:
    """Each chapter is looked for in the samples: before it is silence, and at it the tone."""
    rate = 8_000
    tone = np.asarray(9000 * np.sin(2 * np.pi * 300 * np.arange(20 * rate) / rate), np.int16)
    texts = tuple(pieces(cleaned("One sentence of it.\n\nAnother one.\n\nThe last one.")))
    assert len(texts) == 3
    (tmp_path / "samples.raw").write_bytes(np.concatenate([tone] * 3).tobytes())
    speech = RawSpeech(tmp_path / "samples.raw", rate, tuple(len(tone) * n for n in (1, 2, 3)), (0.6,) * 3, texts)
    starts: dict[int, float] = {}
    whole = np.concatenate(list(speech.joined(1.0, lambda: None, at=starts.__setitem__)))[:, 0]
    for begins in starts.values():
        at = round(begins * rate)
        assert np.abs(whole[max(0, at - rate // 20) : at]).max() == 0
        assert np.abs(whole[at : at + rate // 20]).max() > 0.1
    assert [each.start for each in chapters(texts, starts)] == [0.0, pytest.approx(41.3, abs=0.1)]
