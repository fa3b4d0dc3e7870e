"""SaveAsScript exports: read without running, called with any text, explained when they fail."""

import gc
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.save_as_script import WorkflowScript, read_script
from comfyui_workflows.sidecar import Command
from musings.errors import CommandError, PassingFault, UserFault
from musings.makers.script.calling import MAX_ARGUMENT_BYTES, argument, command, foreign_command, home, output_for
from musings.makers.script.transcript import Bars, failure, found_comfyui, saved_files
from musings.process import run
from tests.musings.makers.comfyui.doubles import EXPORT, export, stub_comfyui
from tests.musings.makers.comfyui.hostile import HOSTILE

PYTHON = Path(sys.executable)


@pytest.fixture
def littered() -> Iterator[None]:
    """Threads change places as often as they can, and the garbage collector runs all the time."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50, 2, 2)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


class Litter:
    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        for _ in range(50):
            pass


@pytest.mark.usefixtures("littered")
def test_several_threads_read_scripts_at_once() -> None:
    def read() -> list[bool]:
        found = []
        for _ in range(10):
            for _ in range(20):
                Litter()
            found.append(script().exported)
        return found

    with ThreadPoolExecutor(4) as pool:
        results = [each.result() for each in [pool.submit(read) for _ in range(4)]]
    assert results == [[True] * 10] * 4


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


def test_an_export_is_read_without_running_it() -> None:
    found = script()
    assert found.exported
    assert found.savers == ("SaveImage",)
    assert found.kind is WorkflowKind.IMAGE
    assert found.problems == ()
    assert found.flags == {
        "prompt": ("text5",),
        "negative_prompt": ("text4",),
        "width": ("width2",),
        "height": ("height3",),
        "seed": ("seed6",),
        "checkpoint": ("ckpt_name1",),
    }
    prompt = found.form.prompt_field
    assert prompt is not None
    assert (prompt.name, prompt.default, prompt.type) == ("prompt", "a red fox", "longtext")
    text = next(option for option in found.options if option.name == "text4")
    assert (text.input, text.title, text.node_id, text.node) == (
        "text",
        "Second",
        "57:7",
        "cliptextencode_subnode_57_7",
    )


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def broken(:", "line 1"),
        ("f(a=1, a=2)", "keyword argument repeated"),
        ("\0", "can run"),
        (
            changed("'Argument 1, input `seed` for node \"KSampler\" id 3 (autogenerated)'", '"a" + code() + "b"'),
            "is code, not text",
        ),
    ],
)
def test_broken_exports_are_explained(text: str, words: str) -> None:
    with pytest.raises(WorkflowError, match=words) as caught:
        read_script("painting.py", text)
    assert str(caught.value).startswith("painting.py")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            changed('NODE_CLASS_MAPPINGS["SaveImage"]', 'NODE_CLASS_MAPPINGS["SaveAnimatedWEBP"]'),
            "SaveAnimatedWEBP, which ignores",
        ),
        (
            changed(
                "saveimage_9 = saveimage.run(",
                "saveimage_8 = saveimage.run(images=1)\n            saveimage_9 = saveimage.run(",
            ),
            "several SaveImage",
        ),
        (changed("saveimage_9 = saveimage.run(", "print("), "no save node"),
        (
            changed('parser.add_argument("--output", "-o", default=None, help="Where to save")\n', ""),
            "no option --output",
        ),
    ],
)
def test_exports_that_will_disappoint(text: str, words: str) -> None:
    assert any(words in problem for problem in read_script("painting.py", text).problems)


def test_a_script_of_another_make() -> None:
    found = read_script("mine.py", "import argparse\nprint('hello')")
    assert not found.exported
    assert found.kind is None


def test_an_export_that_sets_has_manager_only_where_the_manager_is() -> None:
    found = read_script("painting.py", changed("has_manager = False\n", ""))
    assert found.forgets_manager
    assert found.problems == ()
    assert not script().forgets_manager


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


def test_bars_come_in_pieces() -> None:
    bars = Bars()
    assert bars.feed(b"loading\r\n  0%|          | 0/20 [00:00<?") == (0, 20)
    assert bars.feed(b", ?it/s]\r  5%|5         | 1/2") is None
    assert bars.feed(b"0 [00:01") == (1, 20)
    assert bars.feed(b"\r 50%|##### | 10/20 [\r 55%|##### | 11/20 [") == (11, 20)
    assert bars.feed(b"nothing here 3/4") is None
    assert bars.feed(b"x" * 100_000) is None


def test_failures_of_the_double_are_explained(tmp_path: Path) -> None:
    stub_comfyui(tmp_path / "ComfyUI")
    words = command(
        script(), export(tmp_path), {}, python=PYTHON, comfyui_directory=tmp_path, output=tmp_path / "o.png"
    )
    with pytest.raises(CommandError) as caught:
        run((*words, "--ckpt_name1=gone.safetensors"), timeout=60)
    fault = failure(caught.value.code, caught.value.stdout, caught.value.stderr)
    assert isinstance(fault, UserFault)
    assert "gone.safetensors is not in ComfyUI's checkpoints folder" in str(fault)
    assert "Traceback" in fault.log


@pytest.mark.parametrize(
    ("code", "stderr", "kind", "words"),
    [
        (None, "", UserFault, "could not be started"),
        (1, "ModuleNotFoundError: No module named 'torch'", UserFault, "no torch"),
        (1, "ModuleNotFoundError: No module named 'comfy'", UserFault, "did not find ComfyUI"),
        (1, "ModuleNotFoundError: No module named 'comfy.options'", UserFault, "did not find ComfyUI"),
        (1, "ModuleNotFoundError: No module named 'einops'", UserFault, "lacks the module einops"),
        (1, "in find_path\n    x\nFileNotFoundError: [Errno 2] ''", UserFault, "did not find ComfyUI"),
        (1, "AssertionError: Torch not compiled with CUDA enabled", UserFault, "no graphics card"),
        (1, "NameError: name 'has_manager' is not defined", UserFault, "ComfyUI-Manager"),
        (1, "torch.OutOfMemoryError: CUDA out of memory.", PassingFault, "out of memory"),
        (1, "x = NODE_CLASS_MAPPINGS[\"Foo\"]()\nKeyError: 'Foo'", UserFault, "no node Foo"),
        (255, "the frontend is no longer shipped as part of the main repo but", UserFault, "comfyui-frontend-package"),
        (1, "ValueError: Could not determine output format", UserFault, "which format"),
        (2, "usage: x\nx.py: error: unrecognized arguments: --text9=1", UserFault, "unrecognized arguments: --text9=1"),
        (1, "Traceback\nValueError: bad width\n", UserFault, "exit code 1: ValueError: bad width"),
        (1, "", UserFault, "it printed nothing"),
        (-9, "", PassingFault, "signal 9"),
        (-15, "", PassingFault, "signal 15"),
    ],
)
def test_reasons_of_failures(code: int | None, stderr: str, kind: type[Exception], words: str) -> None:
    fault = failure(code, "", stderr)
    assert type(fault) is kind
    assert words in str(fault)


LOADING = """Device: cpu
Found comfy_kitchen backend triton: {'available': False, 'unavailable_reason': "ImportError: No module named 'triton'"}
"""
CUSTOM_NODES = (
    LOADING
    + """Traceback (most recent call last):
  File "nodes.py", line 2, in load_custom_node
    import cv2
ModuleNotFoundError: No module named 'cv2'

Cannot import /c/custom_nodes/eyes module for custom nodes: No module named 'cv2'

Import times for custom nodes:
   0.0 seconds (IMPORT FAILED): /c/custom_nodes/eyes
Warning: Ran out of memory when regular VAE decoding, retrying with tiled VAE decoding.
"""
)


def raised(words: str) -> str:
    return f'Traceback (most recent call last):\n  File "workflow.py", line 10, in main\n    work()\n{words}\n'


@pytest.mark.parametrize("before", ["", LOADING, CUSTOM_NODES])
@pytest.mark.parametrize(
    ("code", "end", "kind", "words"),
    [
        (1, raised("NameError: name 'has_manager' is not defined"), UserFault, "ComfyUI-Manager"),
        (1, raised("NameError: name 'x' is not defined"), UserFault, "exit code 1: NameError: name 'x' is not defined"),
        (1, raised("ValueError: width must be positive"), UserFault, "exit code 1: ValueError: width must be positive"),
        (1, raised("KeyError: 'samples'"), UserFault, "exit code 1: KeyError: 'samples'"),
        (2, "usage: w.py [-h]\nw.py: error: unrecognized arguments: --x=1\n", UserFault, "arguments: --x=1"),
        (1, raised("ModuleNotFoundError: No module named 'einops'"), UserFault, "lacks the module einops"),
        (1, raised("torch.OutOfMemoryError: Allocation on device"), PassingFault, "out of memory"),
        (-9, "", PassingFault, "signal 9"),
        (137, "", PassingFault, "signal 9"),
        (143, "", PassingFault, "signal 15"),
        (-11, "Fatal Python error: Segmentation fault\n", PassingFault, "signal 11"),
        (3, "", UserFault, "exit code 3"),
    ],
)
def test_what_is_printed_while_loading_is_not_the_fault(
    before: str, code: int, end: str, kind: type[Exception], words: str
) -> None:
    fault = failure(code, "", before + end)
    assert type(fault) is kind
    assert words in str(fault)
    assert "triton" not in str(fault)
    assert "cv2" not in str(fault)
    assert before + end in fault.log


def test_a_fault_met_while_another_was_handled_is_the_one_that_counts() -> None:
    handled = raised("ModuleNotFoundError: No module named 'triton'")
    meeting = "\nDuring handling of the above exception, another exception occurred:\n\n"
    assert "ValueError: width" in str(failure(1, "", handled + meeting + raised("ValueError: width")))
    causing = "\nThe above exception was the direct cause of the following exception:\n\n"
    assert "module triton" in str(failure(1, "", handled + causing + raised("RuntimeError: no kernels")))


FAULT = "Traceback (most recent call last):\n  File 'x.py', line 3, in main\n    x()\nValueError: width is odd\n"
AFTERWARDS = {
    "nothing": "",
    "ignored": "Exception ignored in: <function Pool.__del__ at 0x7f>\nTraceback (most recent call last):\n"
    "  File 'pool.py', line 3, in __del__\nImportError: sys.meta_path is None, Python is likely shutting down\n",
    "at exit": "Error in atexit._run_exitfuncs:\nTraceback (most recent call last):\n  File 'x.py', line 3, in bye\n"
    "ModuleNotFoundError: No module named 'triton'\n",
    "a thread": "Exception in thread Thread-1 (send):\nTraceback (most recent call last):\n  File 'x.py', line 3\n"
    "OSError: [Errno 101] Network is unreachable\n",
    "spared": "flash_attn is not installed: No module named 'flash_attn'\nsageattention not found, using sdpa\n",
}


@pytest.mark.parametrize("after", AFTERWARDS.values(), ids=AFTERWARDS)
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (FAULT, "ValueError: width is odd"),
        ("Error: the model file x.ckpt is damaged\n", "Error: the model file x.ckpt is damaged"),
        ("usage: x.py [-h]\nx.py: error: unrecognized arguments: --nope\n", "unrecognized arguments: --nope"),
    ],
    ids=["traceback", "words", "usage"],
)
def test_what_is_printed_after_the_fault_is_not_the_fault(fault: str, words: str, after: str) -> None:
    assert words in str(failure(1, "", fault + after))


@pytest.mark.parametrize("after", AFTERWARDS.values(), ids=AFTERWARDS)
def test_what_ended_nothing_is_no_reason(after: str) -> None:
    said = str(failure(1, "", after))
    assert "no reason" in said or "printed nothing" in said


@pytest.mark.parametrize(("code", "signal"), [(139, 11), (134, 6), (137, 9), (143, 15)])
def test_a_shell_around_a_script_tells_of_signals(code: int, signal: int) -> None:
    found = failure(code, "", "")
    assert isinstance(found, PassingFault)
    assert f"signal {signal}" in str(found)
