"""The node classes that the fake knows, and how ``/object_info`` describes them.

Names, inputs and limits are those of the real classes, so a workflow made for a real server passes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fake_comfyui.dialect import DIALECTS, USUAL, Dialect

Spec = list[Any]
MAX_SEED = 2**64 - 1
SAMPLERS = [
    "euler",
    "euler_ancestral",
    "heun",
    "dpmpp_2m",
    "dpmpp_2m_sde",
    "dpmpp_sde",
    "lcm",
    "ddim",
    "uni_pc",
]
SCHEDULERS = ["simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal"]
HANDED_ON = {
    "SaveImage": "IMAGE",
    "PreviewImage": "IMAGE",
    "SaveAudio": "AUDIO",
    "SaveAudioMP3": "AUDIO",
    "SaveAudioOpus": "AUDIO",
    "PreviewAudio": "AUDIO",
    "SaveVideo": "VIDEO",
    "PreviewAny": "STRING",
    "SaveText": "STRING",
}
NEWER = ("options", "multiselect")
TEXTS = ["txt", "csv", "md", "json"]
BLENDS = ["normal", "multiply", "screen", "overlay", "soft_light", "difference"]


@dataclass(frozen=True)
class NodeClass:
    """``modern`` classes carry the longer description that newer nodes have, with their choices in
    ``COMBO``.
    """

    name: str
    required: Mapping[str, Spec]
    outputs: tuple[str, ...] = ()
    optional: Mapping[str, Spec] = field(default_factory=dict)
    saves: bool = False
    title: str | None = None
    category: str = "fake"
    modern: bool = False
    module: str | None = None

    def info(self) -> dict[str, Any]:
        """The entry of this class in ``/object_info``."""
        inputs: dict[str, Any] = {"required": dict(self.required)}
        if self.optional:
            inputs["optional"] = dict(self.optional)
        entry = {
            "input": inputs,
            "input_order": {group: list(names) for group, names in inputs.items()},
            "output": list(self.outputs),
            "output_is_list": [False] * len(self.outputs),
            "output_name": list(self.outputs),
            "name": self.name,
            "display_name": self.title or self.name,
            "description": "",
            "python_module": self.module or ("comfy_extras.fake" if self.modern else "nodes"),
            "category": self.category,
            "output_node": self.saves,
        }
        if self.modern:
            entry |= {"output_tooltips": [None] * len(self.outputs), "output_matchtypes": None}
            entry |= {"deprecated": False, "experimental": False, "api_node": False}
        return entry


def whole(default: int, low: int, high: int, step: int = 1, **more: object) -> Spec:
    return ["INT", {"default": default, "min": low, "max": high, "step": step, **more}]


def real(default: float, low: float, high: float, step: float = 0.01) -> Spec:
    return ["FLOAT", {"default": default, "min": low, "max": high, "step": step}]


def text(default: str | None = None, *, multiline: bool = False, **more: object) -> Spec:
    return ["STRING", {"multiline": multiline} | ({} if default is None else {"default": default}) | more]


def combo(options: list[str], default: str | None = None, **more: object) -> Spec:
    return [
        "COMBO",
        {"multiselect": False, "options": options, **more} | ({"default": default} if default else {}),
    ]


def link(kind: str) -> Spec:
    return [kind, {}]


def classes(
    models: tuple[str, ...], pictures: list[str], sounds: list[str], dialect: Dialect = DIALECTS[USUAL]
) -> dict[str, NodeClass]:
    """Every class by name; the lists are what is installed and uploaded."""
    films = _films() if not dialect.film_groups else _films_in_groups()
    known = (*_pictures(pictures), *_sounds(sounds), *films, *_values(), *_diffusion(list(models)), *_songs())
    known = (*known, *(_texts() if dialect.saves_texts else ()))
    return {node.name: _told(node, dialect) for node in known}


def _told(node: NodeClass, dialect: Dialect) -> NodeClass:
    """A class as this version tells of it."""
    if dialect.hands_on and node.name in HANDED_ON:
        node = replace(node, outputs=(HANDED_ON[node.name],))
    if dialect.old_choices and node.name.endswith(("Audio", "AudioMP3", "AudioOpus")):
        old = {
            name: [spec[1]["options"], {key: value for key, value in spec[1].items() if key not in NEWER}]
            for name, spec in node.required.items()
            if spec[0] == "COMBO"
        }
        node = replace(node, required={**node.required, **old})
    return node


def _pictures(uploads: list[str]) -> tuple[NodeClass, ...]:
    size = whole(512, 1, 16384)
    prefix = text("ComfyUI")
    return (
        NodeClass(
            "EmptyImage",
            {"width": size, "height": size, "batch_size": whole(1, 1, 4096), "color": whole(0, 0, 0xFFFFFF)},
            ("IMAGE",),
        ),
        NodeClass(
            "ImageBlend",
            {
                "image1": link("IMAGE"),
                "image2": link("IMAGE"),
                "blend_factor": real(0.5, 0.0, 1.0),
                "blend_mode": combo(BLENDS),
            },
            ("IMAGE",),
            modern=True,
        ),
        NodeClass("ImageInvert", {"image": ["IMAGE"]}, ("IMAGE",), title="Invert Image"),
        NodeClass(
            "LoadImage",
            {"image": [uploads, {"image_upload": True}]},
            ("IMAGE", "MASK"),
            title="Load Image",
        ),
        NodeClass("SaveImage", {"images": link("IMAGE"), "filename_prefix": prefix}, saves=True, title="Save Image"),
        NodeClass("PreviewImage", {"images": ["IMAGE"]}, saves=True, title="Preview Image"),
        NodeClass(
            "SaveImageWebsocket",
            {"images": ["IMAGE"]},
            saves=True,
            title="Save Image (Websocket)",
            module="custom_nodes.websocket_image_save",
        ),
    )


def _sounds(uploads: list[str]) -> tuple[NodeClass, ...]:
    saved = {"audio": link("AUDIO"), "filename_prefix": text("audio/ComfyUI")}
    mp3 = combo(["V0", "128k", "320k"], "V0")
    opus = combo(["64k", "96k", "128k", "192k", "320k"], "128k")
    return (
        NodeClass(
            "EmptyAudio",
            {
                "duration": real(60.0, 0.0, MAX_SEED),
                "sample_rate": whole(44100, 1, 192000),
                "channels": whole(2, 1, 2),
            },
            ("AUDIO",),
            title="Empty Audio",
            modern=True,
        ),
        NodeClass("LoadAudio", {"audio": combo(uploads, audio_upload=True)}, ("AUDIO",), modern=True),
        NodeClass("SaveAudio", saved, saves=True, title="Save Audio (FLAC)", modern=True),
        NodeClass("SaveAudioMP3", {**saved, "quality": mp3}, saves=True, title="Save Audio (MP3)", modern=True),
        NodeClass("SaveAudioOpus", {**saved, "quality": opus}, saves=True, title="Save Audio (Opus)", modern=True),
        NodeClass("PreviewAudio", {"audio": link("AUDIO")}, saves=True, title="Preview Audio", modern=True),
    )


def _films() -> tuple[NodeClass, ...]:
    return (
        NodeClass(
            "CreateVideo",
            {"images": link("IMAGE"), "fps": real(30.0, 1.0, 120.0, 1.0)},
            ("VIDEO",),
            {"audio": link("AUDIO")},
            title="Create Video",
            modern=True,
        ),
        NodeClass(
            "SaveVideo",
            {
                "video": link("VIDEO"),
                "filename_prefix": text("video/ComfyUI"),
                "format": combo(["auto", "mp4"], "auto"),
                "codec": combo(["auto", "h264"], "auto"),
            },
            saves=True,
            title="Save Video",
            modern=True,
        ),
    )


def _films_in_groups() -> tuple[NodeClass, ...]:
    """The same in newer versions: a container is chosen first, and brings inputs of its own."""
    create, save = _films()
    depth = whole(8, 8, 10, 2)
    codec: Spec = ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": key, "inputs": {}} for key in ("auto", "h264")]}]
    kept = {"required": {"codec": codec}}
    container = ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": key, "inputs": kept} for key in ("auto", "mp4")]}]
    required = {**{name: save.required[name] for name in ("video", "filename_prefix")}, "format": container}
    return (
        replace(create, optional={**create.optional, "bit_depth": depth}),
        replace(save, required=required, optional={"codec": codec}),
    )


def _texts() -> tuple[NodeClass, ...]:
    return (
        NodeClass(
            "SaveText",
            {"text": link("STRING"), "filename_prefix": text("ComfyUI"), "format": ["COMBO", {"options": TEXTS}]},
            saves=True,
            title="Save Text",
            modern=True,
        ),
    )


def _values() -> tuple[NodeClass, ...]:
    far = 2**63 - 1
    return (
        NodeClass("PreviewAny", {"source": link("*")}, saves=True, title="Preview as Text"),
        NodeClass("PrimitiveString", {"value": text()}, ("STRING",), title="String", modern=True),
        NodeClass(
            "PrimitiveStringMultiline",
            {"value": text(multiline=True)},
            ("STRING",),
            title="String (Multiline)",
            modern=True,
        ),
        NodeClass("PrimitiveInt", {"value": whole(0, -far, far)}, ("INT",), title="Int", modern=True),
        NodeClass("PrimitiveFloat", {"value": real(0.0, -far, far, 0.1)}, ("FLOAT",), title="Float", modern=True),
        NodeClass("PrimitiveBoolean", {"value": ["BOOLEAN", {}]}, ("BOOLEAN",), title="Boolean", modern=True),
        NodeClass(
            "StringConcatenate",
            {"string_a": text(multiline=True), "string_b": text(multiline=True), "delimiter": text("")},
            ("STRING",),
            title="Concatenate",
            modern=True,
        ),
    )


def _diffusion(models: list[str]) -> tuple[NodeClass, ...]:
    batch = whole(1, 1, 4096)
    return (
        NodeClass(
            "CheckpointLoaderSimple",
            {"ckpt_name": [models, {}]},
            ("MODEL", "CLIP", "VAE"),
            title="Load Checkpoint",
        ),
        NodeClass(
            "CLIPTextEncode",
            {"text": text(multiline=True, dynamicPrompts=True), "clip": link("CLIP")},
            ("CONDITIONING",),
            title="CLIP Text Encode (Prompt)",
        ),
        NodeClass("ConditioningZeroOut", {"conditioning": ["CONDITIONING"]}, ("CONDITIONING",)),
        _sampler(),
        NodeClass(
            "EmptyLatentImage",
            {"width": whole(512, 16, 16384, 8), "height": whole(512, 16, 16384, 8), "batch_size": batch},
            ("LATENT",),
            title="Empty Latent Image",
        ),
        NodeClass("VAEDecode", {"samples": link("LATENT"), "vae": link("VAE")}, ("IMAGE",), title="VAE Decode"),
    )


def _sampler() -> NodeClass:
    return NodeClass(
        "KSampler",
        {
            "model": link("MODEL"),
            "seed": whole(0, 0, MAX_SEED, control_after_generate=True),
            "steps": whole(20, 1, 10000),
            "cfg": real(8.0, 0.0, 100.0, 0.1),
            "sampler_name": [SAMPLERS, {}],
            "scheduler": [SCHEDULERS, {}],
            "positive": link("CONDITIONING"),
            "negative": link("CONDITIONING"),
            "latent_image": link("LATENT"),
            "denoise": real(1.0, 0.0, 1.0),
        },
        ("LATENT",),
    )


def _songs() -> tuple[NodeClass, ...]:
    return (
        NodeClass(
            "TextEncodeAceStepAudio",
            {
                "clip": link("CLIP"),
                "tags": text(multiline=True),
                "lyrics": text(multiline=True),
                "lyrics_strength": real(1.0, 0.0, 10.0),
            },
            ("CONDITIONING",),
            modern=True,
        ),
        NodeClass(
            "EmptyAceStepLatentAudio",
            {"seconds": real(120.0, 1.0, 1000.0, 0.1), "batch_size": whole(1, 1, 4096)},
            ("LATENT",),
            modern=True,
        ),
        NodeClass(
            "VAEDecodeAudio",
            {"samples": link("LATENT"), "vae": link("VAE")},
            ("AUDIO",),
            title="VAE Decode Audio",
            modern=True,
        ),
    )
