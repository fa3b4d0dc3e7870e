import pytest

from musings.makers.base import Workflow
from musings.makers.sketch_forms import SKETCH_FORMS
from musings.models import FormField, Kind
from musings.openai_api.refusals import ApiRefusal
from musings.openai_api.voices import OPENAI_VOICES, offered, spoken_by
from musings_sketch.speech.voices import resolved


def speaking(source: str, *fields: FormField) -> Workflow:
    return Workflow("speaker", Kind.VOICE, "", "", source, fields)


SKETCH = speaking("sketch", *SKETCH_FORMS[Kind.VOICE])
CHOICE = speaking("speech", FormField("who", "choice", "", default="nova", choices=("nova", "bella"), role="voice"))
FREE = speaking("speech", FormField("who", "text", "", default="nova", role="voice"))
NONE = speaking("comfyui")


@pytest.mark.parametrize("name", OPENAI_VOICES)
def test_every_voice_of_openai_is_one_of_the_sketch_engine(name: str) -> None:
    assert spoken_by(name, SKETCH) == OPENAI_VOICES[name]
    assert resolved(OPENAI_VOICES[name])


def test_the_engine_has_voices_of_its_own() -> None:
    assert spoken_by("de+f3", SKETCH) == "de+f3"
    assert spoken_by("German", SKETCH) == "de"
    with pytest.raises(ApiRefusal, match="There is no voice") as refused:
        spoken_by("xyzzy", SKETCH)
    assert refused.value.body["error"]["param"] == "voice"


def test_a_list_of_voices_is_kept_to_and_openais_mean_the_default() -> None:
    assert spoken_by("bella", CHOICE) == "bella"
    assert spoken_by("nova", CHOICE) == "nova"
    assert spoken_by("alloy", CHOICE) is None
    assert spoken_by("nobody", CHOICE) == "nobody"  # which the form refuses with its list
    assert spoken_by("nobody", FREE) == "nobody"
    assert spoken_by("nobody", NONE) == "nobody"  # a workflow without voices has no place for it
    assert spoken_by(None, SKETCH) is None


def test_what_is_offered_can_be_named() -> None:
    assert {"alloy", "en", "de"} <= set(offered(SKETCH))
    assert offered(CHOICE) == ["nova", "bella"]
    assert offered(FREE) == ["nova"]
    assert offered(NONE) == []
