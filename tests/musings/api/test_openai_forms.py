"""Forms and references, by the routes that take them (``routes/test_openai_videos.py``), and what is refused here."""

import base64
from typing import cast

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData

from musings.api.openai_forms import named, of_form, validated
from musings.api.services import Services
from musings.openai_api.bodies import ImageReference, VideoBody
from musings.openai_api.refusals import ApiRefusal

NONE = cast(Services, None)
"""What is refused by its words needs no services."""


def test_a_form_is_a_body_with_its_brackets_gathered() -> None:
    sent = FormData([("prompt", "a fox"), ("seconds", "8"), ("parameters[fps]", "12"), ("user", "u1")])
    body = of_form(VideoBody, sent)
    assert (body.prompt, body.seconds, body.parameters, body.user) == ("a fox", 8, {"fps": "12"}, "u1")
    assert of_form(VideoBody, FormData([("seconds", "8")]), {"prompt": "a hare"}).prompt == "a hare"


@pytest.mark.parametrize("given", [{}, {"prompt": ""}, {"prompt": "x", "seconds": "soon"}, [], None])
def test_what_is_no_body_is_refused_as_a_route_does_it(given: object) -> None:
    with pytest.raises(RequestValidationError) as refused:
        validated(VideoBody, given)
    assert refused.value.errors()[0]["loc"][0] == "body"


@pytest.mark.parametrize(
    ("reference", "param"),
    [
        ({"file_id": "file-abc"}, "input_reference.file_id"),
        ({"file_id": "artifact:x"}, "input_reference.file_id"),
        ({"image_url": "http://169.254.169.254/latest"}, "input_reference.image_url"),
        ({"image_url": "file:///etc/passwd"}, "input_reference.image_url"),
        ({"image_url": "data:image/png;base64,&&&"}, "input_reference.image_url"),
        ({"image_url": "data:text/html;base64," + base64.b64encode(b"x").decode()}, "input_reference.image_url"),
        ({}, "input_reference.image_url"),
    ],
)
def test_a_picture_is_named_and_never_fetched(reference: dict[str, str], param: str) -> None:
    with pytest.raises(ApiRefusal) as refused:
        named(NONE, ImageReference(**reference), "input_reference")
    assert (refused.value.status, refused.value.body["error"]["param"]) == (400, param)


@pytest.mark.parametrize("name", ["artifact:12", "upload:" + "0" * 64])
def test_a_file_that_is_here_is_named_as_everywhere_else(name: str) -> None:
    assert named(NONE, ImageReference(file_id=name), "input_reference") == name
