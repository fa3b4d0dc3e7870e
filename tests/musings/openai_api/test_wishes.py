from typing import Any

import pytest

from musings.makers.poets.wishes import POETS_FORM
from musings.makers.sketch_forms import SKETCH_FORMS
from musings.models import FormField, Kind
from musings.openai_api import wishes
from musings.openai_api.bodies import ChatBody, ImageBody, MusicBody, ResponsesBody, SpeechBody, VideoBody
from musings.openai_api.refusals import ApiRefusal
from musings.requests.request import PromptRequest

SKETCH = SKETCH_FORMS[Kind.IMAGE]
BARE = (FormField("steps", "int", "Steps"),)
GERMAN = (
    FormField("breite", "int", "Breite", role="width"),
    FormField("hoehe", "int", "Höhe", role="height"),
    FormField("saat", "int", "Saat", role="seed"),
    FormField("nicht", "text", "Nicht", role="negative_prompt"),
    FormField("schritte", "int", "Schritte", role="steps"),
)
SERVER = (FormField("speed", "float", "", default=1.1, minimum=0.25, maximum=4, role="speed"),)


def picture(form: Any = SKETCH, **said: Any) -> PromptRequest:
    return wishes.picture(ImageBody(prompt="a fox", **said), None, form)


def chat(**said: Any) -> PromptRequest:
    body = ChatBody.model_validate({"messages": [{"role": "user", "content": "x"}], **said})
    return wishes.writing(body, "x", "poets", POETS_FORM)


def test_fields_are_found_by_what_they_mean() -> None:
    wanted = picture(GERMAN, size="640x480", seed=7, negative_prompt="snow", steps=9)
    assert wanted.parameters == {"breite": 640, "hoehe": 480, "saat": 7, "nicht": "snow", "schritte": 9}
    assert (wanted.prompt_text, wanted.prompt_type, wanted.count) == ("a fox", "image", None)


def test_a_film_has_a_length_a_size_and_pictures() -> None:
    form = SKETCH_FORMS[Kind.VIDEO]
    body = VideoBody.model_validate({"prompt": "a fox", "seconds": "8", "size": "1280x720", "seed": 7})
    wanted = wishes.video(body, "clouds", form, {"start": "upload:1"})
    assert wanted.parameters == {"duration": 8, "width": 1280, "height": 720, "seed": 7, "start": "upload:1"}
    assert (wanted.prompt_type, wanted.workflow) == ("video", "clouds")
    whole = (FormField("laenge", "int", "Länge", role="duration"),)
    assert wishes.video(VideoBody(prompt="a fox", seconds=3.6), None, whole).parameters == {"laenge": 4}
    assert wishes.video(VideoBody(prompt="a fox", seconds=4), None, BARE).parameters == {}
    assert wishes.sized(wishes.VIDEO_NAMES, whole, duration="seconds")["laenge"] == "seconds"


def test_nothing_said_leaves_everything_to_the_form() -> None:
    assert picture().parameters == picture(size="auto", n=1).parameters == {}
    assert picture(n=3).count == 3


def test_a_size_without_a_place_is_left_out_because_clients_send_one_to_every_model() -> None:
    assert picture(BARE, size="512x512").parameters == {}


@pytest.mark.parametrize("size", ["big", "512", "512x", "x512", "512X512", "-1x5", "512x512x3", ""])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    with pytest.raises(ApiRefusal) as refused:
        picture(size=size)
    assert refused.value.body["error"]["param"] == "size"


def test_a_seed_without_a_place_would_be_a_false_promise() -> None:
    with pytest.raises(ApiRefusal, match="seed"):
        picture(BARE, seed=7)


def test_parameters_by_the_forms_own_names_count_most() -> None:
    wanted = picture(GERMAN, seed=7, parameters={"saat": 9, "cfg": 3})
    assert wanted.parameters == {"saat": 9, "cfg": 3}


def test_what_the_caller_said_is_kept_beside_its_metadata() -> None:
    wanted = picture(model="gpt-image-1", user="u1", metadata={"album": "foxes"}, priority=2)
    said = {"route": "/v1/images/generations", "model": "gpt-image-1", "user": "u1"}
    assert (wanted.metadata, wanted.priority) == ({"album": "foxes", "openai": said}, 2)


@pytest.mark.parametrize(
    ("form", "speed", "wanted"),
    [
        (SKETCH_FORMS[Kind.VOICE], 1.0, 165),
        (SKETCH_FORMS[Kind.VOICE], 2.0, 330),
        (SKETCH_FORMS[Kind.VOICE], 0.25, 80),
        (SKETCH_FORMS[Kind.VOICE], 4.0, 400),
        (SERVER, 1.5, 1.5),
        (SERVER, 1.0, 1.0),
    ],
)
def test_a_speed_is_told_in_what_the_voice_counts_in(form: Any, speed: float, wanted: float) -> None:
    made = wishes.speech(SpeechBody(input="Hello", speed=speed), None, form, "en")
    assert (made.parameters or {})["speed"] == wanted


def test_a_voice_has_its_language() -> None:
    made = wishes.speech(SpeechBody(input="Hello", language="fr"), "speaker", SKETCH_FORMS[Kind.VOICE], "en+f3")
    assert made.parameters == {"voice": "en+f3", "language": "fr"}
    assert (made.workflow, made.prompt_type) == ("speaker", "voice")


def test_music_has_its_length_and_its_words() -> None:
    form = (*SKETCH_FORMS[Kind.MUSIC], FormField("text", "longtext", "", role="lyrics"))
    body = MusicBody(prompt="a waltz", duration=30, lyrics="la la", tags="slow", seed=7, enhance=False)
    made = wishes.music(body, None, form)
    assert made.parameters == {"duration": 30, "text": "la la", "seed": 7}
    assert (made.prompt_text, made.prompt_type, made.enhance) == ("a waltz", "music", False)


def test_a_text_takes_what_the_poets_take() -> None:
    wanted = chat(temperature=0.3, seed=4, form="haiku", max_tokens=5, top_p=1)
    assert wanted.parameters == {"temperature": 0.3, "seed": 4, "form": "haiku"}
    body = ResponsesBody(input="x", temperature=0.3)
    assert wishes.writing(body, "x", None, SKETCH_FORMS[Kind.TEXT]).parameters == {}


@pytest.mark.parametrize(
    ("said", "param"),
    [
        ({"n": 2}, "n"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
    ],
)
def test_what_the_poets_do_not_do_is_refused(said: dict[str, Any], param: str) -> None:
    with pytest.raises(ApiRefusal) as refused:
        chat(**said)
    assert (refused.value.status, refused.value.body["error"]["param"]) == (400, param)
    chat(n=1, tool_choice="auto", response_format={"type": "text"})


def test_responses_name_the_format_by_their_own_field() -> None:
    body = ResponsesBody(input="x", text={"format": {"type": "json_schema", "name": "s", "schema": {}}})
    with pytest.raises(ApiRefusal) as refused:
        wishes.writing(body, "x", None, POETS_FORM)
    assert refused.value.body["error"]["param"] == "text.format"


def test_the_names_of_a_form_are_told_in_the_words_of_the_protocol() -> None:
    names = wishes.sized(wishes.IMAGE_NAMES, GERMAN)
    assert (names["breite"], names["hoehe"], names["saat"], names["count"]) == ("size", "size", "seed", "n")


def test_fields_of_a_form_may_be_parts_of_an_object() -> None:
    sent = {"prompt": "a fox", "parameters[seed]": "7", "parameters[cfg]": "3", "odd[": "x", "odd[]": "y"}
    assert wishes.gathered(sent) == {
        "prompt": "a fox",
        "parameters": {"seed": "7", "cfg": "3"},
        "odd[": "x",
        "odd[]": "y",
    }
