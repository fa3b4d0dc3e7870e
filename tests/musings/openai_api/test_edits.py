import pytest

from musings.makers.base import Workflow
from musings.models import FormField, Kind
from musings.openai_api.edits import placed, workflow_for
from musings.openai_api.refusals import ApiRefusal

WORDS = FormField("steps", "int", "Steps")
PICTURE, SECOND = FormField("image", "image", "Image"), FormField("style", "image", "Style")
MASK = FormField("area", "image", "Mask of it")


def workflow(name: str, *form: FormField, reason: str | None = None, kind: Kind = Kind.IMAGE) -> Workflow:
    return Workflow(name, kind, "", "", "comfyui", form, reason=reason)


def test_the_first_that_takes_a_picture_serves_who_names_none() -> None:
    plain, away, taking = workflow("a", WORDS), workflow("b", PICTURE, reason="away"), workflow("c", WORDS, PICTURE)
    film = workflow("f", PICTURE, kind=Kind.MUSIC)
    assert workflow_for(None, [plain, film, away, taking]) is taking
    assert workflow_for(None, [plain, away]) is away
    assert workflow_for("b", [plain, away, taking]) is away


def test_a_film_is_made_by_a_workflow_for_films() -> None:
    film = workflow("f", PICTURE, kind=Kind.VIDEO)
    assert workflow_for(None, [workflow("c", PICTURE), film], Kind.VIDEO) is film
    with pytest.raises(ApiRefusal, match="takes a picture and makes a film"):
        workflow_for(None, [workflow("c", PICTURE)], Kind.VIDEO)


@pytest.mark.parametrize(("named", "words"), [("a", "workflow a takes no picture"), (None, "No workflow here takes")])
def test_where_none_takes_a_picture_it_is_said(named: str | None, words: str) -> None:
    with pytest.raises(ApiRefusal, match=words) as refused:
        workflow_for(named, [workflow("a", WORDS)])
    assert (refused.value.status, refused.value.body["error"]["param"]) == (400, "model")


def test_pictures_go_into_the_fields_in_their_order_and_the_mask_into_its_own() -> None:
    form = [WORDS, MASK, PICTURE, SECOND]
    assert placed(form, ["1"], None) == {"image": "1"}
    assert placed(form, ["1", "2"], "m") == {"image": "1", "style": "2", "area": "m"}
    assert placed([MASK], ["1"], None) == {"area": "1"}


def test_what_has_no_place_is_refused() -> None:
    with pytest.raises(ApiRefusal, match="takes 1 of them, and 2 were sent") as refused:
        placed([PICTURE], ["1", "2"], None)
    assert refused.value.body["error"]["param"] == "image"
    with pytest.raises(ApiRefusal) as refused:
        placed([PICTURE], ["1"], "m")
    assert refused.value.body["error"]["param"] == "mask"
