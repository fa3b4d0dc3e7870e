"""Facts and posters of videos that FFmpeg writes here."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from musings.errors import AttemptError
from musings.media.videos import VideoFacts, read_video, write_poster


def film(path: Path, codec: str = "libx264", *, dark: int = 5, sound: bool = False) -> None:
    """Two seconds at 10 fps, 640 × 360; black for the first ``dark`` frames, then red."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        if sound:
            track = container.add_stream("aac", rate=44_100, layout="mono")
            assert isinstance(track, av.AudioStream)
            quiet = av.AudioFrame.from_ndarray(np.zeros((1, 44_100), np.float32), format="fltp", layout="mono")
            quiet.sample_rate = 44_100
            container.mux(track.encode(quiet))
            container.mux(track.encode(None))
        for number in range(20):
            picture = np.zeros((360, 640, 3), np.uint8)
            picture[..., 0] = 0 if number < dark else 200
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.mkv"])
def test_reads_the_facts(tmp_path: Path, name: str) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    film(tmp_path / name, codec)
    facts = read_video(tmp_path / name)
    assert facts == VideoFacts(640, 360, 2.0, 10.0, "vp9" if "vp9" in codec else "h264", has_audio=False)


def test_knows_when_there_is_sound(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4", sound=True)
    assert read_video(tmp_path / "a.mp4").has_audio


@pytest.mark.parametrize(("dark", "red"), [(0, True), (5, True), (20, False)])
def test_the_poster_is_the_first_frame_with_something_on_it(tmp_path: Path, dark: int, red: bool) -> None:
    film(tmp_path / "a.mp4", dark=dark)
    write_poster(tmp_path / "a.mp4", tmp_path / "a.webp")
    with Image.open(tmp_path / "a.webp") as poster:
        assert (poster.format, poster.size) == ("WEBP", (512, 288))
        assert (np.asarray(poster.convert("RGB"))[..., 0].mean() > 100) == red


@pytest.mark.parametrize("content", [b"", b"only words" * 100])
def test_refuses_what_is_no_video(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.mp4").write_bytes(content)
    with pytest.raises(AttemptError, match=r"odd\.mp4"):
        read_video(tmp_path / "odd.mp4")
    with pytest.raises(AttemptError, match=r"odd\.mp4"):
        write_poster(tmp_path / "odd.mp4", tmp_path / "a.webp")
    assert not (tmp_path / "a.webp").exists()


def test_refuses_half_a_video(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4")
    content = (tmp_path / "a.mp4").read_bytes()
    (tmp_path / "a.mp4").write_bytes(content[: len(content) // 2])
    with pytest.raises(AttemptError, match="cut off"):
        read_video(tmp_path / "a.mp4")
