"""Prompts that a script makes, drained by a real worker."""

import json
import sys
from pathlib import Path
from typing import Any

from musings.config.settings import Settings
from musings.files.media_root import MediaRoot
from musings.models import NewPrompt, Prompt
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import submission
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.doubles import EXPORT, export, stub_comfyui

HOSTILE = [
    "123", "-5", "1e5", "true", "null", "NaN", "[1]", '{"a": 1}', '"quoted"', "   123  ", "--help", "-h", "--", "-c",
    "--text6", "-Infinity", "--text5=--", 'say "hi"', "it's", "two\nlines", "tab\there", "back\\slash", "0123", "%s",
    "{x}", "{x|y}",
    "$(touch /tmp/owned)", "`id`", "; rm -rf ~", "&& true", "| cat", "> out", "é ü ñ ß", "日本語", "🦊🎨",
    "a\u0000b", "\u202eevil", "\ufeffbom", "(((deep:1.2)))", "<lora:x:1>", "// comment", "/* c */", "a" * 100_000,
    "\r\n", "'; DROP TABLE prompts; --",
]  # fmt: skip


def configured(make_settings: MakeSettings, folder: Path, text: str = EXPORT, **comfyui: Any) -> Settings:
    media = folder / "media"
    media.mkdir(exist_ok=True)
    export(media, text).rename(media / "image_workflow.py")
    stub = folder / "Some install" / "ComfyUI-stable"
    if not stub.exists():
        stub_comfyui(stub)
    return make_settings(
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2},
        media={
            "scripts": {"image": "media/image_workflow.py"},
            "comfyui": {"python": sys.executable, "directory": str(stub), **comfyui},
        },
    )


def drained(settings: Settings, database: Database, text: str = "a red fox", **wanted: Any) -> Prompt:
    prompt, _ = database.writing(submission.add, NewPrompt(text, "image", **wanted))
    assemble.runner(settings, database).run_queue_processor(drain=True)
    return database.reading(prompts.get, prompt.id)


def seen(database: Database, settings: Settings, prompt: Prompt) -> list[dict[str, Any]]:
    """What the nodes of the stub were given, which it saves in place of a picture."""
    root = MediaRoot(settings.media_root)
    found = database.reading(artifacts.of_prompts, [prompt.id])
    return [json.loads(root.find(each.file_path).read_text(errors="surrogatepass")) for each in found]
