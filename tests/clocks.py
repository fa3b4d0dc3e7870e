"""Clocks for real programs: libfaketime between a program and its system (Debian: the package ``faketime``).

Only the clock on the wall is changed. Where the library is missing, the test is skipped.
"""

import os
import sys
from pathlib import Path

import pytest

LIBRARIES = ("/usr/lib/{}/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


class FakeClock:
    """``environment`` makes a program read this clock; ``set`` moves it, for those that run, too."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "faketime"
        self._library = _library()
        self.set("+0")

    def set(self, offset: str) -> None:
        """From the real time, such as ``-1d`` or ``+60d``."""
        aside = self._file.with_suffix(".new")
        aside.write_text(f"{offset}\n")
        aside.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": self._library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }


def _library() -> str:
    if sys.platform.startswith("linux"):
        triplet = f"{os.uname().machine}-linux-gnu"
        for name in (each.format(triplet) for each in LIBRARIES):
            if Path(name).exists():
                return name
    pytest.skip("libfaketime is not here (Debian: apt install faketime)")
