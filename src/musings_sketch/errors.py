"""Everything that the engine raises of its own; what ``check`` raises passes through untouched.

SketchError             what was asked for cannot be made: asking again does not help
├── LibraryError        espeak-ng is not installed, or cannot be used
├── SpeechError         the speech program failed on this text
├── CutShort            a program ended before its work was done: asking again may help
│   └── Killed          it was ended by a signal from outside
└── ProgramError        a program ended with a code other than 0, or could not be started
"""


class SketchError(Exception):
    """``str(error)`` is a sentence for a person, ``hint`` what to do about it, ``log`` what belongs in a log."""

    def __init__(self, message: str, *, hint: str | None = None, log: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.log = log


class LibraryError(SketchError):
    """``found``: the library is there, and this machine cannot use it."""

    def __init__(self, message: str, *, hint: str | None = None, log: str = "", found: bool = False) -> None:
        super().__init__(message, hint=hint, log=log)
        self.found = found


class SpeechError(SketchError):
    pass


class CutShort(SketchError):
    pass


class Killed(CutShort):
    pass


class ProgramError(SketchError):
    """``code`` is the exit code, negative for a signal, or None when it never ran; ``log`` is its standard error."""

    def __init__(self, message: str, *, code: int | None, log: str = "") -> None:
        super().__init__(message, log=log)
        self.code = code
