"""What became of a file, beside it."""

from pathlib import Path

import pytest

from musings.store.gallery import trash
from musings.store.queue import cancellation, retries
from musings.worker import assemble
from tests.musings.store.adding import add
from tests.musings.watched_folder.conftest import Inbox


def test_a_whole_way_through_the_worker(inbox: Inbox) -> None:
    inbox.drop("rain.txt", "rain on the roof")
    inbox.drop("image/fox.txt", "---\nparameters: {width: 64, height: 64}\n---\na fox in the snow")
    inbox.look()
    inbox.look("image")
    assemble.runner(inbox.settings, inbox.database).run_queue_processor(drain=True)
    inbox.look()
    inbox.look("image")
    found = inbox.names()
    assert {"rain-1/rain.txt", "image/fox-2/fox.txt"} <= set(found)
    [poem] = [name for name in found if name.startswith("rain-1/1-")]
    [picture] = [name for name in found if name.startswith("image/fox-2/2-")]
    assert (inbox.folder / poem).read_text().strip()
    assert (inbox.folder / picture).read_bytes()[:4] == b"\x89PNG"
    assert not [name for name in found if "waiting" in name or "partial" in name]
    assert len(inbox.prompts()) == 2, "a result was taken for a prompt"


def test_a_failure_is_said_and_a_retry_is_followed(inbox: Inbox) -> None:
    inbox.drop("fox.txt")
    inbox.look()
    inbox.fail(1)
    inbox.look()
    assert inbox.names() == ["fox-1.error.txt", "fox-1.failed.txt"]
    assert "The model is missing." in (inbox.folder / "fox-1.error.txt").read_text()
    inbox.database.writing(retries.retry, 1)
    inbox.look()
    assert inbox.names() == ["fox-1.waiting.txt"]
    inbox.complete(1)
    inbox.look()
    assert inbox.names() == ["fox-1", "fox-1/1-1-0001.png", "fox-1/fox.txt"]


def test_what_was_cancelled_or_thrown_away_is_said(inbox: Inbox) -> None:
    for name in ("one.txt", "two.txt"):
        inbox.drop(name)
    inbox.look()
    inbox.database.writing(cancellation.cancel, 1)
    inbox.database.writing(trash.discard, 2)
    inbox.look()
    assert "cancelled" in (inbox.folder / "one-1.error.txt").read_text().lower()
    assert "thrown away" in (inbox.folder / "two-2.error.txt").read_text()


def test_a_result_that_has_gone_is_said(inbox: Inbox) -> None:
    inbox.drop("fox.txt")
    inbox.look()
    inbox.complete(1)
    (inbox.media_root.folder / "image/1_x/0001.png").unlink()
    inbox.look()
    assert inbox.names() == ["fox-1.error.txt", "fox-1.failed.txt"]
    assert "not there any more" in (inbox.folder / "fox-1.error.txt").read_text()


def test_a_made_up_name_gets_nothing_of_others(inbox: Inbox) -> None:
    """Whoever may write into the folder must not read the gallery by it."""
    secret = add(inbox.database, "somebody else's", "image")
    inbox.complete(secret.id, b"private")
    inbox.drop(f"fox-{secret.id}.waiting.txt")
    inbox.drop("fox-999.waiting.txt")
    inbox.look()
    assert b"private" not in b"".join(path.read_bytes() for path in inbox.folder.rglob("*") if path.is_file())
    assert (inbox.folder / f"fox-{secret.id}.failed.txt").exists()


def test_nothing_that_stands_there_is_replaced_and_the_others_go_on(inbox: Inbox, tmp_path: Path) -> None:
    for name in ("fox.txt", "wren.txt"):
        inbox.drop(name)
    inbox.look()
    for prompt_id in (1, 2):
        inbox.complete(prompt_id)
    (inbox.folder / "fox-1").symlink_to(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match="fox-1"):
        inbox.look()
    assert sorted(tmp_path.iterdir()) == before
    assert (inbox.folder / "fox-1.waiting.txt").exists()
    assert (inbox.folder / "wren-2" / "wren.txt").exists()
