"""Whatever is wrong with a file is the file's fault and said in words: never a bug of ours."""

import os
import random
import warnings
from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from musings.errors import AttemptError, InvalidInputError
from musings.media import pictures, videos
from musings.media.facts import artifacts_of
from musings.media.kinds import kind_of
from musings.models import MadeFile, Outcome
from musings.requests.uploads import examine
from tests.musings.media.mutated import mutated, sound_files

ROUNDS = int(os.environ.get("MUSINGS_TEST_ROUNDS", "40"))
"""For each format and seed; the figures of docs/reliability.md are of more."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    return sound_files(tmp_path_factory.mktemp("sound"))


def facts(path: Path) -> None:
    made = MadeFile(path, kind_of(path), {})
    artifacts_of(Outcome((made,), "double"), path.parent, "image/1_x", lambda: None)


def refusal(path: Path) -> str | None:
    """Why a file is not taken, in words; None for one that is."""
    try:
        examine(path)
        facts(path)
    except (AttemptError, InvalidInputError) as error:
        return str(error)
    return None


def test_every_format_is_read_as_it_is(sound: Mapping[str, bytes], tmp_path: Path) -> None:
    for name, data in sound.items():
        path = tmp_path / name
        path.write_bytes(data)
        examine(path)
        facts(path)


@pytest.mark.parametrize("seed", range(2))
def test_a_damaged_file_is_read_or_refused_in_words(sound: Mapping[str, bytes], tmp_path: Path, seed: int) -> None:
    chance, refused = random.Random(seed), 0
    warnings.simplefilter("ignore")
    for name, data in sound.items():
        for _ in range(ROUNDS):
            path = tmp_path / name
            path.write_bytes(mutated(data, chance))
            said = refusal(path)
            assert said is None or len(said) > 20, said
            refused += said is not None
    assert refused > ROUNDS * len(sound) / 4


def test_a_film_of_huge_frames_is_refused_before_one_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.mp4"
    sound_files(tmp_path)
    monkeypatch.setattr(videos, "MOST_PIXELS", 64 * 48 - 1)
    with pytest.raises(AttemptError, match="a film of 64×48 pixels"):
        videos.read_video(path)


def test_a_film_that_does_not_say_how_long_it_is_has_its_frames_counted_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.mjpeg"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10, width=64, height=48, pix_fmt="yuvj420p")
        for _ in range(12):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    monkeypatch.setattr(videos, "_MOST_FRAMES", 5)
    with pytest.raises(AttemptError, match="more than 5 frames"):
        videos.read_video(path)


def test_an_animation_without_number_is_summed_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file has the same sum, and one with other first frames another."""

    def moving(name: str, first: int) -> Path:
        frames = [Image.new("L", (20, 20), shade) for shade in (first, *range(50, 250, 20))]
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
        return tmp_path / name

    whole = pictures.pixels_sha256(moving("a.gif", 0))
    monkeypatch.setattr(pictures, "MOST_PIXELS_SUMMED", 20 * 20 * 3)
    bounded = pictures.pixels_sha256(tmp_path / "a.gif")
    assert bounded == pictures.pixels_sha256(moving("b.gif", 0)) != whole
    assert pictures.pixels_sha256(moving("c.gif", 9)) != bounded
