"""Everything that the engine raises of its own; what ``check`` raises passes through untouched.

SketchError             what was asked for cannot be made: asking again does not help
├── SpeechError         the speech program failed on this text
└── ProgramError        a program ended with a code other than 0, or could not be started
"""


class SketchError(Exception):
    """``str(error)`` is a sentence for a person, ``hint`` what to do about it, ``log`` what belongs in a log."""

    def __init__(self, message: str, *, hint: str | None = None, log: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.log = log


class SpeechError(SketchError):
    pass


class ProgramError(SketchError):
    """``code`` is the exit code, negative for a signal, or None when it never ran; ``log`` is its standard error."""

    def __init__(self, message: str, *, code: int | None, log: str = "") -> None:
        super().__init__(message, log=log)
        self.code = code
