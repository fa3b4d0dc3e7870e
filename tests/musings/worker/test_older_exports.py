"""Exports of earlier years, run for real: their values arrive as what they are, and they prepare today's ComfyUI."""

import sys
from pathlib import Path
from typing import Any

import pytest

from comfyui_workflows.save_as_script import read_script
from musings.config.settings import Settings
from musings.makers.script.calling import command
from musings.store.database import Database
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.doubles import BARE, EXPORT
from tests.musings.worker.script_runs import configured, drained, seen

TEXTS_STAY = EXPORT.replace(
    "    if not isinstance(s, str):\n        return s\n",
    '    if __name__ == "__main__" or not isinstance(s, str):\n        return s\n',
)
"""As from March 2024 to July 2026: what is on the command line stays a text, numbers too."""

ASKS = (
    TEXTS_STAY.replace('parser.add_argument("--text4", default="watermark",', 'parser.add_argument("text4",')
    .replace('parser.add_argument("--text5", default="a red fox",', 'parser.add_argument("text5",')
    .replace(
        'save_image_wrapper(ctx, NODE_CLASS_MAPPINGS["SaveImage"])',
        'save_image_wrapper(NODE_CLASS_MAPPINGS["SaveImage"])',
    )
    .replace("def save_image_wrapper(context, cls):", "def save_image_wrapper(cls):")
    .replace(
        'def import_custom_nodes():\n    if has_manager:\n        print("manager")\n',
        "def import_custom_nodes():\n"
        "    from nodes import init_custom_nodes\n"
        "    import execution, server\n"
        "    execution.PromptQueue(server.PromptServer(None))\n"
        "    init_custom_nodes()\n\n"
        "def add_extra_model_paths():\n"
        "    from main import load_extra_path_config\n"
        '    load_extra_path_config(find_path("extra_model_paths.yaml"))\n',
    )
    .replace(
        "    import_custom_nodes()\n    from nodes",
        "    add_extra_model_paths()\n    import_custom_nodes()\n    from nodes",
    )
)
"""As from March 2024 to September 2025: words that the workflow does not have are asked for, without dashes; and the
ComfyUI of that day is prepared."""


def todays_comfyui(folder: Path) -> None:
    """What the stub lacks of the ComfyUI of today: nodes are prepared asynchronously, and main.py has no loader."""
    for name, text in {
        "utils/__init__.py": "",
        "utils/extra_config.py": "def load_extra_path_config(path): pass\n",
        "comfy/__init__.py": "",
        "comfy/options.py": "def enable_args_parsing(enable=True): pass\n",
        "execution.py": "class PromptQueue:\n    def __init__(self, server): pass\n",
        "server.py": "class PromptServer:\n    def __init__(self, loop): assert loop is not None\n",
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    nodes = (folder / "nodes.py").read_text()
    (folder / "nodes.py").write_text(
        f"{nodes}\nasync def init_extra_nodes(init_custom_nodes=True, init_api_nodes=True):\n    SEEN['ready'] = True\n"
    )


def prepared(make_settings: MakeSettings, folder: Path, text: str, **comfyui: Any) -> Settings:
    settings = configured(make_settings, folder, text, **comfyui)
    assert settings.media.comfyui.directory is not None
    todays_comfyui(settings.media.comfyui.directory)
    return settings


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("text", [EXPORT, TEXTS_STAY, ASKS], ids=["today", "texts stay", "words asked for"])
def test_words_and_numbers_arrive_as_they_are(
    make_settings: MakeSettings, tmp_path: Path, database: Database, text: str, warm: bool
) -> None:
    settings = prepared(make_settings, tmp_path, text, warm_scripts={"enabled": warm})
    wanted = {"seed": 7, "width": 96, "negative_prompt": "--help"}
    found = drained(settings, database, "123", parameters=wanted)

    assert found.status == "completed", found.error_message
    [given] = seen(database, settings, found)
    assert (given["positive"], given["negative"], given["seed"]) == ("123", "--help", 7)
    assert given["EmptyLatentImage.width"] == 96
    assert given.get("ready", False) == (text is ASKS)


def test_words_that_are_asked_for_may_be_empty_and_numbers_may_not() -> None:
    text = ASKS.replace('parser.add_argument("--width2", default=64,', 'parser.add_argument("width2",')
    script = read_script("asks.py", text)

    assert script.problems == ()
    words = command(
        script,
        Path("asks.py"),
        {"prompt": "a fox", "negative_prompt": None, "width": 64},
        python=Path(sys.executable),
        comfyui_directory=Path("/c"),
        output=Path("/o.png"),
    )
    assert words[2:5] == ("64", '""', '"a fox"')
    width = script.form.by_role("width")
    assert width is not None
    assert (width.required, width.default) == (True, None)


def test_what_is_asked_for_and_is_no_field_is_told_at_import() -> None:
    text = EXPORT.replace(
        'parser.add_argument("--filename_prefix7", default="fox",', 'parser.add_argument("filename_prefix7",'
    )
    [problem] = read_script("asks.py", text).problems
    assert 'filename_prefix of "Save Image"' in problem


def test_an_export_before_output_that_asks_for_words_is_refused() -> None:
    text = BARE.replace("import os\n", "import os, argparse\n", 1).replace(
        "def main():", 'parser = argparse.ArgumentParser()\nparser.add_argument("text1", help="Words")\n\ndef main():'
    )
    [problem] = read_script("asks.py", text).problems
    assert "text1" in problem
    assert "--output" in problem
