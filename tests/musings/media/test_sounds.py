"""Facts, loudness, peaks, tags and pictures of sound files, against files written here."""

import tracemalloc
import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from musings.errors import AttemptError
from musings.media import sounds
from musings.media.decoding import blocks
from musings.media.encoding import write_blocks
from musings.media.sounds import loudness_lufs, peaks, read_sound, read_tags, write_flac
from musings.media.waveform import write_waveform

RATE = 44_100
FORMATS = [
    ("a.flac", "flac", "s16", RATE, "flac", 16),
    ("deep.flac", "flac", "s32", RATE, "flac", 24),
    ("a.wav", "pcm_s16le", "s16", RATE, "wav", 16),
    ("float.wav", "pcm_f32le", "flt", RATE, "wav", 32),
    ("a.mp3", "libmp3lame", "fltp", RATE, "mp3", None),
    ("a.opus", "libopus", "flt", 48_000, "ogg", None),
    ("a.m4a", "aac", "fltp", RATE, "m4a", None),
]


def sine(hertz: float, seconds: float, decibels: float, rate: int = RATE) -> NDArray[np.float32]:
    time = np.arange(round(rate * seconds)) / rate
    wave = 10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * time)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def encode(path: Path, codec: str, fmt: str, rate: int, samples: NDArray[np.float32]) -> None:
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="stereo")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format=fmt, layout="stereo", rate=rate)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        stream.format = fmt
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(("name", "codec", "fmt", "rate", "container", "depth"), FORMATS)
def test_reads_the_facts_of_each_container(
    tmp_path: Path, name: str, codec: str, fmt: str, rate: int, container: str, depth: int | None
) -> None:
    encode(tmp_path / name, codec, fmt, rate, sine(440, 3, -12, rate))
    facts = read_sound(tmp_path / name)
    assert facts.duration == pytest.approx(3.0, abs=0.05)
    assert (facts.sample_rate, facts.channels, facts.container) == (rate, 2, container)
    assert facts.codec == codec.removeprefix("lib").replace("mp3lame", "mp3")
    assert facts.bit_depth == depth


@pytest.mark.parametrize(("name", "codec", "fmt", "rate"), [row[:4] for row in FORMATS])
def test_refuses_half_a_file(tmp_path: Path, name: str, codec: str, fmt: str, rate: int) -> None:
    path = tmp_path / name
    encode(path, codec, fmt, rate, sine(440, 3, -12, rate))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AttemptError, match="cut off") as caught:
        read_sound(path)
    assert name in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"not a sound at all, only words" * 40, b"fLaC" + bytes(400)])
def test_refuses_what_is_no_sound(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.flac"
    path.write_bytes(content)
    for reader in (read_sound, peaks, loudness_lufs, read_tags):
        with pytest.raises(AttemptError, match=r"odd\.flac"):
            reader(path)


def test_refuses_a_missing_file_and_a_picture(tmp_path: Path) -> None:
    with pytest.raises(AttemptError, match="missing"):
        read_sound(tmp_path / "gone.flac")
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(AttemptError, match="no sound"):
        read_sound(tmp_path / "a.png")


def test_an_endless_wav_header_is_no_fault(tmp_path: Path) -> None:
    """Programs that write to a pipe leave the size at 0xFFFFFFFF."""
    path = tmp_path / "pipe.wav"
    encode(path, "pcm_s16le", "s16", RATE, sine(440, 1, -12))
    content = bytearray(path.read_bytes())
    content[4:8] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert read_sound(path).duration == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_loudness_of_the_reference_tone(tmp_path: Path, level: float) -> None:
    """EBU Tech 3341, cases 1 and 2: a stereo sine near 1 kHz at x dBFS measures x LUFS, to 0.1 LU."""
    tone = sine(997, 20, level, 48_000)
    assert loudness_lufs(tone, 48_000) == pytest.approx(level, abs=0.1)
    write_flac(tone, 48_000, tmp_path / "tone.flac", {})
    assert loudness_lufs(tmp_path / "tone.flac") == pytest.approx(level, abs=0.1)


def test_loudness_gates_silence_out() -> None:
    tone = sine(997, 10, -23)
    padded = np.concatenate([tone, np.zeros((20 * RATE, 2), np.float32)])
    assert loudness_lufs(padded, RATE) == pytest.approx(-23, abs=0.2)


def test_loudness_of_one_channel_is_three_decibels_less() -> None:
    assert loudness_lufs(sine(997, 5, -23)[:, :1], RATE) == pytest.approx(-26, abs=0.1)


@pytest.mark.parametrize("samples", [np.zeros((RATE, 2), np.float32), sine(997, 0.3, -6)])
def test_silence_and_a_blip_have_no_loudness(samples: NDArray[np.float32]) -> None:
    assert loudness_lufs(samples, RATE) is None


def test_peaks_follow_the_envelope(tmp_path: Path) -> None:
    ramp = np.linspace(0, 1, 8 * RATE, dtype=np.float32)[:, None] * sine(1000, 8, 0)
    write_flac(ramp, RATE, tmp_path / "ramp.flac", {})
    found = peaks(tmp_path / "ramp.flac", 100)
    assert len(found) == 100
    assert np.allclose(found, (np.arange(100) + 1) / 100, atol=0.012)
    assert all(round(level, 3) == level for level in found)


def test_peaks_keep_a_single_loud_sample_at_its_place(tmp_path: Path) -> None:
    samples = np.zeros((30 * RATE, 1), np.float32)
    samples[RATE * 15 + RATE // 20] = 0.9
    write_flac(samples, RATE, tmp_path / "click.flac", {})
    found = peaks(tmp_path / "click.flac", 400)
    assert found.index(max(found)) == 200
    assert max(found) == pytest.approx(0.9, abs=0.001)


def test_peaks_of_a_file_shorter_than_the_buckets(tmp_path: Path) -> None:
    write_flac(sine(440, 0.005, -6), RATE, tmp_path / "short.flac", {})
    assert len(peaks(tmp_path / "short.flac", 400)) == 220


def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    def quiet(minutes: int) -> Iterator[NDArray[np.float32]]:
        for _ in range(minutes * 60):
            yield np.zeros((8000, 1), np.float32)

    used = []
    for minutes in (1, 20):
        path = tmp_path / f"{minutes}.flac"
        write_blocks(quiet(minutes), 8000, 1, path, {})
        tracemalloc.start()
        assert len(peaks(path)) == 400
        used.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert used[1] < used[0] * 1.5 + 100_000


def test_flac_says_what_was_written(tmp_path: Path) -> None:
    samples = sine(440, 1.234, -3)
    tags = {
        "prompt": "Regen über dem Meer 🌧\nzweite Zeile",
        "recipe": '{"seed": 7}',
        "comment": "a=b",
        "title": "T",
    }
    write_flac(samples, RATE, tmp_path / "a.flac", tags)
    assert read_tags(tmp_path / "a.flac") == tags
    back = np.concatenate(list(blocks(tmp_path / "a.flac")))
    assert back.shape == samples.shape
    assert np.abs(back - samples).max() < 2.6 / 32768


def test_flac_bytes_are_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a.flac", "b.flac"):
        write_flac(sine(440, 2, -3), RATE, tmp_path / name, {"prompt": "x"})
    assert (tmp_path / "a.flac").read_bytes() == (tmp_path / "b.flac").read_bytes()


def test_flac_survives_hostile_tags_and_samples(tmp_path: Path) -> None:
    samples = np.array([[5.0, -5.0]] * 9000, np.float32)
    write_flac(samples, RATE, tmp_path / "a.flac", {"a=b": "x\x00y\ud800", "": "nameless", "long": "ö" * 100_000})
    assert read_tags(tmp_path / "a.flac") == {"a_b": "xy", "long": "ö" * 100_000}
    back = np.concatenate(list(blocks(tmp_path / "a.flac")))
    assert back[:, 0].min() > 0.99
    assert back[:, 1].max() < -0.99


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    def failing() -> Iterator[NDArray[np.float32]]:
        yield np.zeros((10_000, 1), np.float32)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_blocks(failing(), RATE, 1, tmp_path / "a.flac", {})
    with pytest.raises(AttemptError, match=r"neither \.flac nor \.wav"):
        write_blocks([], RATE, 1, tmp_path / "a.mp3", {})
    with pytest.raises(AttemptError, match="could not be written"):
        write_flac(sine(440, 1, -6), RATE, tmp_path / "no such folder" / "a.flac", {})
    assert list(tmp_path.iterdir()) == []


def test_the_waveform_shows_the_shape(tmp_path: Path) -> None:
    write_waveform([0.1] * 100 + [0.5] * 100, tmp_path / "w.webp")
    with Image.open(tmp_path / "w.webp") as picture:
        assert (picture.size, picture.format) == ((1024, 256), "WEBP")
        alpha = np.asarray(picture.convert("RGBA"))[..., 3]
    assert alpha[:, :500].mean() < alpha[:, 524:].mean() / 2
    assert alpha[0].max() < 16
    assert alpha[128].max() == 255


@pytest.mark.parametrize("shape", [[], [0.0] * 50, [1.0], [0.2, 3.0, -1.0, float("nan")]])
def test_the_waveform_takes_any_peaks(tmp_path: Path, shape: list[float]) -> None:
    write_waveform(shape, tmp_path / "w.webp", 300, 80)
    with Image.open(tmp_path / "w.webp") as picture:
        assert picture.size == (300, 80)
        assert np.asarray(picture.convert("RGBA"))[..., 3].max() == 255


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_all_at_once_is_what_each_finds_alone(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "a.wav"
    tone = np.repeat((sine(440, 2, -6)[:, :1] * 32767).astype("<i2"), channels, axis=1)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, RATE, 0, "NONE", ""))
        file.writeframes(tone.tobytes())
    heard = sounds.listen_to(path)
    assert heard == sounds.Heard(read_sound(path), peaks(path), loudness_lufs(path))
    path.write_bytes(path.read_bytes()[:-20_000])
    for ask in (read_sound, sounds.listen_to):
        with pytest.raises(AttemptError, match="cut off"):
            ask(path)
