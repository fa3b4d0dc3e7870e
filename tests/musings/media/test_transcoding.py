import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from musings.errors import AttemptError
from musings.files.marking.xmp import Mark, SourceType
from musings.media import transcoding
from musings.media.sounds import write_flac
from tests.musings.files.marking.samples import perceived, sample, told_type

RATE = 22_050
SECONDS = 3


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tone") / "a.flac"
    samples = np.sin(np.arange(RATE * SECONDS) / 20).astype(np.float32) * 0.3
    write_flac(samples.reshape(-1, 1), RATE, path, {})
    return path


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("mp3", "mp3float", RATE),
        ("opus", "opus", 48_000),
        ("aac", "aac", RATE),
        ("flac", "flac", RATE),
        ("wav", "pcm_s16le", RATE),
    ],
)
def test_a_sound_is_the_same_in_another_format(tone: Path, name: str, codec: str, rate: int) -> None:
    content = b"".join(transcoding.sound(tone, name))
    with av.open(io.BytesIO(content), "r") as found:
        stream = found.streams.audio[0]
        frames = [frame.to_ndarray() for frame in found.decode(stream)]
        assert (stream.rate, stream.channels) == (rate, 1)
        # A bare ``opus`` where libopus decodes: FFmpeg has two decoders, and which one serves is its own choice.
        assert codec in stream.codec_context.name
    seconds = sum(each.shape[-1] for each in frames) / rate
    assert seconds == pytest.approx(SECONDS, abs=0.15)  # the frames of a codec have a length of their own


def test_a_wav_says_how_long_it_is(tone: Path) -> None:
    content = b"".join(transcoding.sound(tone, "wav"))
    assert content[:4] == b"RIFF"
    assert int.from_bytes(content[4:8], "little") == len(content) - 8


def test_pcm_is_raw_at_24_kilohertz(tone: Path) -> None:
    content = b"".join(transcoding.sound(tone, "pcm"))
    assert len(content) == 2 * 24_000 * SECONDS
    assert np.abs(np.frombuffer(content, "<i2")).max() == pytest.approx(0.3 * 32767, rel=0.05)


@pytest.mark.parametrize("name", [name for name in transcoding.SOUND_FORMATS if name != "pcm"])
def test_music_keeps_both_sides(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.flac"
    left = np.sin(np.arange(RATE) / 20).astype(np.float32) * 0.3
    write_flac(np.stack([left, left * 0], axis=1), RATE, path, {})
    for mono, channels in ((False, 2), (True, 1)):
        content = b"".join(transcoding.sound(path, name, mono=mono))
        with av.open(io.BytesIO(content), "r") as found:
            assert found.streams.audio[0].channels == channels
    raw = b"".join(transcoding.sound(path, "pcm", mono=False))
    sides = np.frombuffer(raw, "<i2").reshape(-1, 2)
    assert np.abs(sides[:, 0]).max() > 9000
    assert np.abs(sides[:, 1]).max() < 100


@pytest.mark.parametrize("name", ["mp3", "opus", "aac", "pcm"])
def test_the_first_pieces_come_before_the_whole_is_encoded(tone: Path, name: str) -> None:
    pieces = list(transcoding.sound(tone, name))
    assert len(pieces) > 2
    assert all(pieces)


@pytest.mark.parametrize("name", ["mp3", "wav"])
def test_what_is_no_sound_is_said_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(b"fLaC, it says")
    with pytest.raises(AttemptError, match=r"a\.flac cannot be read"):
        list(transcoding.sound(path, name))


@pytest.mark.parametrize("name", transcoding.PICTURE_TYPES)
def test_a_picture_is_the_same_in_another_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (40, 30), (200, 30, 30, 255)).save(path)
    with Image.open(io.BytesIO(transcoding.picture(path, name))) as found:
        assert (found.format, found.size) == (transcoding.PICTURE_TYPES[name], (40, 30))
        assert found.convert("RGB").getpixel((5, 5)) == pytest.approx((200, 30, 30), abs=4)


def test_a_picture_that_is_as_wanted_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (4, 3)).save(path)
    assert transcoding.picture(path, "png") == path.read_bytes()


def test_quality_makes_a_file_smaller(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path)
    assert len(transcoding.picture(path, "jpeg", 5)) < len(transcoding.picture(path, "jpeg", 95)) / 2
    assert len(transcoding.picture(path, "webp", 0)) < len(transcoding.picture(path, "webp", 100)) / 2


def test_what_is_no_picture_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"no picture")
    with pytest.raises(AttemptError, match=r"a\.png cannot be read as a picture"):
        transcoding.picture(path, "png")


@pytest.mark.parametrize("name", ["mp3", "opus", "aac", "flac", "wav"])
def test_a_sound_says_what_made_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(sample("flac"))
    plain = b"".join(transcoding.sound(path, name))
    marked = b"".join(transcoding.sound(path, name, mark=Mark(SourceType.ALGORITHMIC)))
    assert told_type(plain, name) is None
    assert told_type(marked, name) == SourceType.ALGORITHMIC.address
    assert perceived(marked, name) == perceived(plain, name)


def test_raw_samples_have_no_place_for_it(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(sample("flac"))
    marked = b"".join(transcoding.sound(path, "pcm", mark=Mark(SourceType.ALGORITHMIC)))
    assert marked == b"".join(transcoding.sound(path, "pcm"))
