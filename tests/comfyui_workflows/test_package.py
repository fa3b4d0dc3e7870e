"""The package alone: its public names, and nothing of ours or of others in its process."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import comfyui_workflows

HOME = Path(comfyui_workflows.__file__)
ALONE = """
import sys

sys.modules["musings"] = None  # an import of it is an ImportError
import comfyui_workflows as package

assert not [name for name in sys.modules if name.startswith("comfyui_workflows.")], "an import loads no reader"
graph = package.read_workflow("a.json", '''{
    "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox"}},
    "2": {"class_type": "KSampler", "inputs": {"positive": ["1", 0], "seed": 1, "steps": 20}}
}''')
template = package.form_of("a.json", graph)
assert [field.name for field in template.form.fields] == ["prompt", "seed", "steps"]
filled = package.fill(template.graph, template.form, {"prompt": "a hare", "seed": 7})
assert filled == template.fill({"prompt": "a hare", "seed": 7})
assert (filled["1"]["inputs"]["text"], filled["2"]["inputs"]["seed"]) == ("a hare", 7)
known = {"KSampler": {"input": {"required": {"sampler_name": [["euler"]]}}}}
assert [problem.kind.value for problem in package.check(filled, known)] == ["missing node", "missing input"]
assert not package.read_script("a.py", "print()").exported
assert package.read_sidecar("a.form.toml", "title = 'Foxes'").title == "Foxes"
for name in package.__all__:
    assert getattr(package, name).__doc__, name
try:
    package.read_workflow("a.json", "<html>")
except package.UnreadableFileError as error:
    assert "web page" in str(error) and error.hint
else:
    raise AssertionError("a web page is no workflow")
others = {"httpx", "websockets", "sqlite3", "sqlalchemy", "numpy", "PIL"} & set(sys.modules)
assert not others, others
"""


def test_it_works_alone() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_example_of_the_readme_runs() -> None:
    text = HOME.with_name("README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "prompt longtext a fox prompt" in done.stdout
    assert "web page" in done.stdout
    documented = set(re.findall(r"^\| `(\w+)\(", text, re.MULTILINE))
    functions = {name for name in comfyui_workflows.__all__ if inspect.isfunction(getattr(comfyui_workflows, name))}
    assert documented == functions


def test_a_type_checker_sees_what_a_program_gets() -> None:
    tree = ast.parse(HOME.read_text())
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {(node.module, name.name) for node in block.body if isinstance(node, ast.ImportFrom) for name in node.names}
    got = {(getattr(comfyui_workflows, name).__module__, name) for name in comfyui_workflows.__all__}
    assert seen == got


def test_only_the_standard_library_is_imported() -> None:
    for path in HOME.parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            packages = {str(name).partition(".")[0] for name in names}
            assert packages <= {*sys.stdlib_module_names, "comfyui_workflows"}, path.name
