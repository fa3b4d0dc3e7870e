"""Reads what a running or ended script printed: progress, the files it names, and why it failed. Pure.

Source: stdout and stderr of SaveAsScript exports as observed, and the words of Python, torch and argparse.
"""

import re
from dataclasses import dataclass

from musings.errors import AttemptError, PassingFault, UserFault

BAR = re.compile(rb"(?:^|[\r\n ])(?:[^\r\n|]*?)(\d{1,3})%\|[^|\r\n]*\| *(\d+)/(\d+)")
SAVED = re.compile(r"^Saved (?:image|output) to (.+)$", re.MULTILINE)
FOUND = re.compile(r"^ComfyUI found: (.+)$", re.MULTILINE)
KEPT_BYTES = 400


@dataclass(frozen=True)
class _Reason:
    pattern: str
    message: str
    hint: str
    passing: bool = False


_CHECK_FOLDER = "Set media.comfyui.directory to the folder that holds ComfyUI's main.py."
_CHECK_PYTHON = "Set media.comfyui.python to the Python that starts ComfyUI."
_REASONS = (
    _Reason(
        r"OutOfMemoryError|out of memory|Allocation on device|MemoryError",
        "The script ran out of memory.",
        "Ask for a smaller picture or a shorter piece, or stop other programs that use the graphics card.",
        passing=True,
    ),
    _Reason(
        r"Model in folder '(?P<a>[^']*)' with filename '(?P<b>[^']*)' not found",
        "The model {b} is not in ComfyUI's {a} folder.",
        "Put it there, or export the workflow again with an installed one.",
    ),
    _Reason(
        r"No module named 'torch'",
        "This Python has no torch, so it is not ComfyUI's.",
        _CHECK_PYTHON,
    ),
    _Reason(
        r"No module named '(?:comfy|nodes|folder_paths|execution)(?:\.[\w.]+)?'",
        "The script did not find ComfyUI.",
        _CHECK_FOLDER,
    ),
    _Reason(r"in find_path[\s\S]*FileNotFoundError", "The script did not find ComfyUI.", _CHECK_FOLDER),
    _Reason(
        r"No module named '(?P<a>[^']*)'",
        "ComfyUI's Python lacks the module {a}.",
        "Install ComfyUI's requirements, or those of the custom node that needs it.",
    ),
    _Reason(
        r"Torch not compiled with CUDA|Found no NVIDIA driver|No CUDA GPUs are available|CUDA driver",
        "torch finds no graphics card.",
        "Pass --cpu to ComfyUI, or install a torch for this machine's card.",
    ),
    _Reason(
        r"frontend is no longer shipped as part of the main repo",
        "ComfyUI's Python lacks the package comfyui-frontend-package.",
        "Install ComfyUI's requirements in it, as for starting its server.",
    ),
    _Reason(
        r"name 'has_manager' is not defined",
        "This export fails where ComfyUI-Manager is not installed.",
        "Export the workflow again with a current ComfyUI-SaveAsScript.",
    ),
    _Reason(
        r"NODE_CLASS_MAPPINGS\[[\s\S]*KeyError: '(?P<a>[^']*)'",
        "ComfyUI has no node {a}.",
        "Install the node pack that brings it.",
    ),
    _Reason(
        r"Could not determine output format",
        "SaveVideo does not know which format to write.",
        "Choose mp4 in the workflow's Save Video node and export it again.",
    ),
    _Reason(
        r"error: (?P<a>(?:unrecognized arguments|argument |ambiguous option|the following arguments)[^\n]*)",
        "The script did not take its arguments: {a}.",
        "If it was exported again, show its form again.",
    ),
)


class Bars:
    """Progress from stderr as it comes, in pieces of any size."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, piece: bytes) -> tuple[int, int] | None:
        """The newest ``(value, maximum)`` that this piece completes, or None."""
        self._kept = (self._kept + piece)[-KEPT_BYTES - len(piece) :]
        found = None
        for match in BAR.finditer(self._kept):
            if match.end() < len(self._kept):  # the number may go on in the next piece
                found = match
        if found is None:
            return None
        self._kept = self._kept[found.end() :]
        return int(found[2]), int(found[3])


def saved_files(stdout: str) -> list[str]:
    """The paths that the script said it saved."""
    return SAVED.findall(stdout)


def found_comfyui(stdout: str) -> str | None:
    """The ComfyUI that the script took."""
    found = FOUND.search(stdout)
    return found[1] if found else None


def failure(code: int | None, stdout: str, stderr: str) -> AttemptError:
    """Why a script failed. ``code`` is its exit code, negative for a signal, None when it never ran."""
    log = f"{stderr}\n{stdout}".strip()
    if code is None:
        return UserFault("The script could not be started.", hint=_CHECK_PYTHON, log=log)
    for reason in _REASONS:
        if matches := list(re.finditer(reason.pattern, stderr)):
            found = matches[-1]  # the first may be the source line in the traceback
            kind = PassingFault if reason.passing else UserFault
            return kind(reason.message.format(**found.groupdict()), hint=reason.hint, log=log)
    if code < 0:
        words = f"The script was ended by signal {-code}"
        hint = "The system does this when memory runs out." if code == -9 else None
        return PassingFault(f"{words}.", hint=hint, log=log)
    return UserFault(f"The script failed with exit code {code}: {_last(stderr)}", log=log)


def _last(stderr: str) -> str:
    lines = [line.strip() for line in stderr.replace("\r", "\n").splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Interrupt|Exit)\b", line)]
    return (errors or lines or ["it printed nothing."])[-1][:500]
