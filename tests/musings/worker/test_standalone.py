"""One media prompt made at once, without the queue and without a database."""

import json
from pathlib import Path
from typing import Any

import pytest

from musings.config.settings import Settings
from musings.errors import ConfigError, InvalidInputError, TimedOut, UsageError
from musings.models import Kind
from musings.worker.standalone import make, settings_of
from tests.conftest import MakeSettings


def row(**more: Any) -> dict[str, Any]:
    return {"id": 7, "prompt_text": "a fox in the snow", "parameters": '{"width": 64, "height": 64}', **more}


def left(settings: Settings) -> list[str]:
    root = settings.media_root
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_its_files_are_in_place_and_told_as_the_plan_says(settings: Settings) -> None:
    made = make(Kind.IMAGE, row(), settings)
    [(kind, path, preview, metadata)] = made
    assert kind == "image"
    assert path.startswith("image/7_")
    assert (settings.media_root / path).is_file()
    assert preview is None or (settings.media_root / preview).is_file()
    told = json.loads(metadata)
    assert (told["width"], told["prompt"]) == (64, "a fox in the snow")
    assert not settings.database.path.exists()


@pytest.mark.parametrize("parameters", ['{"width": 64, "height": 64}', {"width": 64, "height": 64}])
def test_parameters_come_as_text_of_the_row_or_as_an_object(settings: Settings, parameters: object) -> None:
    [(_, _, _, metadata)] = make(Kind.IMAGE, row(parameters=parameters), settings)
    assert json.loads(metadata)["width"] == 64


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"prompt_text": " "}, "prompt_text"),
        ({"prompt_text": None}, "prompt_text"),
        ({"id": "seven"}, "id"),
        ({"parameters": "{"}, "parameters"),
        ({"parameters": "[1]"}, "parameters"),
        ({"parameters": {"width": 7}}, "parameters.width"),
    ],
)
def test_a_row_that_cannot_be_made_is_told_and_leaves_nothing(
    settings: Settings, more: dict[str, object], where: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make(Kind.IMAGE, row(**more), settings)
    assert [fault.where for fault in refused.value.faults] == [where]
    assert [name for name in left(settings) if "fox" in name or name.startswith((".pipeline", "image/"))] == []


def test_the_callers_word_for_the_kind_counts(settings: Settings) -> None:
    [(kind, path, _, _)] = make(Kind.IMAGE, row(prompt_type="music"), settings)
    assert (kind, path.partition("/")[0]) == ("image", "image")


def test_with_media_switched_off_nothing_is_made(make_settings: MakeSettings) -> None:
    with pytest.raises(UsageError, match="switched off"):
        make(Kind.IMAGE, row(), make_settings(media={"enabled": False}))


def test_its_time_limit_holds_without_a_worker(make_settings: MakeSettings) -> None:
    settings = make_settings(processing={"timeout_seconds": 0.001})
    with pytest.raises(TimedOut, match=r"limit of 0\.001 s"):
        make(Kind.IMAGE, row(parameters={"width": 512, "height": 512}), settings)
    assert left(settings) == []
    assert not [path for path in settings.media_root.iterdir() if path.name.startswith(".pipeline")]


def test_a_second_one_has_a_place_of_its_own(settings: Settings) -> None:
    first, second = make(Kind.IMAGE, row(), settings), make(Kind.IMAGE, row(id=8), settings)
    assert first[0][1] != second[0][1]
    assert len([name for name in left(settings) if name.endswith((".png", ".webp"))]) >= 2


def test_settings_are_the_media_section_or_a_whole_configuration(tmp_path: Path) -> None:
    (tmp_path / "poets_cron_config.json").write_text("{}")
    media = {"comfyui": {"output_directory": "Made here"}}
    assert settings_of(media, tmp_path).media_root == tmp_path / "Made here"
    assert settings_of({"media": media, "server": {}}, tmp_path).media_root == tmp_path / "Made here"
    with pytest.raises(ConfigError):
        settings_of({"comfyui": {"host": "a:1"}}, tmp_path)
