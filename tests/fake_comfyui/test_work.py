"""What each node of the fake makes of its inputs, in real pixels and samples."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fake_comfyui.artist import PlainArtist
from fake_comfyui.dialect import DIALECTS
from fake_comfyui.folders import Folders
from fake_comfyui.media import Sound, load_sound
from fake_comfyui.nodes import classes
from fake_comfyui.work import Bench, do

GREY, DARK = (200, 100, 40), (50, 100, 150)


class Told:
    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.sent: list[tuple[int, int]] = []

    def bench(self, root: Path, like: str = "0.8") -> Bench:
        return Bench(
            Folders(root),
            PlainArtist(),
            {"prompt": {}},
            lambda value, most, _: self.steps.append((value, most)),
            lambda value, most, _: self.sent.append((value, most)),
            DIALECTS[like],
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Told().bench(tmp_path)


def flat(colour: tuple[int, int, int], size: tuple[int, int] = (4, 3)) -> tuple[Image.Image, ...]:
    return (Image.new("RGB", size, colour),)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("normal", DARK),
        ("multiply", tuple(a * b // 255 for a, b in zip(GREY, DARK, strict=True))),
        ("screen", tuple(255 - (255 - a) * (255 - b) // 255 for a, b in zip(GREY, DARK, strict=True))),
        ("difference", tuple(abs(a - b) for a, b in zip(GREY, DARK, strict=True))),
    ],
)
def test_a_blend_at_full_strength(bench: Bench, mode: str, expected: tuple[int, ...]) -> None:
    inputs = {"image1": flat(GREY), "image2": flat(DARK, (9, 9)), "blend_factor": 1.0, "blend_mode": mode}
    ((mixed,),), shown = do("ImageBlend", inputs, bench)
    assert (mixed.size, shown) == ((4, 3), None)
    assert np.abs(np.asarray(mixed)[0, 0].astype(int) - expected).max() <= 1
    ((kept,),), _ = do("ImageBlend", {**inputs, "blend_factor": 0.0}, bench)
    assert kept.getpixel((0, 0)) == GREY


def test_twice_inverted_is_the_picture_again(bench: Bench) -> None:
    once = do("ImageInvert", {"image": flat(GREY)}, bench)[0][0]
    assert once[0].getpixel((0, 0)) == (55, 155, 215)
    assert do("ImageInvert", {"image": once}, bench)[0][0][0].tobytes() == flat(GREY)[0].tobytes()


def test_a_colour_is_red_green_blue(bench: Bench) -> None:
    (pictures,), _ = do("EmptyImage", {"width": 2, "height": 5, "batch_size": 3, "color": 0x102030}, bench)
    assert [(each.size, each.getpixel((0, 0))) for each in pictures] == [((2, 5), (16, 32, 48))] * 3


def test_words_in_a_prefix_are_filled_in(bench: Bench) -> None:
    inputs = {"images": flat(GREY) * 2, "filename_prefix": "%width%x%height%/a-%batch_num%"}
    _, shown = do("SaveImage", inputs, bench)
    assert shown is not None
    assert [file["filename"] for file in shown["images"]] == ["a-0_00001_.png", "a-1_00002_.png"]
    assert {file["subfolder"] for file in shown["images"]} == {"4x3"}
    assert len(list((bench.folders.of("output") / "4x3").iterdir())) == 2


def test_each_picture_of_a_batch_is_another_and_each_alone_again(bench: Bench) -> None:
    latent = do("EmptyLatentImage", {"width": 32, "height": 24, "batch_size": 2}, bench)[0][0]

    def drawn(seed: int) -> list[bytes]:
        inputs = {"latent_image": latent, "positive": "a fox", "seed": seed, "steps": 1}
        sampled = do("KSampler", inputs, bench)[0][0]
        return [picture.tobytes() for picture in do("VAEDecode", {"samples": sampled, "vae": ""}, bench)[0][0]]

    first, second = drawn(1), drawn(2)
    assert first[0] != first[1]
    assert first[1] == second[0]


def test_a_sampler_tells_each_step_once(tmp_path: Path) -> None:
    told = Told()
    bench = told.bench(tmp_path)
    latent = do("EmptyAceStepLatentAudio", {"seconds": 0.5, "batch_size": 1}, bench)[0][0]
    sampled = do("KSampler", {"latent_image": latent, "positive": "a", "seed": 1, "steps": 3}, bench)[0][0]
    assert told.steps == [(1, 3), (2, 3), (3, 3)]
    sound: Sound = do("VAEDecodeAudio", {"samples": sampled, "vae": ""}, bench)[0][0]
    assert (sound.rate, sound.samples.shape) == (44100, (2, 22050))


def test_pictures_that_nobody_saves_are_sent(tmp_path: Path) -> None:
    told = Told()
    assert do("SaveImageWebsocket", {"images": flat(GREY) * 2}, told.bench(tmp_path)) == ((), None)
    assert told.sent == [(0, 2), (1, 2)]


def test_an_uploaded_sound_is_saved_again(bench: Bench) -> None:
    silence = do("EmptyAudio", {"duration": 0.25, "sample_rate": 8000, "channels": 1}, bench)[0][0]
    _, shown = do("SaveAudio", {"audio": silence, "filename_prefix": "in/quiet"}, bench)
    assert shown == {"audio": [{"filename": "quiet_00001_.flac", "subfolder": "in", "type": "output"}]}
    made = bench.folders.of("output") / "in" / "quiet_00001_.flac"
    (bench.folders.of("input") / "q.flac").write_bytes(made.read_bytes())
    loaded = do("LoadAudio", {"audio": "q.flac"}, bench)[0][0]
    assert (loaded.rate, loaded.samples.shape, np.abs(loaded.samples).max()) == (8000, (1, 2000), 0)
    assert load_sound(made).samples.shape == (1, 2000)


@pytest.mark.parametrize(("class_type", "name"), [("LoadImage", "image"), ("LoadAudio", "audio")])
def test_a_file_that_went_away_fails_by_its_name(bench: Bench, class_type: str, name: str) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        do(class_type, {name: "gone"}, bench)


@pytest.mark.parametrize(("source", "text"), [("a\nb", "a\nb"), (3, "3"), (True, "True"), (2.5, "2.5")])
def test_anything_is_shown_as_text(bench: Bench, source: Any, text: str) -> None:
    assert do("PreviewAny", {"source": source}, bench) == ((), {"text": [text]})


def test_the_newest_hands_on_what_it_saved(tmp_path: Path) -> None:
    for like, handed in (("0.8", 0), ("0.33", 1)):
        values, shown = do("PreviewImage", {"images": flat(GREY)}, Told().bench(tmp_path, like))
        assert len(values) == handed
        assert shown is not None
        assert re.fullmatch(r"ComfyUI_temp_[a-z]{5}_00001_\.png", shown["images"][0]["filename"])


def test_a_class_of_which_nothing_is_known_gives_on_what_it_is_about(bench: Bench) -> None:
    pictures = flat(GREY)
    assert do("Upscale", {"scale": 2.0, "image": pictures}, bench) == ((pictures,), None)


def test_texts_are_joined(bench: Bench) -> None:
    inputs = {"string_a": "a", "string_b": "b", "delimiter": ", "}
    assert do("StringConcatenate", inputs, bench) == (("a, b",), None)


def test_each_class_gives_as_many_values_as_it_says(bench: Bench) -> None:
    known = classes(("m",), [], [])
    given: dict[str, dict[str, Any]] = {
        "CheckpointLoaderSimple": {"ckpt_name": "m"},
        "CLIPTextEncode": {"text": "a"},
        "ConditioningZeroOut": {},
        "PrimitiveInt": {"value": 3},
        "TextEncodeAceStepAudio": {"tags": "a", "lyrics": "b"},
    }
    for name, inputs in given.items():
        assert len(do(name, inputs, bench)[0]) == len(known[name].outputs), name
