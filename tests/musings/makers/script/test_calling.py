"""How a script is called, with any text."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from comfyui_workflows.save_as_script import WorkflowScript, read_script
from comfyui_workflows.sidecar import Command
from musings.errors import UserFault
from musings.makers.script.calling import MAX_ARGUMENT_BYTES, argument, command, foreign_command, home, output_for
from musings.makers.script.transcript import Bars, found_comfyui, saved_files
from musings.process import run
from tests.musings.makers.comfyui.doubles import EXPORT, export, stub_comfyui
from tests.musings.makers.comfyui.hostile import HOSTILE

PYTHON = Path(sys.executable)


def script() -> WorkflowScript:
    return read_script("painting.py", EXPORT)


def call(folder: Path, values: dict[str, object], *, name: str = "ComfyUI", flags: tuple[str, ...] = ()) -> Any:
    """Run the double; what the stub's nodes saw, and the output of the process."""
    comfyui = folder / name
    if not comfyui.exists():
        stub_comfyui(comfyui)
    private, target = folder / "private", folder / "out"
    private.mkdir(exist_ok=True)
    target.mkdir(exist_ok=True)
    words = command(
        script(),
        export(folder),
        values,
        python=PYTHON,
        comfyui_directory=home(comfyui, private),
        output=output_for(script(), target),
        flags=flags,
    )
    done = run(words, cwd=folder, timeout=60)
    return json.loads((target / "output.png").read_text("utf-8", "surrogatepass")), done


def test_the_exact_command_line() -> None:
    words = command(
        script(),
        Path("/m/painting.py"),
        {"prompt": 'say "hi"', "width": 128, "seed": None},
        python=Path("/py"),
        comfyui_directory=Path("/c"),
        output=Path("/o/output.png"),
        flags=("--cpu",),
    )
    assert words == (
        "/py",
        "/m/painting.py",
        '--text5="say \\"hi\\""',
        "--width2=128",
        "--queue-size=1",
        "--comfyui-directory=/c",
        "--output=/o/output.png",
        "--random-seed-type=fixed",
        "--",
        "--cpu",
    )


def test_a_value_that_is_not_on_the_form() -> None:
    with pytest.raises(UserFault, match="no field 'colour'"):
        command(script(), Path("x"), {"colour": 1}, python=PYTHON, comfyui_directory=Path("/"), output=Path("/"))


def test_a_run_of_the_double(tmp_path: Path) -> None:
    pieces: list[bytes] = []
    seen, done = call(tmp_path, {"prompt": "a hare", "seed": 7, "width": 96}, flags=("--cpu",))
    assert (seen["positive"], seen["negative"], seen["seed"]) == ("a hare", "watermark", 7)
    assert seen["EmptyLatentImage.width"] == 96
    assert saved_files(done.stdout) == [str(tmp_path / "out" / "output.png")]
    assert found_comfyui(done.stdout) == str(tmp_path / "ComfyUI")
    pieces.append(done.stderr.encode())
    assert Bars().feed(pieces[0]) == (4, 4)


def test_an_install_of_another_name_is_not_mistaken_for_its_neighbour(tmp_path: Path) -> None:
    stub_comfyui(tmp_path / "ComfyUI")
    _, done = call(tmp_path, {}, name="ComfyUI2")
    found = found_comfyui(done.stdout)
    assert found is not None
    assert Path(found).resolve() == tmp_path / "ComfyUI2"


def test_a_folder_that_is_no_comfyui(tmp_path: Path) -> None:
    with pytest.raises(UserFault, match=r"neither main\.py nor nodes\.py"):
        home(tmp_path, tmp_path)


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_hostile_texts_become_one_word_that_reads_back(text: str) -> None:
    word = argument("text5", text)
    assert word.startswith('--text5="')
    assert "\0" not in word
    assert json.loads(word.partition("=")[2]) == text


def test_hostile_texts_reach_the_node_unchanged(tmp_path: Path) -> None:
    """Two fields a run, so that 44 texts cost 22 starts of Python."""
    texts = HOSTILE[:-1]
    for first, second in zip(texts[::2], texts[1::2], strict=True):
        seen, _ = call(tmp_path, {"prompt": first, "negative_prompt": second})
        assert (seen["positive"], seen["negative"]) == (first, second)


def test_a_text_beyond_the_limit_of_the_system() -> None:
    assert len(argument("t", "🦊" * 30_000).encode()) <= MAX_ARGUMENT_BYTES
    with pytest.raises(UserFault, match="too long"):
        argument("t", "x" * MAX_ARGUMENT_BYTES)
    assert argument("t", "\ud800") == '--t="\\ud800"'


@pytest.mark.parametrize(("value", "word"), [(5, "5"), (0.5, "0.5"), (True, "true"), (None, "null")])
def test_other_values(value: object, word: str) -> None:
    assert argument("v", value) == f"--v={word}"


def changed(old: str, new: str) -> str:
    assert old in EXPORT
    return EXPORT.replace(old, new)


def test_where_the_output_goes() -> None:
    assert output_for(script(), Path("/o")) == Path("/o/output.png")
    both = changed(
        "saveimage_9 = saveimage.run(",
        "saveaudio = NODE_CLASS_MAPPINGS['SaveAudio']()\n"
        "            saveaudio_8 = saveaudio.run(audio=1)\n"
        "            saveimage_9 = saveimage.run(",
    )
    assert output_for(read_script("x.py", both), Path("/o")) == Path("/o")


def test_a_foreign_script_is_called_as_its_sidecar_says() -> None:
    sidecar = Command(("--prompt", "{prompt}", "--seed={seed}", "{output}/x.png", "{}"), "directory")
    words = foreign_command(
        sidecar, Path("/m.py"), {"prompt": "a {seed}", "seed": 3}, python=Path("/py"), output=Path("/o")
    )
    assert words == ("/py", "/m.py", "--prompt", "a {seed}", "--seed=3", "/o/x.png", "{}")
    with pytest.raises(UserFault, match=r"\{colour\}"):
        foreign_command(Command(("{colour}",), "json"), Path("/m.py"), {}, python=Path("/py"), output=Path("/o"))
    with pytest.raises(UserFault, match="NUL"):
        foreign_command(sidecar, Path("/m.py"), {"prompt": "\0", "seed": 1}, python=Path("/py"), output=Path("/o"))
