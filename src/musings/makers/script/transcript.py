"""Reads what a running or ended script printed: progress, the files it names, and why it failed. Pure.

Source: stdout and stderr of SaveAsScript exports as observed, and the words of Python, torch and argparse.
"""

import re
from dataclasses import dataclass

from musings.errors import AttemptError, PassingFault, UserFault

BAR = re.compile(rb"(\d{1,3})%\|[^|\r\n]*+\| *+(\d+)/(\d+)")
SAVED = re.compile(r"^Saved (?:image|output) to (.+)$", re.MULTILINE)
FOUND = re.compile(r"^ComfyUI found: (.+)$", re.MULTILINE)
# A bar is shorter; what is kept joins a bar that came in two pieces.
KEPT_BYTES = 400
SIGKILL = 9
SHELL_SIGNALS = 128
# A launcher turns a signal into 128 and its number.
KILLED = tuple(SHELL_SIGNALS + signal for signal in (4, 6, 7, 8, SIGKILL, 11, 15))
"""How a shell or a launcher around the script tells of its end by a signal."""

TRACEBACK = "Traceback (most recent call last):"
END_OF_TRACEBACK = re.compile(r"^[A-Za-z_][\w.]*(?::.*)?$", re.MULTILINE)
CAUSED = re.compile(r"direct cause of the following exception:$")
REPORTED = re.compile(
    r"Cannot import |IMPORT FAILED|Import times for custom nodes|for custom nodes|[Ff]ailed to import"
)
"""What follows a traceback that ended nothing: custom nodes that could not be loaded."""

ASIDE = re.compile(
    r"(?:^Exception ignored in|^Exception in thread|^Error in atexit|^Task exception was never retrieved"
    r"|^--- Logging error ---)[^\n]*\n(?:(?!Traceback )[^\n]*\n){0,3}\Z",
    re.MULTILINE,
)
"""What comes before a traceback that ended nothing: Python shows it and goes on, often when it has failed already."""

USAGE = re.compile(r"^usage: |: error: ", re.MULTILINE)
NOISE = re.compile(
    r"Found comfy_kitchen backend|unavailable_reason|Cannot import |IMPORT FAILED|for custom nodes|^\s*\d+\.\d+ seconds"
    r"|[Ff]ailed to import|^(?:\[\w+\] )?(?:WARNING|INFO|DEBUG)\b|Warning: "
)
"""Lines that are printed on machines where all goes well."""


BAD_NEWS = re.compile(r"error|fatal|fail|killed|abort|cannot|can't|could not|no such|unable|not enough", re.IGNORECASE)
SPARED = re.compile(r"No module named|not installed|not available|not found, using|Warning:|^\s+warnings\.warn")
"""Of what a machine can do without."""


@dataclass(frozen=True)
class _Reason:
    pattern: str
    message: str
    hint: str
    passing: bool = False


_CHECK_FOLDER = "Set media.comfyui.directory to the folder that holds ComfyUI's main.py."
_CHECK_PYTHON = "Set media.comfyui.python to the Python that starts ComfyUI."
_MISSING = r"^(?:\w+\.)*(?:ModuleNotFoundError|ImportError): No module named '{}'"
# In this order: the first that fits is told, so that the special stands before the general.
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
        _MISSING.format("torch"),
        "This Python has no torch, so it is not ComfyUI's.",
        _CHECK_PYTHON,
    ),
    _Reason(
        _MISSING.format(r"(?:comfy|nodes|folder_paths|execution)(?:\.[\w.]+)?"),
        "The script did not find ComfyUI.",
        _CHECK_FOLDER,
    ),
    # Older exports look for their folder themselves, and fail with nothing but this.
    _Reason(r"in find_path[\s\S]*FileNotFoundError", "The script did not find ComfyUI.", _CHECK_FOLDER),
    _Reason(
        _MISSING.format("(?P<a>[^']*)"),
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
        # Bounded to what a bar can be, and never less than the new piece.
        self._kept = (self._kept + piece)[-KEPT_BYTES - len(piece) :]
        found = None
        for match in BAR.finditer(self._kept):
            if match.end() < len(self._kept):  # the number may go on in the next piece
                found = match
        if found is None:
            return None
        # What was read is dropped, so that the same state is not told twice.
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
    """Why a script failed. ``code`` is its exit code, negative for a signal, None when it never ran.

    Only what ended it counts: ComfyUI and custom nodes print errors of their own while they load, and go on.
    """
    log = f"--- stdout\n{stdout}\n--- stderr\n{stderr}"
    if code is None:
        return UserFault("The script could not be started.", hint=_CHECK_PYTHON, log=log)
    # By its sign: Python tells a signal as a negative code, a shell as one above 128.
    if code < 0 or code in KILLED:
        signal = -code if code < 0 else code - SHELL_SIGNALS
        hint = "The system does this when memory runs out." if signal == SIGKILL else None
        return PassingFault(f"The script was ended by signal {signal}.", hint=hint, log=log)
    fault = last_fault(stderr)
    # In the part that ended it only: the whole log is full of errors that ended nothing.
    for reason in _REASONS:
        if matches := list(re.finditer(reason.pattern, fault, re.MULTILINE)):
            found = matches[-1]  # the first may be the source line in the traceback
            kind = PassingFault if reason.passing else UserFault
            return kind(reason.message.format(**found.groupdict()), hint=reason.hint, log=log)
    said = _last(fault) if stderr.strip() else "it printed nothing."
    return UserFault(f"The script failed with exit code {code}: {said}", log=log)


def last_fault(stderr: str) -> str:
    """The part of stderr that tells what ended a script: its last traceback with those that caused it, or what
    came after everything that was only reported.
    """
    # Progress bars use carriage returns: as lines they can be told from words.
    text = _without_asides(stderr.replace("\r", "\n"))
    before, mark, last = text.rpartition(TRACEBACK)
    if not mark:
        return _without_noise(text)
    told = END_OF_TRACEBACK.search(last)
    after = last[told.end() :] if told else ""
    # Something was printed after the traceback that shows that the script went on.
    if REPORTED.search(after) or USAGE.search(after):
        return _without_noise(after)
    chain = mark + last
    # A chain of causes: the first one often names the real reason.
    while CAUSED.search(before.rstrip()[-200:]):
        before, mark, link = before.rpartition(TRACEBACK)
        chain = mark + link + chain
    return chain


def _without_asides(text: str) -> str:
    """Without the tracebacks that Python shows and goes on."""
    first, *others = text.split(TRACEBACK)
    kept = [first]
    for other in others:
        # Python prints these at its own end, behind the error that matters.
        if ASIDE.search(kept[-1]):
            told = END_OF_TRACEBACK.search(other)
            kept[-1] = ASIDE.sub("", kept[-1]) + (other[told.end() :].lstrip("\n") if told else "")
        else:
            kept.append(other)
    return TRACEBACK.join(kept)


def _without_noise(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not NOISE.search(line))


def _last(fault: str) -> str:
    lines = [line.strip() for line in fault.splitlines() if line.strip()]
    # A line with the name of an exception says more than any other.
    errors = [line for line in lines if re.match(r"(?:\| +)*[\w.]+(Error|Exception|Interrupt|Exit)\b", line)]
    bad = errors or [line for line in lines if BAD_NEWS.search(line) and not SPARED.search(line)]
    others = [line for line in lines if not SPARED.search(line)]
    if others and not bad:
        return f"it gave no reason. The last line that it printed: {others[-1][:500]}"
    return (bad or ["it printed no reason."])[-1].lstrip("| ")[:500]
