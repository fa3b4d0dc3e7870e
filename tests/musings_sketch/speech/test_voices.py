"""The voices of espeak-ng, found by any name that they have."""

import pytest

from musings_sketch.errors import SketchError
from musings_sketch.speech.voices import VOICES, data, library, resolved, voices


@pytest.mark.parametrize("voice", voices(), ids=lambda voice: voice.code)
def test_every_voice_is_found_by_its_code_whatever_the_case(voice: object) -> None:
    code = voice.code  # type: ignore[attr-defined]
    assert resolved(code) == resolved(code.upper().replace("-", "_")) == code


def test_a_label_leads_to_a_voice_of_that_name() -> None:
    by_code = {voice.code: voice for voice in voices()}
    for voice in voices():
        if "+" not in voice.code:
            assert by_code[resolved(voice.label)].label == voice.label


def test_the_choice_for_a_form_can_be_spoken() -> None:
    assert [resolved(code) for code in VOICES] == list(VOICES)
    assert {voice.gender for voice in voices()} == {"male", "female"}
    assert [voice.label for voice in voices()] == sorted(voice.label for voice in voices())


@pytest.mark.parametrize("wanted", ["en+", "en+F3", " de ", "EN-US+F3"])
def test_how_a_variant_may_be_written(wanted: str) -> None:
    assert resolved(wanted).lower() == wanted.strip().lower().rstrip("+")


@pytest.mark.parametrize("wanted", ["en+nobody", "xx", "+f3", "en+../../x", "en+f3+m3", "\0"])
def test_what_is_no_voice_is_answered_with_some(wanted: str) -> None:
    with pytest.raises(SketchError, match="There is no voice") as caught:
        resolved(wanted)
    assert caught.value.hint is not None
    near = caught.value.hint.removeprefix("The nearest are: ").rstrip(".").split(", ")
    assert [resolved(code) for code in near] == near


def test_library_and_data_are_there() -> None:
    assert library().is_file()
    assert (data() / "phontab").is_file()
