"""Wakes a server that sleeps, and lets it sleep again.

A machine is woken by a magic packet (six bytes of 255 and its hardware address sixteen times: AMD, "Magic Packet
Technology", publication 20213), by a command of the owner's, or by both. Neither tells whether it worked: the server
answers, or it does not.
"""

import os
import threading
import time
from collections.abc import Callable

from musings.config.media import WakeSettings
from musings.errors import MusingsError
from musings.late import importing
from musings.process.running import run

AGAIN_SECONDS = 20.0
"""How long a magic packet has to be heard before it is sent once more: nothing says that it arrived."""
COMMAND_SECONDS = 60.0


class Waker:
    """Wakes one server. Safe from any thread. Times are seconds of ``now``."""

    def __init__(self, url: str, settings: WakeSettings, now: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._settings = settings
        self._now = now
        self._lock = threading.Lock()
        self._began: float | None = None
        self._sent: float | None = None
        self._thread: threading.Thread | None = None
        self._trouble: str | None = None
        self._commanded: float | None = None
        self._woke = False

    @property
    def idle_seconds(self) -> float | None:
        """After how long without work it is put to sleep; None where nobody said how."""
        return self._settings.idle_minutes * 60 if self._settings.sleep_command else None

    @property
    def woke_it(self) -> bool:
        """Whether it answers because it was woken from here."""
        with self._lock:
            return self._woke

    @property
    def is_overdue(self) -> bool:
        """Whether it was asked to wake, and has not answered within its time."""
        with self._lock:
            return self._late()

    def wake(self) -> str:
        """Have it woken, unless that was tried a moment ago. Returns at once; says how it stands."""
        with self._lock:
            now = self._now()
            self._began = now if self._began is None else self._began
            trying = self._thread is not None and self._thread.is_alive()
            if not trying and (self._sent is None or now - self._sent >= AGAIN_SECONDS):
                self._sent = now
                self._thread = threading.Thread(target=self._try, daemon=True, name="comfy-waker")
                self._thread.start()
            return self._words(now)

    def answered(self) -> None:
        """It is there."""
        with self._lock:
            self._woke = self._woke or self._began is not None
            self._began = self._sent = self._commanded = self._trouble = None

    def slept(self) -> None:
        """It was put to sleep, or has gone away since: if it comes back by itself, somebody else has woken it."""
        with self._lock:
            self._woke = False

    def sleep(self) -> None:
        """Put it to sleep. Raises ``CommandError`` or ``TimedOut`` where the command fails."""
        run(self._settings.sleep_command, env=_environment(), timeout=COMMAND_SECONDS)

    def _late(self) -> bool:
        return self._began is not None and self._now() - self._began > self._settings.within_seconds

    def _may_command(self) -> bool:
        """A packet may be sent as often as one likes, while a command may be the button of a machine."""
        return self._commanded is None or self._now() - self._commanded > self._settings.within_seconds

    def _words(self, now: float) -> str:
        failed = f": {self._trouble.rstrip('.')}" if self._trouble else ""
        if self._began is None or not self._late():
            return f"{self._url} is being woken{failed}"
        minutes = max(1, int((now - self._began) / 60))
        return f"{self._url} was asked to wake {minutes} min ago and does not answer{failed}"

    def _try(self) -> None:
        """On a thread of its own: a command may take as long as it likes, and a prompt must stay cancellable."""
        settings, trouble = self._settings, None
        try:
            if settings.mac is not None:
                with importing():
                    from wakeonlan import wake

                wake(settings.mac, host=settings.broadcast, port=settings.port)
            if settings.command and self._may_command():
                run(settings.command, env=_environment(), timeout=COMMAND_SECONDS)
                self._commanded = self._now()
        except MusingsError as error:
            trouble = str(error)
        except OSError as error:  # no network, or none that broadcasts
            trouble = f"the magic packet could not be sent ({error.strerror or error})"
        with self._lock:
            self._trouble = trouble


def _environment() -> dict[str, str]:
    """Ours, which a command like ``ssh`` needs, without our own secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MUSINGS_")}
