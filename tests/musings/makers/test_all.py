"""The list of makers: who is in it, that nobody else knows them, and what opening it costs."""

import ast
import inspect
import subprocess
import sys
from types import ModuleType

import pytest

from musings.config.settings import Settings
from musings.makers import choice, defaults, registry
from musings.makers.all import open_makers
from musings.models import Kind
from tests.conftest import MakeSettings


def test_no_two_makers_have_one_name(settings: Settings) -> None:
    names = [each.name for each in open_makers(settings).makers]
    assert names == ["comfyui", "script", "poets", "speech", "sketch"]


def test_without_settings_there_are_sketches_of_every_kind() -> None:
    offered = [each for maker in open_makers(None).makers for each in maker.workflows()]
    assert [each.kind for each in offered] == list(Kind)


def test_media_switched_off_leaves_the_files_alone(make_settings: MakeSettings) -> None:
    names = [each.name for each in open_makers(make_settings(media={"enabled": False})).makers]
    assert names == ["poets", "speech", "sketch"]


@pytest.mark.parametrize("module", [registry, defaults, choice])
def test_no_maker_is_known_by_its_name(settings: Settings, module: ModuleType) -> None:
    real = open_makers(settings).makers
    names = {each.name for each in real} | {each.name for maker in real for each in maker.workflows()}
    tree = ast.parse(inspect.getsource(module))
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not {word for word in said if word in names or word.removesuffix("-") in names}
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    rooms = tuple(f"musings.makers.{name}" for name in ("comfyui", "script", "poets", "speech", "sketch"))
    assert not [name for name in imported if name.startswith(rooms)]


def test_nothing_heavy_is_imported_before_a_maker_is_needed(settings: Settings) -> None:
    program = """
import sys
from pathlib import Path
from musings.config.settings import load
from musings.makers.choice import Makers

def heavy():
    return sorted({"httpx", "numpy", "av", "PIL", "websockets", "autogen_core", "openai"} & set(sys.modules))

makers = Makers(load(Path(sys.argv[1]), {}, Path.cwd()))
before = heavy()
makers.workflows()
print(before, heavy())
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(settings.file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.stdout == "[] ['httpx', 'websockets']\n", ran.stderr
