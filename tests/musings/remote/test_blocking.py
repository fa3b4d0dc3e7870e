"""The client without an event loop, before a real server with a worker."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from musings.client import Client, RemoteProgress
from musings.errors import UsageError
from tests.musings.api.conftest import Api

SMALL = {"width": 64, "height": 64}


@pytest.fixture(scope="module")
def picture(staffed_api: Api) -> Iterator[int]:
    with Client(staffed_api.address) as client:
        made = client.submit("a fox in the snow", prompt_type="image", parameters={**SMALL, "seed": 7}, count=2)
        yield client.wait(made.id).id


def test_a_picture_is_made_and_fetched(client: Client, picture: int, tmp_path: Path) -> None:
    done = client.prompt(picture)
    assert (done.succeeded, done.kind, done.parameters["seed"]) == (True, "image", 7)
    kept = client.download(done, tmp_path / "new" / "folder")
    assert [path.name for path in kept] == [
        f"{done.id}-{each.id}-{Path(each.file_path).name}" for each in done.artifacts
    ]
    assert len(kept) == 2
    for path, artifact in zip(kept, done.artifacts, strict=True):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == artifact.metadata["sha256"]
        with Image.open(path) as found:
            assert found.size == (64, 64)
    assert sorted(kept[0].parent.iterdir()) == sorted(kept)


def test_a_text_is_fetched_as_markdown(client: Client, tmp_path: Path) -> None:
    told: list[RemoteProgress] = []
    done = client.wait(client.submit("a haiku about rain", prompt_type="poem").id, on_progress=told.append)
    assert done.writing is not None
    [path] = client.download(done, tmp_path)
    assert (done.writing.content or "").strip() in path.read_text()
    without = done.model_copy(update={"artifacts": []})  # a row that another program wrote
    [path] = client.download(without, tmp_path)
    assert path.name == f"{done.id}-writing.md"
    assert path.read_text() == f"# {done.writing.title}\n\n{(done.writing.content or '').rstrip()}\n"


def test_a_file_is_sent_and_worked_from(client: Client, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (48, 32), "red").save(out, "PNG")
    (tmp_path / "photo.png").write_bytes(out.getvalue())
    ref = client.upload(tmp_path / "photo.png")
    assert ref.startswith("upload:")
    [field] = [
        field.name
        for each in client.workflows()
        if each.name == "image_inverted"
        for field in each.form
        if field.type == "image"
    ]
    asked = client.submit("inverted", prompt_type="image", workflow="image_inverted", parameters={field: ref})
    [path] = client.download(client.wait(asked.id), tmp_path)
    with Image.open(path) as found:
        assert found.convert("RGB").getpixel((1, 1)) == (0, 255, 255)


def test_a_file_that_is_not_there_is_said(client: Client, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no file"):
        client.upload(tmp_path / "gone.png")


def test_a_folder_that_cannot_be_written_is_said(client: Client, picture: int, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(UsageError, match="Nothing can be written"):
        client.download(client.prompt(picture), tmp_path / "taken")


def test_lists_go_on_with_their_cursor(client: Client, picture: int) -> None:
    client.submit("the newest", prompt_type="poem")
    first = client.prompts(limit=1)
    second = client.prompts(limit=1, cursor=first.next_cursor)
    assert second.items[0].id < first.items[0].id
    assert all(each.kind == "image" for each in client.prompts(prompt_type="image").items)
    assert client.prompts(search="newest", status="completed,pending,processing").items[0].prompt_text == "the newest"


def test_cancel_and_retry(client: Client, staffed_api: Api) -> None:
    httpx.post(f"{staffed_api.address}/api/queue/pause")
    try:
        waiting = client.submit("later", prompt_type="poem")
        assert client.cancel(waiting.id).status == "cancelled"
        assert client.retry(waiting.id).status == "pending"
        assert client.cancel(waiting.id).is_finished
        assert client.queue().paused
    finally:
        httpx.post(f"{staffed_api.address}/api/queue/resume")


def test_a_dry_run_queues_nothing(client: Client) -> None:
    newest = client.prompts(limit=1).items[0].id
    assert client.rehearse("a fox", prompt_type="image", workflow="sketch-image").ok
    refused = client.rehearse("a fox", prompt_type="image", parameters={"width": "wide"})
    assert not refused.ok
    assert refused.problems[0].where == "parameters.width"
    assert client.prompts(limit=1).items[0].id == newest


def test_health_and_presets(client: Client) -> None:
    assert client.health().status == "ok"
    assert client.presets("sketch-image").items == []


def test_the_environment_says_where_and_who(staffed_api: Api) -> None:
    with Client.from_environment({"MUSINGS_URL": staffed_api.address + "/", "MUSINGS_TOKEN": "sk-any"}) as client:
        assert client.health().version
    with pytest.raises(UsageError, match="MUSINGS_URL is not set"):
        Client.from_environment({"MUSINGS_TOKEN": "sk-any"})
