"""Files of others are decoded in a process of its own, and it is told whose fault its end is."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image

from musings import process
from musings.errors import AttemptError, Cancelled, ChildKilled, InternalFault, PassingFault, TimedOut, UserFault
from musings.files.disk import disk_error_in
from musings.media import decoder, decoder_process
from musings.media.decoder import Decoder
from musings.media.encoding import write_blocks
from musings.process.identity import alive, identity
from tests.disks import fill
from tests.musings.media.drawn import slope
from tests.waiting import until

PLAY = f"""
import json, os, signal, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    words = asked["arguments"].get("words", [])
    said = words.pop(0) if words else "done"
    if words or said != "done":
        # Once for each child: what is left is on the disk.
        state = asked["path"]
        with open(state) as file:
            left = json.load(file)
        said = left.pop(0) if left else "done"
        with open(state, "w") as file:
            json.dump(left, file)
    if said.startswith("SIG"):
        os.kill(os.getpid(), getattr(signal, said))
        time.sleep(60)
    if said == "exit":
        sys.exit("no luck")
    if said == "hang":
        time.sleep(60)
    if said == "long":
        print("x" * {decoder_process.MOST_ANSWER_BYTES + 100_000}, flush=True)
        time.sleep(60)
    print(json.dumps({{"done": {{"pid": os.getpid()}}}}) if said == "done" else said, flush=True)
"""
"""A child that ends as it is told to, whatever it is asked."""


@pytest.fixture
def acted(tmp_path: Path) -> Iterator[Any]:
    """Asks a child that does, one after another and over all its lives, what a list says."""
    made: list[Decoder] = []

    def ask(*words: str, check: Any = lambda: None, **bounds: Any) -> Any:
        state = tmp_path / "a.png"
        state.write_text(json.dumps(words))
        made.append(Decoder(command=(sys.executable, "-c", PLAY), **bounds))
        return made[-1].ask("image", state, check, words=list(words))

    yield ask
    for each in made:
        each.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    slope(60, 30).save(tmp_path / "a.png")
    return tmp_path / "a.png"


@pytest.fixture
def small() -> Iterator[Decoder]:
    """200 MB for one file."""
    made = Decoder(memory_bytes=200_000_000)
    yield made
    made.close()


def test_the_child_is_started_with_the_first_file_and_reads_the_next(picture: Path, tmp_path: Path) -> None:
    ours = psutil.Process()
    before = {each.pid for each in ours.children()}
    made = Decoder()
    assert {each.pid for each in ours.children()} == before
    for _ in range(2):
        found = made.ask("image", picture, preview=str(tmp_path / "p.webp"))
        assert (found["width"], found["height"]) == (60, 30)
    [child] = {each.pid for each in ours.children()} - before
    made.close()
    assert not psutil.pid_exists(child)
    assert made.ask("read_picture", picture)["width"] == 60, "and whoever asks again starts anew"
    made.close()


def test_a_child_is_replaced_after_so_many_files(picture: Path) -> None:
    made = Decoder(files=1)
    pids = [child_while(made, picture) for _ in range(2)]
    made.close()
    assert pids[0] != pids[1]


def child_while(made: Decoder, picture: Path) -> int:
    before = {each.pid for each in psutil.Process().children()}
    seen: list[int] = []

    def check() -> None:
        seen.extend(each.pid for each in psutil.Process().children() if each.pid not in before)

    made.ask("read_picture", picture, check)
    return seen[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="macOS bounds no memory")
def test_a_file_that_takes_too_much_memory_is_at_fault_and_the_next_is_read(
    small: Decoder, picture: Path, tmp_path: Path
) -> None:
    Image.new("RGBA", (7_000, 7_500)).save(tmp_path / "large.png", compress_level=1)
    for _ in range(2):
        assert small.ask("read_picture", picture)["width"] == 60
        with pytest.raises(UserFault, match=r"^large\.png could not be decoded within 200 MB of memory\.$"):
            small.ask("read_picture", tmp_path / "large.png")


def test_a_file_that_takes_too_much_time_is_at_fault(tmp_path: Path) -> None:
    """A small file of many hours of silence."""
    hour = (np.zeros((48_000, 1), np.float32) for _ in range(400))
    write_blocks(hour, 8_000, 1, tmp_path / "a.flac", {})
    made = Decoder(cpu_seconds=0)
    with pytest.raises(UserFault, match=r"^a\.flac could not be decoded: it takes more time than any file may\.$"):
        made.ask("audio", tmp_path / "a.flac", preview=str(tmp_path / "p.webp"))
    made.close()


def test_a_decoder_that_crashes_twice_is_brought_down_by_the_file(acted: Any) -> None:
    for name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE"):
        with pytest.raises(UserFault, match=rf"^a\.png brings its decoder down \({name}\)\.$"):
            acted(name, name)
    assert acted("SIGSEGV")["pid"], "once may be what an earlier file has left behind"


def test_a_child_that_somebody_kills_is_asked_again(acted: Any) -> None:
    for name in ("SIGKILL", "SIGTERM"):
        assert acted(name, name)["pid"]
    with pytest.raises(PassingFault, match=r"decodes a\.png was ended 3 times: .* signal SIGKILL") as caught:
        acted("SIGKILL", "SIGKILL", "SIGKILL")
    assert type(caught.value) is ChildKilled


def test_where_somebody_kills_the_children_of_others_too_it_is_asked_more_often(tmp_path: Path) -> None:
    state = tmp_path / "a.png"
    made = Decoder(command=(sys.executable, "-c", PLAY))
    try:
        for kills, survives in ((4, False), (1, True), (8, True), (9, False)):
            state.write_text(json.dumps(words := ["SIGKILL"] * kills))
            with nullcontext() if survives else pytest.raises(PassingFault, match=r"decodes a\.png was ended"):
                assert made.ask("image", state, words=words)["pid"]
    finally:
        made.close()


def test_a_child_that_cannot_work_is_no_fault_of_the_file(acted: Any) -> None:
    with pytest.raises(PassingFault, match="exit code 1") as caught:
        acted("exit", "exit", "exit")
    assert "no luck" in caught.value.log
    with pytest.raises(PassingFault, match="could not be started"):
        Decoder(command=("no-such-program",)).ask("image", Path("a.png"))


@pytest.mark.parametrize("line", ["words", "[1]", "long"])
def test_an_answer_that_is_none_is_not_believed(acted: Any, line: str) -> None:
    with pytest.raises(PassingFault):
        acted(line, line, line)


def test_it_can_be_stopped_at_any_moment_and_nothing_is_left(acted: Any) -> None:
    asked: list[int] = []

    def check() -> None:
        asked.append(1)
        if len(asked) > 2:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        acted("hang", check=check)
    assert not [each for each in psutil.Process().children() if PLAY in each.cmdline()]
    with pytest.raises(TimedOut, match=r"a\.png could not be decoded within 0\.2 s"):
        acted("hang", wall_seconds=0.2)


def test_a_file_waits_for_the_first_child_before_it_gets_another(
    picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Decoder()
    before = {each.pid for each in psutil.Process().children()}
    made.prepare()
    made.prepare()
    [first] = started = {each.pid for each in psutil.Process().children()} - before
    inside, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        inside.set()
        go_on.wait(30)

    thread = threading.Thread(target=made.ask, args=("read_picture", picture, hold))
    thread.start()
    assert inside.wait(30)
    monkeypatch.setattr(decoder, "PATIENCE_SECONDS", 0.0)
    assert made.ask("read_picture", picture)["width"] == 60
    assert len({each.pid for each in psutil.Process().children()} - before) == 2
    assert started == {first}
    go_on.set()
    thread.join()
    made.close()


def test_a_third_waits_for_a_place(acted: Any, picture: Path) -> None:
    made = Decoder(children=1)
    inside, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        inside.set()
        go_on.wait(30)

    first = threading.Thread(target=made.ask, args=("read_picture", picture, hold))
    first.start()
    assert inside.wait(30)

    def refuse() -> None:
        raise Cancelled("waited")

    with pytest.raises(Cancelled, match="waited"):
        made.ask("read_picture", picture, refuse)
    go_on.set()
    first.join()
    assert made.ask("read_picture", picture)["width"] == 60
    made.close()


def test_errors_come_out_as_they_went_in(tmp_path: Path, picture: Path) -> None:
    (tmp_path / "words.png").write_text("no picture")
    with pytest.raises(AttemptError, match=r"words\.png is not a picture") as caught:
        decoder.ask("image", tmp_path / "words.png", preview=str(tmp_path / "p.webp"))
    assert type(caught.value) is AttemptError
    assert "PNG" in (caught.value.hint or "")
    with pytest.raises(FileNotFoundError) as missing:
        decoder.ask("image", picture, preview=str(tmp_path / "no" / "such" / "p.webp"))
    assert missing.value.filename == str(tmp_path / "no" / "such" / "p.webp")
    with pytest.raises(InternalFault, match="unexpected keyword") as bug:
        decoder.ask("image", picture, colour="red")
    assert "Traceback" in bug.value.log


def test_a_full_disk_under_a_preview_is_told_as_the_disks(small_disk: Path, picture: Path) -> None:
    fill(small_disk)
    with pytest.raises((OSError, AttemptError)) as caught:
        decoder.ask("image", picture, preview=str(small_disk / "p.webp"))
    assert disk_error_in(caught.value) is not None


@pytest.mark.parametrize(
    "name", ["plain", "n\u0303\U0001f98a 'quoted' \"twice\"", "line\nbreak", "%03d", os.fsdecode(b"caf\xe9")]
)
def test_any_name_of_a_file_gets_through(tmp_path: Path, name: str) -> None:
    if sys.platform == "darwin" and not name.isprintable():
        pytest.skip("this system takes no such name")
    slope(60, 30).save(tmp_path / "a.png")
    path = (tmp_path / "a.png").rename(tmp_path / f"{name}.png")
    assert decoder.ask("read_picture", path)["width"] == 60


KILLED = """
import sys, time
from pathlib import Path
from musings.media import decoder, decoder_process
def check():
    if not told: print("working", flush=True)
    told.append(1)
told = []
decoder.ask(sys.argv[1], Path(sys.argv[2]), check, **({"preview": sys.argv[3]} if len(sys.argv) > 3 else {}))
print("done", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("busy", [False, True])
def test_a_parent_that_is_killed_leaves_no_child(tmp_path: Path, busy: bool) -> None:
    """Neither one that waits for work nor one that decodes."""
    path = tmp_path / "a.flac"
    write_blocks((np.zeros((48_000, 1), np.float32) for _ in range(600 if busy else 1)), 48_000, 1, path, {})
    words = [sys.executable, "-c", KILLED, "audio", str(path), str(tmp_path / "p.webp")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        while parent.stdout.readline().strip() != ("working" if busy else "done"):
            assert parent.poll() is None
        children = [identity(each.pid) for each in psutil.Process(parent.pid).children()]
        assert len(children) == 1
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    until(lambda: not any(map(alive, children)))


def test_who_never_asks_never_starts_a_child_and_loads_no_decoder() -> None:
    program = (
        "import sys\nimport musings.media.decoder, musings.media.facts, musings.media.kinds, musings.requests.uploads\n"
        "import psutil\nassert not psutil.Process().children()\n"
        "assert not {'av', 'PIL', 'numpy'} & set(sys.modules), sys.modules.keys()\n"
    )
    process.run((sys.executable, "-c", program))
