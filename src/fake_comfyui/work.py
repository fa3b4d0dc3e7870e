"""What each node class of the fake does, one function each.

A node is given its inputs by name, links replaced by values, and the :class:`Bench` it works at; it returns
the values of its outputs and what it shows (``ui``), or None.
"""

import random
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageOps

from fake_comfyui.artist import Artist
from fake_comfyui.dialect import Dialect
from fake_comfyui.folders import Folders
from fake_comfyui.media import Film, Sound, load_sound, save_film, save_picture, save_sound

Inputs = Mapping[str, Any]
Result = tuple[tuple[Any, ...], dict[str, Any] | None]
Pictures = tuple[Image.Image, ...]


@dataclass(frozen=True)
class Latent:
    """What a sampler works on: a size in pixels or a length in seconds, later the words and the seed."""

    width: int = 0
    height: int = 0
    seconds: float = 0.0
    batch: int = 1
    text: str = ""
    seed: int = 0


@dataclass(frozen=True)
class Bench:
    """Where a node works. ``step(value, maximum, picture)`` tells progress, ``send`` of the same gives a picture away
    over the socket; ``metadata`` goes into saved files.
    """

    folders: Folders
    artist: Artist
    metadata: Mapping[str, Any]
    step: Callable[[int, int, Image.Image | None], None]
    send: Callable[[int, int, Image.Image], None]
    dialect: Dialect


def do(class_type: str, inputs: Inputs, bench: Bench) -> Result:
    """Run one node; one of a class that has no work here gives on what it is given."""
    return _WORK.get(class_type, _give_on)(inputs, bench)


def _give_on(inputs: Inputs, _: Bench) -> Result:
    # The first input that is no plain value: what such a node is about.
    return (next(value for value in inputs.values() if not isinstance(value, int | float | str)),), None


def _saved(value: Any, shown: dict[str, Any], bench: Bench) -> Result:
    """What a node that saves ends with: newer versions give on what they saved."""
    return ((value,) if bench.dialect.hands_on else ()), shown


def _empty_image(inputs: Inputs, _: Bench) -> Result:
    colour = inputs["color"]
    rgb = (colour >> 16 & 255, colour >> 8 & 255, colour & 255)
    picture = Image.new("RGB", (inputs["width"], inputs["height"]), rgb)
    return ((picture,) * inputs["batch_size"],), None


def _blend(inputs: Inputs, _: Bench) -> Result:
    mix = _BLENDS.get(inputs["blend_mode"])
    blended = []
    for first, second in zip(inputs["image1"], inputs["image2"], strict=False):
        other = second.resize(first.size)
        mixed = other if mix is None else mix(first, other)
        blended.append(Image.blend(first, mixed, inputs["blend_factor"]))
    return (tuple(blended),), None


def _invert(inputs: Inputs, _: Bench) -> Result:
    return (tuple(ImageOps.invert(picture) for picture in inputs["image"]),), None


def _load_image(inputs: Inputs, bench: Bench) -> Result:
    path = bench.folders.input(inputs["image"])
    if path is None:
        raise FileNotFoundError(inputs["image"])
    with Image.open(path) as picture:
        return ((picture.convert("RGB"),), None), None


def _save_image(inputs: Inputs, bench: Bench) -> Result:
    return _write_images(_pictures(inputs["images"]), "output", inputs["filename_prefix"], bench)


def _preview_image(inputs: Inputs, bench: Bench) -> Result:
    # A random part, as in the real temporary folder, so that previews do not collide.
    letters = "".join(random.choices(string.ascii_lowercase, k=5))  # noqa: S311 (a name)
    return _write_images(_pictures(inputs["images"]), "temp", f"ComfyUI_temp_{letters}", bench)


def _pictures(value: Any) -> Pictures:
    # A text where a picture should be: the real node fails in these words.
    if isinstance(value, str):
        raise AttributeError("'str' object has no attribute 'shape'")  # noqa: TRY004 (the real server's words)
    pictures: Pictures = value
    return pictures


def _write_images(pictures: Pictures, folder: str, prefix: str, bench: Bench) -> Result:
    width, height = pictures[0].size
    prefix = prefix.replace("%width%", str(width)).replace("%height%", str(height))
    place = bench.folders.place(folder, prefix)
    shown = []
    for index, picture in enumerate(pictures):
        # Only here: the number is known for each picture, while the size is the same for all.
        name = place.name.replace("%batch_num%", str(index))
        filename = f"{name}_{place.number + index:05}_.png"
        save_picture(picture, place.folder / filename, bench.metadata)
        shown.append({"filename": filename, "subfolder": place.subfolder, "type": folder})
    return _saved(pictures, {"images": shown}, bench)


def _empty_audio(inputs: Inputs, _: Bench) -> Result:
    frames = round(inputs["duration"] * inputs["sample_rate"])
    silence = np.zeros((inputs["channels"], frames), np.float32)
    return (Sound(silence, inputs["sample_rate"]),), None


def _load_audio(inputs: Inputs, bench: Bench) -> Result:
    path = bench.folders.input(inputs["audio"])
    if path is None:
        raise FileNotFoundError(inputs["audio"])
    return (load_sound(path),), None


def _sound_saver(suffix: str, folder: str = "output") -> Callable[[Inputs, Bench], Result]:
    def save(inputs: Inputs, bench: Bench) -> Result:
        place = bench.folders.place(folder, inputs.get("filename_prefix", "ComfyUI_temp"))
        end = "" if bench.dialect.bare_sounds else "_"
        filename = f"{place.name}_{place.number:05}{end}{suffix}"
        save_sound(inputs["audio"], place.folder / filename, bench.metadata, inputs.get("quality", "V0"))
        shown = {"filename": filename, "subfolder": place.subfolder, "type": folder}
        return _saved(inputs["audio"], {"audio": [shown]}, bench)

    return save


def _create_video(inputs: Inputs, _: Bench) -> Result:
    return (Film(inputs["images"], inputs["fps"], inputs.get("audio")),), None


def _save_video(inputs: Inputs, bench: Bench) -> Result:
    film: Film = inputs["video"]
    place = bench.folders.place("output", inputs["filename_prefix"])
    filename = f"{place.name}_{place.number:05}_.mp4"
    save_film(film, place.folder / filename, bench.metadata)
    shown = {"filename": filename, "subfolder": place.subfolder, "type": "output"}
    return _saved(film, {"images": [shown], "animated": [True]}, bench)


def _preview_any(inputs: Inputs, bench: Bench) -> Result:
    value = inputs["source"]
    text = value if isinstance(value, str) else str(value)
    return _saved(text, {"text": [text]}, bench)


def _save_text(inputs: Inputs, bench: Bench) -> Result:
    text = str(inputs["text"])
    place = bench.folders.place("output", inputs["filename_prefix"])
    filename = f"{place.name}_{place.number:05}.{inputs['format']}"
    (place.folder / filename).write_text(text, encoding="utf-8")
    shown = {"filename": filename, "subfolder": place.subfolder, "type": "output"}
    return _saved(text, {"text": [text], "files": [shown]}, bench)


def _send_images(inputs: Inputs, bench: Bench) -> Result:
    pictures = _pictures(inputs["images"])
    for number, picture in enumerate(pictures):
        bench.send(number, len(pictures), picture)
    return (), None


def _value(inputs: Inputs, _: Bench) -> Result:
    return (inputs["value"],), None


def _concatenate(inputs: Inputs, _: Bench) -> Result:
    return (inputs["delimiter"].join((inputs["string_a"], inputs["string_b"])),), None


def _checkpoint(inputs: Inputs, _: Bench) -> Result:
    return (inputs["ckpt_name"],) * 3, None


def _encode(inputs: Inputs, _: Bench) -> Result:
    return (inputs["text"],), None


def _encode_song(inputs: Inputs, _: Bench) -> Result:
    return (f"{inputs['tags']}\n{inputs['lyrics']}",), None


def _zero_out(_: Inputs, __: Bench) -> Result:
    return ("",), None


def _empty_latent(inputs: Inputs, _: Bench) -> Result:
    return (Latent(inputs["width"], inputs["height"], batch=inputs["batch_size"]),), None


def _empty_song(inputs: Inputs, _: Bench) -> Result:
    return (Latent(seconds=inputs["seconds"], batch=inputs["batch_size"]),), None


def _sample(inputs: Inputs, bench: Bench) -> Result:
    latent: Latent = replace(inputs["latent_image"], text=inputs["positive"], seed=inputs["seed"])
    # Small: it stands for the unfinished picture, and is sent with every step.
    sketch = bench.artist.picture(latent.text, latent.seed, 64, 64)
    for step in range(1, inputs["steps"] + 1):
        bench.step(step, inputs["steps"], sketch)
    return (latent,), None


def _decode(inputs: Inputs, bench: Bench) -> Result:
    latent: Latent = inputs["samples"]
    # Each picture of a batch has a seed of its own, or all would be the same.
    seeds = range(latent.seed, latent.seed + latent.batch)
    draw = bench.artist.picture
    return (tuple(draw(latent.text, seed, latent.width, latent.height) for seed in seeds),), None


def _decode_song(inputs: Inputs, bench: Bench) -> Result:
    latent: Latent = inputs["samples"]
    return (Sound(bench.artist.sound(latent.text, latent.seed, latent.seconds, 44100), 44100),), None


_BLENDS: dict[str, Callable[[Image.Image, Image.Image], Image.Image]] = {
    "multiply": ImageChops.multiply,
    "screen": ImageChops.screen,
    "overlay": ImageChops.overlay,
    "soft_light": ImageChops.soft_light,
    "difference": ImageChops.difference,
}
_WORK: dict[str, Callable[[Inputs, Bench], Result]] = {
    "EmptyImage": _empty_image,
    "ImageBlend": _blend,
    "ImageInvert": _invert,
    "LoadImage": _load_image,
    "SaveImage": _save_image,
    "PreviewImage": _preview_image,
    "SaveImageWebsocket": _send_images,
    "EmptyAudio": _empty_audio,
    "LoadAudio": _load_audio,
    "SaveAudio": _sound_saver(".flac"),
    "SaveAudioMP3": _sound_saver(".mp3"),
    "SaveAudioOpus": _sound_saver(".opus"),
    "PreviewAudio": _sound_saver(".flac", "temp"),
    "CreateVideo": _create_video,
    "SaveVideo": _save_video,
    "PreviewAny": _preview_any,
    "SaveText": _save_text,
    "PrimitiveString": _value,
    "PrimitiveStringMultiline": _value,
    "PrimitiveInt": _value,
    "PrimitiveFloat": _value,
    "PrimitiveBoolean": _value,
    "StringConcatenate": _concatenate,
    "CheckpointLoaderSimple": _checkpoint,
    "CLIPTextEncode": _encode,
    "TextEncodeAceStepAudio": _encode_song,
    "ConditioningZeroOut": _zero_out,
    "EmptyLatentImage": _empty_latent,
    "EmptyAceStepLatentAudio": _empty_song,
    "KSampler": _sample,
    "VAEDecode": _decode,
    "VAEDecodeAudio": _decode_song,
}
