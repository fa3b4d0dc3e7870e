"""Of what the children died that read one file, and whose fault that is."""

import signal
from collections.abc import Callable

from musings.errors import ChildKilled, CommandError, PassingFault, UserFault

MOST_KILLS = 3
MOST_KILLS_AMONG_OTHERS = 9
"""Where children died of a signal with other files as well, which were read in the end: then it is not this file."""
CRASHES = frozenset(
    {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS}
)
"""How a decoder ends by itself. Any other signal came from outside and says nothing about the file."""


class Deaths:
    """How often the children have died of one file, and of what.

    ``others_survived`` says whether other files were read of late although a child had been ended over them.
    """

    def __init__(self, name: str, others_survived: Callable[[], bool] = lambda: False) -> None:
        self._name = name
        self._others_survived = others_survived
        self._crashes = 0
        self.kills = 0
        """How often a child was ended from outside."""
        self.blames = False
        """Whether the next child has to be a new one: what happens in it is the file's doing."""

    def died(self, error: CommandError) -> None:
        """Raise whose fault it is, as soon as that is known."""
        number = -(error.code or 0)
        if number == signal.SIGXCPU:
            raise UserFault(
                f"{self._name} could not be decoded: it takes more time than any file may.",
                hint="Make it shorter or smaller.",
            ) from error
        if number in CRASHES:
            self._crashes, self.blames = self._crashes + 1, True
            # Twice, because what comes from outside does not come twice.
            if self._crashes > 1:
                raise UserFault(
                    f"{self._name} brings its decoder down ({signal.Signals(number).name}).",
                    hint="It is damaged: make it again.",
                    log=error.stderr,
                ) from error
            return
        self.kills += 1
        if self.kills >= (MOST_KILLS_AMONG_OTHERS if self._others_survived() else MOST_KILLS):
            raise (ChildKilled if number > 0 else PassingFault)(
                f"The program that decodes {self._name} was ended {self.kills} times: {error}",
                hint="Is there too little memory on this machine?",
                log=error.stderr,
            ) from error

    def wanted_memory(self, most: int, *, fresh: bool) -> None:
        """Raise that the file is at fault, if a child that had read nothing else says so."""
        if fresh:
            raise UserFault(
                f"{self._name} could not be decoded within {most / 1e6:,.0f} MB of memory.",
                hint="Make it smaller or shorter; or it is damaged, and has to be made again.",
            )
        self.blames = True
