from dataclasses import replace

import pytest

from musings.makers.base import Workflow
from musings.models import Kind
from musings.openai_api.model_names import kind_of, listed, one, serving, workflow_of
from musings.openai_api.refusals import ApiRefusal

IMAGE = Workflow("fox", Kind.IMAGE, "Fox", "", "comfyui", ())
HERE = [
    IMAGE,
    replace(IMAGE, name="dall-e-2"),
    replace(IMAGE, name="poets", kind=Kind.TEXT),
    replace(IMAGE, name="speaker", kind=Kind.VOICE),
]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, Kind.IMAGE) for name in ("gpt-image-1", "gpt-image-2-2026-04-21", "chatgpt-image-latest", "dall-e-3")),
        *((name, Kind.VOICE) for name in ("tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15")),
        *((name, Kind.TEXT) for name in ("gpt-4o-mini", "gpt-4o", "gpt-3.5-turbo", "chatgpt-4o-latest", "o3-mini")),
        *((name, Kind.VIDEO) for name in ("sora-2", "sora-2-pro-2025-10-06", "video")),
        ("music", Kind.MUSIC),
        ("image", Kind.IMAGE),
        *((name, None) for name in ("llama3", "claude", "", "whisper-1", "xtts-1", "my-dall-e-3")),
    ],
)
def test_the_common_names_mean_a_kind(name: str, kind: Kind | None) -> None:
    assert kind_of(name) is kind


@pytest.mark.parametrize("name", [None, "", "image", "gpt-image-1", "dall-e-3"])
def test_the_default_has_many_names(name: str | None) -> None:
    assert workflow_of(name, Kind.IMAGE, HERE) is None


def test_a_workflow_counts_before_a_common_name() -> None:
    assert workflow_of("fox", Kind.IMAGE, HERE) == "fox"
    assert workflow_of("dall-e-2", Kind.IMAGE, HERE) == "dall-e-2"


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [("no-such", 404, "model_not_found"), ("tts-1", 400, "model_not_supported"), ("poets", 400, "model_not_supported")],
)
def test_what_is_no_model_of_this_kind_is_refused(name: str, status: int, code: str) -> None:
    with pytest.raises(ApiRefusal) as refused:
        workflow_of(name, Kind.IMAGE, HERE)
    error = refused.value.body["error"]
    assert (refused.value.status, error["code"], error["param"]) == (status, code, "model")
    assert name in error["message"]


def test_the_first_of_a_kind_serves_who_names_none() -> None:
    assert serving(None, Kind.IMAGE, HERE) is HERE[0]
    assert serving("dall-e-2", Kind.IMAGE, HERE) is HERE[1]
    with pytest.raises(ApiRefusal, match="nothing here makes music"):
        serving(None, Kind.MUSIC, HERE)


def test_each_model_is_listed_once_and_only_what_can_be_made() -> None:
    ids = [each["id"] for each in listed(HERE)]
    assert len(ids) == len(set(ids))
    assert {"fox", "dall-e-2", "poets", "speaker", "image", "text", "voice", "gpt-image-1", "tts-1", "gpt-4o"} <= set(
        ids
    )
    assert "music" not in ids
    assert not {"tts-1", "voice"} & {each["id"] for each in listed(HERE[:3])}
    for each in listed(HERE):
        assert (each["object"], each["owned_by"], type(each["created"])) == ("model", "musings", int)


def test_one_model_is_told_by_any_of_its_names() -> None:
    assert one("fox", HERE)["kind"] == "image"
    assert one("gpt-5", HERE)["kind"] == "text"
    for name in ("music", "no-such"):
        with pytest.raises(ApiRefusal, match="does not exist"):
            one(name, HERE)
