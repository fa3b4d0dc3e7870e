"""Scripts that take ``--prompt`` and ``--output``: their options are read, and become a form and a command."""

from pathlib import Path

import pytest

from comfyui_workflows.save_as_script import WorkflowScript, read_script
from comfyui_workflows.sidecar import Command
from musings.errors import UserFault
from musings.makers.script.calling import foreign_command, foreign_environment

OWN = """
import argparse, pathlib

parser = argparse.ArgumentParser()
parser.add_argument("--prompt", "-p", required=True, help="What to paint, 100%% yours")
parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
parser.add_argument("--seed", type=int)
parser.add_argument("--width", type=int, default=512)
parser.add_argument("--height", default=384)
parser.add_argument("--num-inference-steps", type=int, default=20)
parser.add_argument("--guidance_scale", type=float, default=7)
parser.add_argument("--negative-prompt", default="blurry")
parser.add_argument("--style", choices=["ink", "oil"], default="ink")
parser.add_argument("--tile", choices=[1, 2], type=int)
parser.add_argument("--upscale", action="store_true")
parser.add_argument("--no-watermark", action="store_false")
parser.add_argument("--fast", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--model-path", default="/models/x")
parser.add_argument("--sizes", nargs="+", type=int)
parser.add_argument("--version", action="version", version="1")
parser.add_argument("positional", nargs="?")
"""


def read(text: str = OWN) -> WorkflowScript:
    return read_script("image_own.py", text)


def call(text: str = OWN, **values: object) -> tuple[str, ...]:
    found = read(text)
    assert found.command is not None
    words = foreign_command(found.command, Path("/m/own.py"), values, python=Path("/py"), output=Path("/o"))
    return words[2:]


def test_options_become_a_form() -> None:
    fields = {
        each.name: (each.type, each.role, each.default, each.choices, each.advanced) for each in read().form.fields
    }
    assert fields == {
        "prompt": ("longtext", "prompt", None, (), False),
        "seed": ("int", "seed", None, (), True),
        "width": ("int", "width", 512, (), False),
        "height": ("int", "height", 384, (), False),
        "steps": ("int", "steps", 20, (), True),
        "cfg": ("float", "cfg", 7, (), True),
        "negative_prompt": ("longtext", "negative_prompt", "blurry", (), False),
        "style": ("choice", None, "ink", ("ink", "oil"), True),
        "tile": ("choice", None, None, ("1", "2"), True),
        "upscale": ("bool", None, False, (), True),
        "no_watermark": ("bool", None, False, (), True),
        "fast": ("bool", None, True, (), True),
    }
    assert read().form.fields[0].help == "What to paint, 100% yours"
    assert not read().exported


def test_values_become_words() -> None:
    words = call(
        prompt="--help", seed=7, width=64, steps=None, style="oil", upscale=True, no_watermark=True, fast=False
    )
    assert words[:4] == ("--prompt=--help", "--output=/o", "--seed=7", "--width=64")
    assert words[4:] == ("--style=oil", "--upscale", "--no-watermark", "--no-fast")
    assert call(prompt="x", upscale=False, no_watermark=False, fast=True)[2:] == ("--fast",)


@pytest.mark.parametrize(
    ("option", "word"),
    [
        ('"--output-dir"', "--output-dir=/o"),
        ('"--out"', "--out=/o"),
        ('"--output", default="made.wav"', "--output=/o/output.wav"),
        ('"--output-file"', "--output-file=/o/output.png"),
    ],
)
def test_where_it_leaves_its_files(option: str, word: str) -> None:
    text = OWN.replace('"-o", "--output", type=pathlib.Path, required=True', option)
    assert word in call(text, prompt="x")


@pytest.mark.parametrize(
    "text",
    [
        OWN.replace('"--prompt", "-p"', '"--wish"'),
        OWN.replace('"-o", "--output"', '"--target"'),
        OWN.replace('"--prompt", "-p"', '"--prompt", nargs="+"'),
        OWN.replace('"--model-path", default="/models/x"', '"--model-path", required=True'),
    ],
)
def test_a_script_that_we_cannot_call_needs_a_sidecar(text: str) -> None:
    assert read(text).command is None


def test_two_options_for_one_role() -> None:
    text = OWN + 'parser.add_argument("--steps", type=int, default=3)\n'
    names = [each.name for each in read(text).form.fields]
    assert names.count("steps") == 1
    assert "steps_2" in names
    assert "--steps=9" in call(text, prompt="x", steps_2=9)


def test_a_sidecar_passes_words_through_the_environment() -> None:
    command = Command((), "directory", {"PROMPT": "{prompt}", "TARGET": "{output}/x.png"})
    given = foreign_environment(command, Path("/m.py"), {"prompt": "a fox"}, output=Path("/o"))
    assert given == {"PROMPT": "a fox", "TARGET": "/o/x.png"}
    assert command.uses("prompt")
    assert not command.uses("seed")
    with pytest.raises(UserFault, match="NUL"):
        foreign_environment(command, Path("/m.py"), {"prompt": "\0"}, output=Path("/o"))
    with pytest.raises(UserFault, match=r"\{prompt\}"):
        foreign_environment(command, Path("/m.py"), {}, output=Path("/o"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import click\n@click.command()\n@click.option('--prompt')\ndef main(): ...", "made by click"),
        ("import sys\nprint(sys.argv)", "are not both among its options"),
        (
            OWN.replace("argparse.ArgumentParser()", "argparse.ArgumentParser().add_subparsers().add_parser('go')"),
            "subcommand",
        ),
        (OWN.replace('"--model-path", default="/models/x"', '"--model-path", required=True'), "requires --model-path"),
    ],
)
def test_what_keeps_a_script_from_being_called_is_told(text: str, why: str) -> None:
    found = read(text)
    assert found.command is None
    assert why in found.unread_because


@pytest.mark.parametrize("flag", ["--amount", "--batch-size", "--num_images", "--count", "-n", "--copies"])
def test_how_many_has_many_names(flag: str) -> None:
    text = OWN.replace(
        '"--width", type=int', f'"{flag}", {chr(34) + "--number" + chr(34) + ", " if flag == "-n" else ""}type=int'
    )
    counted = read(text).form.by_role("count")
    assert counted is not None
    assert counted.default == 512
