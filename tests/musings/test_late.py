"""The one door to a late import: one thread at a time, and nothing half made."""

import sys
import threading
from collections.abc import Iterator

import pytest

from musings import late
from musings.late import importing, is_mine


def test_the_thread_inside_knows_that_it_is() -> None:
    seen: list[bool] = []
    with importing():
        seen.append(is_mine())
        with importing():
            seen.append(is_mine())
        seen.append(is_mine())
        other = threading.Thread(target=lambda: seen.append(is_mine()))
        other.start()
        other.join()
    assert [*seen, is_mine()] == [True, True, True, False, False]


def test_another_thread_waits_until_it_is_over() -> None:
    order: list[str] = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with importing():
            order.append("second")

    thread = threading.Thread(target=second)
    with importing():
        thread.start()
        assert begun.wait(5)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_a_failed_import_opens_the_door_again() -> None:
    with pytest.raises(ModuleNotFoundError), importing():
        import musings_has_no_such_module  # type: ignore[import-not-found]  # noqa: F401
    assert not is_mine()
    entered = threading.Event()

    def enter() -> None:
        with importing():
            entered.set()

    threading.Thread(target=enter, daemon=True).start()
    assert entered.wait(5)


@pytest.fixture
def package(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A library that imports a part of itself only when it is first used."""
    from pathlib import Path

    folder = Path(str(tmp_path)) / "lazy_library"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "part.py").write_text("used = []\ndef init():\n    used.append(1)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "lazy_library"
    for name in [name for name in sys.modules if name.startswith("lazy_library")]:
        del sys.modules[name]
    late._COMPLETE.discard("lazy_library")


def test_what_a_library_would_import_later_comes_with_it_once(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {package: ("lazy_library.part:init", "lazy_library.of_another_version")}
    monkeypatch.setattr(late, "FIRST_USE", wanted)
    for _ in range(2):
        with importing():
            __import__(package)
    assert sys.modules["lazy_library.part"].used == [1]
