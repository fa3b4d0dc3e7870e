"""A kill before each touch of the disk: the file is one prompt in every case, and its results come whole."""

import sys
from collections.abc import Callable

from tests.musings.watched_folder.conftest import Inbox

EVENTS = ("open", "os.rename", "os.mkdir", "os.remove", "os.listdir")
MOST = 400


class Killed(BaseException):
    """Nothing that the code under test may catch, and nothing that it does afterwards reaches the disk."""


class Killer:
    """An audit hook of the interpreter, which cannot be taken away: one for all, armed and disarmed."""

    def __init__(self) -> None:
        self.left: int | None = None
        sys.addaudithook(self._hook)

    def _hook(self, event: str, _arguments: tuple[object, ...]) -> None:
        if self.left is None or event not in EVENTS:
            return
        if self.left <= 0:
            raise Killed
        self.left -= 1

    def kills(self, act: Callable[[], None], after: int) -> bool:
        """Whether ``act`` was cut off after so many touches."""
        self.left = after
        try:
            act()
        except Killed:
            return True
        finally:
            self.left = None
        return False


KILLER = Killer()


def swept(inbox: Inbox, begin: Callable[[str], None], end: Callable[[str], None]) -> int:
    """Look with a kill after each count of touches, and then once more in a new process."""
    for after in range(MOST):
        name = f"fox{after}"
        begin(name)
        was_killed = KILLER.kills(inbox.look, after)
        inbox.restart()
        inbox.look()
        end(name)
        if not was_killed:
            return after
    raise AssertionError(f"it touches the disk more than {MOST} times")


def test_a_kill_while_a_file_is_taken(inbox: Inbox) -> None:
    def end(name: str) -> None:
        found = [each for each in inbox.prompts() if each.metadata["watched_folder"]["file"] == f"{name}.txt"]
        assert len(found) == 1
        assert f"{name}-{found[0].id}.waiting.txt" in inbox.names()
        # Out of the way, so that each round touches as often as the first.
        (inbox.folder / f"{name}-{found[0].id}.waiting.txt").unlink()

    def begin(name: str) -> None:
        inbox.drop(f"{name}.txt")

    assert swept(inbox, begin, end) > 5


def test_a_kill_while_results_are_given_back(inbox: Inbox) -> None:
    ids: dict[str, int] = {}

    def begin(name: str) -> None:
        inbox.drop(f"{name}.txt")
        inbox.look()
        ids[name] = inbox.prompts()[-1].id
        inbox.complete(ids[name], b"made" * 1000)

    def end(name: str) -> None:
        base = f"{name}-{ids[name]}"
        mine = [each for each in inbox.names() if name in each and each.startswith((name + "-", "."))]
        picture = next(each for each in mine if each.endswith(".png"))
        assert mine == [base, picture, f"{base}/{name}.txt"]
        assert (inbox.folder / picture).read_bytes() == b"made" * 1000

    assert swept(inbox, begin, end) > 8


def test_a_kill_while_a_failure_is_said(inbox: Inbox) -> None:
    def begin(name: str) -> None:
        inbox.drop(f"{name}.txt")
        inbox.look()
        inbox.fail(inbox.prompts()[-1].id)

    def end(name: str) -> None:
        base = f"{name}-{inbox.prompts()[-1].id}"
        assert {f"{base}.error.txt", f"{base}.failed.txt"} <= set(inbox.names())
        (inbox.folder / f"{base}.failed.txt").unlink()

    assert swept(inbox, begin, end) > 5
