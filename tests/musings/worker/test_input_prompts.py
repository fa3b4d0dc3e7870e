"""Prompts with an earlier artifact as their input, the whole way: on a server, and by a script."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.files.media_root import MediaRoot
from musings.models import Artifact, NewPrompt, Prompt
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import attempts, submission
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.doubles import LOADS_A_PICTURE, export, stub_comfyui
from tests.musings.makers.comfyui.graphs import node, picture, sounds

SAVES = {"2": node("SaveImage", "Save Image", images=["1", 0], filename_prefix="t")}
LOADS = {"1": node("LoadImage", "Load Image", image="example.png"), **SAVES}
LOADS_SOUND = {
    "1": node("LoadAudio", "Load Audio", audio="example.flac"),
    "2": node("SaveAudio", audio=["1", 0], filename_prefix="t"),
}


def configured(make_settings: MakeSettings, folder: Path, url: str, **comfyui: Any) -> Settings:
    media = folder / "media"
    media.mkdir(exist_ok=True)
    graphs = {"image_first": picture(), "image_again": LOADS, "music_first": sounds(), "music_again": LOADS_SOUND}
    for name, graph in graphs.items():
        (media / f"{name}.json").write_text(json.dumps(graph))
    export(media, LOADS_A_PICTURE).rename(media / "image_script.py")
    return make_settings(
        processing={"backoff_seconds": 0.01},
        media={"comfyui": {"hosts": [url], "python": sys.executable, **comfyui}},
    )


def made(settings: Settings, database: Database, workflow: str, **parameters: Any) -> tuple[Prompt, list[Artifact]]:
    kind = workflow.partition("_")[0]
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", kind, workflow=workflow, parameters=parameters))
    assemble.runner(settings, database).run_queue_processor(drain=True)
    return database.reading(prompts.get, prompt.id), database.reading(artifacts.of_prompts, [prompt.id])


@pytest.mark.parametrize(("kind", "field"), [("image", "image"), ("music", "audio")])
def test_a_server_is_given_the_file(
    make_settings: MakeSettings, tmp_path: Path, database: Database, kind: str, field: str
) -> None:
    with FakeComfy() as fake:
        settings = configured(make_settings, tmp_path, fake.url)
        _, [first, *_] = made(settings, database, f"{kind}_first")
        again, [second] = made(settings, database, f"{kind}_again", **{field: f"artifact:{first.id}"})

        assert again.status == "completed", again.error_message
        same = "pixels_sha256" if kind == "image" else "duration"
        assert second.metadata[same] == first.metadata[same]
        assert second.metadata["parameters"][field] == f"artifact:{first.id}"
        [attempt] = database.reading(attempts.of_prompts, [again.id])[again.id]
        assert f"uploaded artifact:{first.id} to {fake.url} as musings/" in (attempt.log_excerpt or "")

        name = next((fake.root / "input" / "musings").iterdir()).name
        plain, [third] = made(settings, database, f"{kind}_again", **{field: f"musings/{name}"})
        assert plain.status == "completed", plain.error_message
        assert third.metadata[same] == first.metadata[same]


@pytest.mark.parametrize("warm", [False, True])
def test_a_script_finds_the_file_in_comfyuis_input_folder(
    make_settings: MakeSettings, tmp_path: Path, database: Database, warm: bool
) -> None:
    comfyui = stub_comfyui(tmp_path / "ComfyUI")
    with FakeComfy() as fake:
        local = {"directory": str(comfyui), "warm_scripts": {"enabled": warm}}
        settings = configured(make_settings, tmp_path, fake.url, **local)
        _, [first] = made(settings, database, "image_first")
        again, files = made(settings, database, "image_script", image=f"artifact:{first.id}")

    assert again.status == "completed", again.error_message
    root = MediaRoot(settings.media_root)
    seen = json.loads(root.find(files[0].file_path).read_text())
    assert bytes.fromhex(seen["picture"]) == root.find(first.file_path).read_bytes()
    assert files[0].metadata["parameters"]["image"] == f"artifact:{first.id}"


def test_an_artifact_that_is_gone_fails_the_prompt(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    with FakeComfy() as fake:
        settings = configured(make_settings, tmp_path, fake.url)
        missing, _ = made(settings, database, "image_again", image="artifact:99")
        _, [sound, *_] = made(settings, database, "music_first")
        wrong, _ = made(settings, database, "image_again", image=f"artifact:{sound.id}")
        _, [lost] = made(settings, database, "image_first")
        MediaRoot(settings.media_root).find(lost.file_path).unlink()
        gone, _ = made(settings, database, "image_again", image=f"artifact:{lost.id}")
        assert len(fake.counts.posts) == 2

    assert [(each.status, each.attempt) for each in (missing, wrong, gone)] == [("failed", 1)] * 3
    assert "There is no artifact 99" in (missing.error_message or "")
    assert "must name image" in (wrong.error_message or "")
    assert "is gone" in (gone.error_message or "")
