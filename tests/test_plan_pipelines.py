"""The modules that the plan names in ``poets-service-clean/media/``: thin doors, tried in fresh processes."""

import ast
import json
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import musings
from musings.models import ArtifactType, NewArtifact, NewPrompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import submission

ROOT = Path(musings.__file__).parents[2]
DOORS = ROOT / "poets-service-clean"
PIPELINES = ("image_pipeline", "audio_pipeline", "utils")
CONFIG = {"enabled": True, "comfyui": {"host": "http://127.0.0.1:9", "output_directory": "Made here"}}


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    """The doors in a checkout of their own."""
    folder = tmp_path / "a checkout" / "poets-service-clean"
    shutil.copytree(DOORS / "media", folder / "media", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "poets_cron_config.json").write_text(json.dumps({"media": CONFIG}))
    return folder


def python(doors: Path, program: str, *words: str) -> str:
    """What a program prints that runs in the doors' folder with this Python."""
    done = subprocess.run(
        (sys.executable, "-c", program, *words),
        cwd=doors,
        env={"PATH": "/usr/bin:/bin", "HOME": str(doors), "MUSINGS_CONFIG": str(doors / "poets_cron_config.json")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(doors: Path, pipeline: str, prompt: dict[str, object], config: dict[str, object]) -> list[list[str]]:
    program = (
        f"import json, sys\nfrom media import {pipeline}\n"
        f"print(json.dumps({pipeline}.run(json.loads(sys.argv[1]), json.loads(sys.argv[2]))))"
    )
    made: list[list[str]] = json.loads(python(doors, program, json.dumps(prompt), json.dumps(config)).splitlines()[-1])
    return made


def test_a_picture_comes_back_as_the_plan_says(doors: Path, tmp_path: Path) -> None:
    prompt = {
        "id": 7,
        "prompt_text": "a red fox",
        "prompt_type": "image",
        "parameters": '{"width": 256, "height": 256}',
    }
    [(kind, file_path, preview_path, metadata)] = run(doors, "image_pipeline", prompt, CONFIG)

    root = doors / "Made here"
    assert kind == "image"
    assert file_path.startswith("image/7_")
    assert (root / file_path).read_bytes().startswith(b"\x89PNG")
    assert (root / preview_path).is_file()
    facts = json.loads(metadata)
    assert (facts["width"], facts["prompt"], facts["backend"]) == (256, "a red fox", "sketch")
    assert [path for path in root.iterdir() if path.name.startswith(".pipeline")] == []

    database = open_database(tmp_path / "plan.db")
    schema.ensure(database)
    row, _ = database.writing(submission.add, NewPrompt("a red fox", "image"))
    database.writing(
        artifacts.record_prompt_artifacts, row.id, [NewArtifact(ArtifactType(kind), file_path, preview_path, facts)]
    )
    assert database.reading(prompts.get, row.id).artifact_status == "ready"
    database.close()


@pytest.mark.parametrize(("prompt_type", "folder"), [("music", "music"), ("voice", "voice"), ("audio", "music")])
def test_sound_comes_back_as_the_plan_says(doors: Path, prompt_type: str, folder: str) -> None:
    prompt = {"id": 8, "prompt_text": "a short waltz", "prompt_type": prompt_type}
    [(kind, file_path, preview_path, metadata)] = run(doors, "audio_pipeline", prompt, {"media": CONFIG})

    assert kind == "audio"
    assert file_path.startswith(f"{folder}/8_")
    assert (doors / "Made here" / preview_path).is_file()
    assert json.loads(metadata)["duration"] > 0.5


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ({"id": 1, "prompt_text": " "}, "prompt_text"),
        ({"id": "x", "prompt_text": "a fox"}, "id"),
        ({"id": 1, "prompt_text": "a fox", "parameters": "{"}, "parameters"),
    ],
)
def test_a_row_that_cannot_be_made_says_why(doors: Path, prompt: dict[str, object], words: str) -> None:
    program = (
        "import json, sys\nfrom media import image_pipeline\nfrom musings.errors import MusingsError\n"
        "try: image_pipeline.run(json.loads(sys.argv[1]), json.loads(sys.argv[2]))\n"
        "except MusingsError as error: print(type(error).__name__, error)"
    )
    said = python(doors, program, json.dumps(prompt), json.dumps(CONFIG)).splitlines()[-1]
    assert said.startswith("InvalidInputError")
    assert words in said


def test_the_helpers_are_the_products_own(doors: Path) -> None:
    program = (
        "import sys\nfrom media import utils\nmedia = utils.load_config()['media']\nroot = utils.media_root(media)\n"
        "print(utils.run_command([sys.executable, '-c', 'print(6 * 7)'], timeout=30).stdout.strip())\n"
        "print(root.name, utils.relative_path(root / 'image' / 'a.png', media))"
    )
    assert python(doors, program).splitlines() == ["42", "Made here image/a.png"]


def test_comfyuis_own_utils_are_not_hidden(doors: Path) -> None:
    """An export beside ``utils.py`` finds this folder first on its path, and ComfyUI has a package of that name."""
    comfyui = doors / "ComfyUI"
    (comfyui / "utils").mkdir(parents=True)
    (comfyui / "utils" / "__init__.py").touch()
    (comfyui / "utils" / "extra_config.py").write_text("said = 'from ComfyUI'\n")
    export = doors / "media" / "export.py"
    export.write_text(
        f"import sys\nsys.path.append({str(comfyui)!r})\n"
        "from utils.extra_config import said\nimport utils\nprint(said, utils.__path__[0])\n"
    )
    done = subprocess.run((sys.executable, "-S", str(export)), capture_output=True, text=True, check=False)
    assert done.stdout.strip() == f"from ComfyUI {comfyui / 'utils'}", done.stderr


def test_utils_that_are_nowhere_else_are_missed_in_words(doors: Path) -> None:
    export = doors / "media" / "export.py"
    export.write_text("import utils\n")
    done = subprocess.run((sys.executable, "-S", str(export)), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == "ModuleNotFoundError: No module named 'utils'"


@pytest.mark.parametrize("name", PIPELINES)
def test_a_door_is_no_room(name: str) -> None:
    source = (DOORS / "media" / f"{name}.py").read_text()
    assert source.count("\n") < 65
    assert ast.get_docstring(ast.parse(source))
    assert (DOORS / "media" / "__init__.py").read_text() == ""


def test_the_table_of_the_plans_names_leads_somewhere() -> None:
    text = (ROOT / "poets-service-clean" / "README.md").read_text(encoding="utf-8")
    names = re.findall(r"`(musings(?:\.\w+)+)`", text)
    assert len(names) == len(set(names)) > 10
    for name in names:
        pkgutil.resolve_name(name)
