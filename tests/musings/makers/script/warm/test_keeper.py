"""A warm process and its keeper, with a real process and a stub ComfyUI."""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from musings import process
from musings.errors import Cancelled, CommandError
from musings.makers.script.warm.keeper import GIGABYTE, Export, Hooks, Keeper, Unserved
from tests.musings.makers.comfyui.doubles import EXPORT, export, stub_comfyui
from tests.musings.worker.conftest import until


class Desk:
    """An export, a keeper, and what its processes were."""

    def __init__(self, folder: Path) -> None:
        self.comfyui = stub_comfyui(folder / "ComfyUI")
        self.folder = folder
        self.path = export(folder)
        self.keeper = Keeper(idle_seconds=60, most_bytes=16 * GIGABYTE)
        self.started: list[str] = []
        self.logged: list[str] = []

    def export(self, *flags: str) -> Export:
        digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        return Export(self.path, digest, Path(sys.executable), flags=flags, cwd=self.comfyui)

    def run(self, *words: str, flags: tuple[str, ...] = (), hooks: Hooks | None = None) -> dict[str, Any]:
        """What the nodes were given."""
        output = self.folder / "output.png"
        given = [*words, f"--output={output}", f"--comfyui-directory={self.comfyui}", "--random-seed-type=fixed"]
        plain = Hooks(on_start=self.started.append, log=self.logged.append)
        self.printed = self.keeper.run(self.export(*flags), given, hooks or plain)
        seen: dict[str, Any] = json.loads(output.read_text(encoding="utf-8", errors="surrogatepass"))
        return seen

    @property
    def last(self) -> str:
        return self.started[-1]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.keeper.stop()
    assert not any(process.alive(who) for who in made.started)


def test_one_process_imports_and_loads_once(desk: Desk, tmp_path: Path) -> None:
    imports = tmp_path / "imports"
    desk.path.write_text(EXPORT + f"\nwith open({str(imports)!r}, 'a') as file:\n    file.write('x')\n")
    for seed in (7, 8, 9):
        seen = desk.run(f"--seed6={seed}", '--text5="a fox"')
        assert (seen["seed"], seen["positive"]) == (seed, "a fox")
    assert seen["loads"] == 1
    assert imports.read_text() == "x"
    assert len(set(desk.started)) == 1
    assert desk.last.startswith(f"{seen['process']}:")


def test_it_is_given_comfyuis_flags_and_prints_into_the_log(desk: Desk) -> None:
    seen = desk.run(flags=("--cpu",))
    assert seen["argv"] == [str(desk.path), "--cpu"]
    assert "Saved image to" in desk.printed
    assert "4/4" in desk.printed
    assert "end of request" not in desk.printed


def test_what_comes_on_stderr_is_followed(desk: Desk) -> None:
    heard = bytearray()
    desk.run(hooks=Hooks(on_stderr=heard.extend, on_start=desk.started.append))
    assert b"4/4" in heard


def test_a_crash_is_followed_by_a_new_process(desk: Desk) -> None:
    """The seed 666 kills the process, the second one too: what has never worked is not tried for ever."""
    desk.run()
    with pytest.raises(CommandError, match="SIGKILL") as caught:
        desk.run("--seed6=666")
    assert caught.value.code == -9
    assert len(set(desk.started)) == 2
    assert any("Once more, in a new one" in line for line in desk.logged)
    assert desk.run("--seed6=5")["seed"] == 5


def test_a_process_that_died_between_two_prompts_is_replaced(desk: Desk) -> None:
    desk.run()
    assert process.kill_group(desk.last)
    assert desk.run("--seed6=5")["seed"] == 5
    assert len(set(desk.started)) == 2


def test_a_failure_leaves_a_process_that_has_worked(desk: Desk) -> None:
    desk.run()
    with pytest.raises(CommandError) as caught:
        desk.run("--ckpt_name1=fix.safetensors")
    assert caught.value.code == 1
    assert "filename 'fix.safetensors' not found" in caught.value.stderr
    with pytest.raises(CommandError) as caught:
        desk.run("--nonsense=1")
    assert "unrecognized arguments: --nonsense=1" in caught.value.stderr
    assert desk.run()["loads"] == 1
    assert len(set(desk.started)) == 1


def test_a_process_that_has_never_worked_is_not_kept(desk: Desk) -> None:
    desk.path.write_text("import nothing_here\n")
    with pytest.raises(CommandError) as caught:
        desk.run()
    assert "No module named 'nothing_here'" in caught.value.stderr
    assert not process.alive(desk.last)


def test_too_much_memory_ends_it_after_the_prompt(desk: Desk) -> None:
    desk.keeper = Keeper(idle_seconds=60, most_bytes=1_000_000)
    for _ in range(2):
        assert desk.run()["loads"] == 1
        assert not process.alive(desk.last)
    assert len(set(desk.started)) == 2
    assert "it holds 0.0 GB" in desk.logged[-1]


def test_it_ends_when_it_has_nothing_to_do(desk: Desk) -> None:
    desk.keeper = Keeper(idle_seconds=0.05, most_bytes=GIGABYTE)
    desk.run()
    until(lambda: not process.alive(desk.last))
    assert desk.run()["loads"] == 1


def test_a_changed_file_and_another_export_get_a_new_process(desk: Desk) -> None:
    desk.run()
    desk.path.write_text(EXPORT.replace('default="a red fox"', 'default="a blue fox"'))
    assert desk.run()["positive"] == "a blue fox"
    desk.path = desk.path.rename(desk.path.with_name("other.py"))
    assert desk.run()["positive"] == "a blue fox"
    assert len(set(desk.started)) == 3
    assert sum(process.alive(who) for who in desk.started) == 1


def test_what_check_raises_kills_it(desk: Desk) -> None:
    def refuse() -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        desk.run(hooks=Hooks(check=refuse, on_start=desk.started.append))
    assert not process.alive(desk.last)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("parser", "words_parser"), "has not the shape"),
        (('if __name__ != "__main__":', "if True:"), "returned its result"),
    ],
)
def test_an_export_of_another_shape_is_left_to_a_cold_run(desk: Desk, change: tuple[str, str], why: str) -> None:
    desk.path.write_text(EXPORT.replace(*change))
    for _ in range(2):
        with pytest.raises(Unserved, match=why):
            desk.run()
    assert len(desk.started) == 1
    assert not process.alive(desk.last)


def test_its_home_goes_with_it(desk: Desk, tmp_path: Path) -> None:
    home = desk.keeper.home(tmp_path)
    assert home.is_dir()
    desk.keeper.stop()
    assert not home.exists()
