"""The files that the fake writes: they decode, at their length, with the graph in them."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from fake_comfyui.media import Film, Sound, load_sound, save_film, save_picture, save_sound

RATE = 44100
GRAPH = {"prompt": {"1": {"class_type": "Ünïcode \U0001f98a", "inputs": {"text": 'a "b"\nc'}}}}


def tone(channels: int = 2, rate: int = RATE, seconds: float = 0.5) -> Sound:
    time = np.arange(round(seconds * rate)) / rate
    waves = [np.sin(2 * np.pi * hertz * time) * 0.4 for hertz in (440, 660)[:channels]]
    return Sound(np.stack(waves).astype(np.float32), rate)


def pitch(samples: np.ndarray, rate: int) -> float:
    """The loudest frequency in Hz."""
    return float(np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples))


def test_flac_gives_back_what_went_in(tmp_path: Path) -> None:
    sound = tone()
    save_sound(sound, tmp_path / "a.flac", {})
    back = load_sound(tmp_path / "a.flac")
    assert back.rate == RATE
    assert back.samples.shape == sound.samples.shape
    assert np.abs(back.samples - sound.samples).max() < 1e-3


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".opus"])
def test_each_format_keeps_channels_pitch_and_length(suffix: str, channels: int, tmp_path: Path) -> None:
    save_sound(tone(channels), tmp_path / f"a{suffix}", {}, "128k")
    back = load_sound(tmp_path / f"a{suffix}")
    assert back.samples.shape[0] == channels
    assert back.samples.shape[1] / back.rate == pytest.approx(0.5, abs=0.06)
    assert [round(pitch(row, back.rate), -1) for row in back.samples] == [440, 660][:channels]


@pytest.mark.parametrize(("rate", "hertz"), [(44100, 440), (8000, 440), (22050, 6000), (44100, 9000), (96000, 440)])
def test_opus_plays_at_the_right_speed_whatever_the_rate_was(rate: int, hertz: int, tmp_path: Path) -> None:
    wave = 0.4 * np.sin(2 * np.pi * hertz * np.arange(rate // 2) / rate)
    save_sound(Sound(wave[None].astype(np.float32), rate), tmp_path / "a.opus", {})
    back = load_sound(tmp_path / "a.opus")
    assert back.samples.shape[1] / back.rate == pytest.approx(0.5, abs=0.06)
    assert pitch(back.samples[0], back.rate) == pytest.approx(hertz, abs=5)


def test_a_better_quality_is_a_larger_file(tmp_path: Path) -> None:
    noise = Sound(np.random.default_rng(1).uniform(-0.5, 0.5, (2, RATE * 2)).astype(np.float32), RATE)
    sizes = []
    for quality in ("64k", "128k", "320k"):
        save_sound(noise, tmp_path / f"{quality}.opus", {}, quality)
        sizes.append((tmp_path / f"{quality}.opus").stat().st_size)
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".opus"])
def test_the_graph_is_in_a_sound(suffix: str, tmp_path: Path) -> None:
    save_sound(tone(seconds=0.1), tmp_path / f"a{suffix}", GRAPH)
    with av.open(str(tmp_path / f"a{suffix}")) as container:
        tags = {**container.metadata, **container.streams.audio[0].metadata}
    assert json.loads(tags["prompt"]) == GRAPH["prompt"]


def test_the_graph_is_in_a_picture_and_its_pixels_are_kept(tmp_path: Path) -> None:
    picture = Image.effect_noise((31, 17), 90).convert("RGB")
    save_picture(picture, tmp_path / "a.png", GRAPH)
    with Image.open(tmp_path / "a.png") as opened:
        assert json.loads(opened.info["prompt"]) == GRAPH["prompt"]
        assert opened.tobytes() == picture.tobytes()


@pytest.mark.parametrize(("size", "even"), [((33, 25), (32, 24)), ((64, 48), (64, 48))])
def test_a_film_has_even_sides_its_frames_and_its_length(
    size: tuple[int, int], even: tuple[int, int], tmp_path: Path
) -> None:
    frames = tuple(Image.new("RGB", size, colour) for colour in ("red", "green", "blue"))
    save_film(Film(frames, 12.5, tone(1, seconds=0.24)), tmp_path / "a.mp4", GRAPH)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert json.loads(container.metadata["prompt"]) == GRAPH["prompt"]
        film = container.streams.video[0]
        assert (film.width, film.height, float(film.average_rate or 0)) == (*even, 12.5)
        assert container.streams.audio[0].layout.name == "stereo"
        shown = [frame.to_ndarray(format="rgb24").mean(axis=(0, 1)).argmax() for frame in container.decode(video=0)]
    assert shown == [0, 1, 2]


def test_a_film_without_sound_has_no_track(tmp_path: Path) -> None:
    save_film(Film((Image.new("RGB", (16, 16)),), 24), tmp_path / "a.mp4", {})
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert len(container.streams.audio) == 0
