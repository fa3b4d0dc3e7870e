"""Exports that take no options: their values are found, and a copy has ours in their places."""

import ast

import pytest

from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.save_as_script import WorkflowScript, read_script
from comfyui_workflows.script_literals import Literals, rewritten
from tests.musings.makers.comfyui.doubles import BARE
from tests.musings.makers.comfyui.hostile import HOSTILE


def script(text: str | bytes = BARE) -> WorkflowScript:
    return read_script("bare.py", text)


def copied(values: dict[str, object], text: str | bytes = BARE) -> str:
    literals = script(text).literals
    assert isinstance(literals, Literals)
    return rewritten(literals, values, "run").decode("utf-8")


def test_the_form_is_found_in_the_literals() -> None:
    found = script()
    assert found.exported
    assert found.kind is WorkflowKind.IMAGE
    assert found.problems == ()
    fields = {each.name: (each.type, each.default) for each in found.form.fields}
    assert fields == {
        "prompt": ("text", "a red fox \xe9"),
        "negative_prompt": ("longtext", "watermark"),
        "width": ("int", 64),
        "height": ("int", 48),
        "count": ("int", 2),
        "seed": ("int", None),
        "steps": ("int", 4),
        "cfg": ("float", 7),
        "sampler": ("text", "euler"),
        "checkpoint": ("text", "fox.safetensors"),
    } | {"prompt": ("longtext", "a red fox \xe9")}


def test_a_copy_has_our_values_and_runs_once() -> None:
    text = copied({"prompt": 'say "hi"\n', "seed": 7, "cfg": 3.5, "width": None, "count": 1})
    tree = ast.parse(text)
    calls = {
        node.func.attr: node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    words = {word.arg: ast.unparse(word.value) for word in calls["sample"].keywords}
    assert (words["seed"], words["cfg"], words["steps"]) == ("7", "3.5", "4")
    assert "text='say \"hi\"\\n'" in text
    assert "width=64" in text
    assert "for q in range(1):" in text
    assert "filename_prefix='musings/run/01'" in text
    assert "watermark" in text


def test_nothing_else_is_changed() -> None:
    before, after = BARE.splitlines(), copied({}).splitlines()
    changed = [line for line, other in zip(before, after, strict=True) if line != other]
    assert [line.strip()[:16] for line in changed] == ["for q in range(1", "filename_prefix="]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_one_literal(text: str) -> None:
    tree = ast.parse(copied({"prompt": text}))
    assert text in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]


def test_other_encodings() -> None:
    for encoding in ("utf-8-sig", "latin-1"):
        source = f"# -*- coding: {encoding.removesuffix('-sig')} -*-\n{BARE}".replace("\n", "\r\n").encode(encoding)
        literals = script(source).literals
        assert literals is not None
        made = rewritten(literals, {"negative_prompt": "\u65e5\u672c"}, "run")
        assert "\u65e5\u672c" in [node.value for node in ast.walk(ast.parse(made)) if isinstance(node, ast.Constant)]


def test_a_save_node_without_a_prefix_is_told() -> None:
    text = BARE.replace('filename_prefix="ComfyUI",', "")
    assert "SaveImage (saveimage_9) without a file name prefix" in script(text).problems[0]
