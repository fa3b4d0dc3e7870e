"""What a script says: its progress, and why it failed."""

import sys
from pathlib import Path

import pytest

from comfyui_workflows.save_as_script import WorkflowScript, read_script
from musings.errors import CommandError, PassingFault, UserFault
from musings.makers.script.calling import command
from musings.makers.script.transcript import Bars, failure
from musings.process import run
from tests.musings.makers.comfyui.doubles import EXPORT, export, stub_comfyui


def script() -> WorkflowScript:
    return read_script("painting.py", EXPORT)


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
        script(),
        export(tmp_path),
        {},
        python=Path(sys.executable),
        comfyui_directory=tmp_path,
        output=tmp_path / "o.png",
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
