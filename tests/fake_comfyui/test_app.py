"""The HTTP surface of the fake beyond the contract: channels of pictures, lists, and broken bodies."""

import io
import uuid
from collections.abc import Iterator

import httpx
import pytest
from PIL import Image

from fake_comfyui.server import MODELS, FakeComfy
from tests.contract import watch
from tests.musings.makers.comfyui.graphs import picture


@pytest.fixture
def client(fake: FakeComfy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fake.url, trust_env=False, timeout=10) as opened:
        yield opened


def shown(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content))


def test_the_channels_of_a_picture(fake: FakeComfy, client: httpx.Client) -> None:
    Image.new("RGBA", (4, 3), (10, 20, 30, 40)).save(fake.folders.of("output") / "a.png")
    alpha = shown(client.get("/view", params={"filename": "a.png", "channel": "a"}))
    assert (alpha.mode, alpha.getpixel((0, 0))) == ("L", 40)
    rgb = shown(client.get("/view", params={"filename": "a.png", "channel": "rgb"}))
    assert (rgb.mode, rgb.getpixel((0, 0))) == ("RGB", (10, 20, 30))


@pytest.mark.parametrize(("preview", "kind"), [("webp;50", "WEBP"), ("jpeg;90", "JPEG")])
def test_a_preview_is_of_the_kind_that_was_asked_for(
    fake: FakeComfy, client: httpx.Client, preview: str, kind: str
) -> None:
    Image.new("RGBA", (40, 30), (10, 20, 30, 40)).save(fake.folders.of("output") / "a.png")
    answer = client.get("/view", params={"filename": "a.png", "preview": preview})
    assert (shown(answer).format, shown(answer).size) == (kind, (40, 30))
    assert answer.headers["content-type"] == f"image/{kind.lower()}"


def test_a_preview_of_what_is_no_picture_is_trouble(fake: FakeComfy, client: httpx.Client) -> None:
    (fake.folders.of("output") / "a.flac").write_bytes(b"fLaC")
    answer = client.get("/view", params={"filename": "a.flac", "preview": "webp"})
    assert (answer.status_code, answer.text.partition("\n")[0]) == (500, "500 Internal Server Error")
    assert client.get("/view", params={"filename": "a.flac"}).headers["content-type"] == "audio/flac"


def test_models_are_listed_by_folder(client: httpx.Client) -> None:
    assert client.get("/models").json() == ["checkpoints"]
    assert client.get("/models/checkpoints").json() == list(MODELS)
    assert client.get("/models/loras").status_code == 404
    assert client.get("/embeddings").json() == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"files": {"image": ("a/b.png", b"1")}}, 500),
        ({"files": {"other": ("a.png", b"1")}}, 400),
        ({"data": {"image": "no file"}}, 500),
        ({"files": {"image": ("a.png", b"1")}, "data": {"subfolder": "../out"}}, 400),
    ],
)
def test_an_upload_that_makes_no_sense(
    fake: FakeComfy, client: httpx.Client, form: dict[str, dict[str, object]], status: int
) -> None:
    assert client.post("/upload/image", **form).status_code == status  # type: ignore[arg-type]
    assert list(fake.folders.of("input").iterdir()) == []


def test_an_upload_replaces_another_only_when_asked(fake: FakeComfy, client: httpx.Client) -> None:
    def upload(data: bytes, **more: str) -> str:
        answer = client.post("/upload/image", files={"image": ("a.png", data)}, data=more)
        assert answer.json()["type"] == "input"
        return str(answer.json()["name"])

    assert [upload(b"1"), upload(b"2"), upload(b"3", overwrite="true")] == ["a.png", "a (1).png", "a.png"]
    assert (fake.folders.of("input") / "a.png").read_bytes() == b"3"


def test_what_waits_can_be_deleted_or_cleared(fake: FakeComfy, client: httpx.Client) -> None:
    fake.faults.on("wedged-worker")
    for name in ("a", "b", "c"):
        watch.post(fake.url, picture(), prompt_id=name)

    def waiting() -> list[str]:
        pending = client.get("/queue").json()["queue_pending"]
        assert client.get("/prompt").json()["exec_info"]["queue_remaining"] == len(pending)
        return [item[1] for item in pending]

    assert client.post("/queue", json={"delete": ["b", "unknown"]}).status_code == 200
    assert waiting() == ["a", "c"]
    client.post("/queue", json={"clear": True})
    assert waiting() == []


def test_the_history_is_read_from_its_end_and_can_be_forgotten(fake: FakeComfy, client: httpx.Client) -> None:
    ids = [watch.run(fake.url, picture(color=color)).prompt_id for color in (1, 2, 3)]
    assert list(client.get("/history").json()) == ids
    assert list(client.get("/history?max_items=2").json()) == ids[1:]
    assert client.get("/history?max_items=0").json() == {}
    client.post("/history", json={"delete": [ids[0], "unknown"]})
    assert list(client.get("/history").json()) == ids[1:]
    client.post("/history", json={"clear": True})
    assert client.get("/history").json() == {}


def test_a_lost_reply_has_queued_its_job(fake: FakeComfy, client: httpx.Client) -> None:
    fake.faults.on("lost-reply")
    prompt_id = str(uuid.uuid4())
    with pytest.raises(httpx.RemoteProtocolError):
        watch.post(fake.url, picture(), prompt_id=prompt_id)
    again = watch.post(fake.url, picture(), prompt_id=prompt_id)
    assert again.json()["prompt_id"] == prompt_id
    assert fake.counts.posts == {prompt_id: 2}


@pytest.mark.parametrize("fault", ["truncated-view", "wrong-length-view"])
def test_half_a_file_breaks_off_or_calls_itself_whole(fake: FakeComfy, client: httpx.Client, fault: str) -> None:
    (fake.folders.of("output") / "a.png").write_bytes(bytes(1000))
    fake.faults.on(fault)
    if fault == "truncated-view":
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/view?filename=a.png")
    else:
        answer = client.get("/view?filename=a.png")
        assert (len(answer.content), answer.headers["content-length"]) == (500, "500")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/free", 404), ("POST", "/view", 405)])
def test_a_wrong_turn(client: httpx.Client, method: str, path: str, status: int) -> None:
    for each in (path, f"/api{path}"):
        assert client.request(method, each).status_code == status
