"""`musings check-files`: what rows and files lack of each other."""

from tests.musings.commands.conftest import Call
from tests.musings.housekeeping.stock import Stock


def test_check_files_tells_and_mends(stock: Stock, call: Call) -> None:
    stock.add()
    (stock.root.folder / "image/1_20261122T101500/0001.bin").unlink()
    stock.write("image/stray.png", b"x")
    said = call("check-files", code=1)
    assert "1 rows have lost their file (--repair marks them):\n  prompt 1: image/1_" in said
    assert "1 files are named by no row (--repair moves them aside):\n  image/stray.png" in said
    call("check-files", "--repair", code=1)
    assert not (stock.root.folder / "image/stray.png").exists()
    stock.write("image/1_20261122T101500/0001.bin", b"x")
    assert "All is well now." in call("check-files", "--repair")
    assert call("check-files", "--verify", "--json")["clean"] is True
