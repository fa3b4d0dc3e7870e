"""Workflows in API format for the tests, all runnable without a model or with the fake's."""

from typing import Any

Graph = dict[str, Any]


def node(class_type: str, title: str | None = None, /, **inputs: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"class_type": class_type, "inputs": inputs}
    return made if title is None else {**made, "_meta": {"title": title}}


def picture(*, prefix: str = "t", batch: int = 1, color: int = 255, width: int = 32, height: int = 24) -> Graph:
    return {
        "1": node("EmptyImage", width=width, height=height, batch_size=batch, color=color),
        "2": node("SaveImage", "Save Image", images=["1", 0], filename_prefix=prefix),
    }


def sounds(prefix: str = "t") -> Graph:
    return {
        "1": node("EmptyAudio", duration=0.5, sample_rate=44100, channels=2),
        "2": node("SaveAudio", audio=["1", 0], filename_prefix=prefix),
        "3": node("SaveAudioMP3", audio=["1", 0], filename_prefix=prefix, quality="128k"),
        "4": node("SaveAudioOpus", audio=["1", 0], filename_prefix=prefix, quality="128k"),
    }


def film(prefix: str = "t") -> Graph:
    return {
        "1": node("EmptyImage", width=64, height=48, batch_size=4, color=0xFF0000),
        "2": node("CreateVideo", images=["1", 0], fps=4.0),
        "3": node("SaveVideo", video=["2", 0], filename_prefix=prefix, format="auto", codec="auto"),
    }


def filmed(text: str = "a red fox") -> Graph:
    """As :func:`painting`, ended in a film."""
    graph = painting(text=text)
    del graph["9"]
    graph["10"] = node("CreateVideo", images=["8", 0], fps=4.0)
    graph["11"] = node("SaveVideo", video=["10", 0], filename_prefix="fox", format="auto", codec="auto")
    return graph


def spoken(text: str) -> Graph:
    return {"1": node("PrimitiveString", value=text), "2": node("PreviewAny", source=["1", 0])}


def painting(seed: int = 1, steps: int = 3, text: str = "a red fox") -> Graph:
    """The standard text-to-image graph, with the fake's model."""
    return {
        "3": node(
            "KSampler",
            seed=seed,
            steps=steps,
            cfg=7.0,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
            model=["4", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=["5", 0],
        ),
        "4": node("CheckpointLoaderSimple", "Load Checkpoint", ckpt_name="fake_image_v1.safetensors"),
        "5": node("EmptyLatentImage", "Empty Latent Image", width=64, height=48, batch_size=1),
        "6": node("CLIPTextEncode", "CLIP Text Encode (Positive Prompt)", text=text, clip=["4", 1]),
        "7": node("CLIPTextEncode", "CLIP Text Encode (Negative Prompt)", text="watermark", clip=["4", 1]),
        "8": node("VAEDecode", "VAE Decode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", "Save Image", filename_prefix="fox", images=["8", 0]),
    }


def song() -> Graph:
    """An ACE-Step text-to-music graph, with the fake's model."""
    return {
        "14": node("TextEncodeAceStepAudio", tags="folk", lyrics="la la", lyrics_strength=0.99, clip=["40", 1]),
        "17": node("EmptyAceStepLatentAudio", seconds=1.0, batch_size=1),
        "18": node("VAEDecodeAudio", samples=["52", 0], vae=["40", 2]),
        "40": node("CheckpointLoaderSimple", ckpt_name="fake_music_v1.safetensors"),
        "44": node("ConditioningZeroOut", conditioning=["14", 0]),
        "52": node(
            "KSampler",
            seed=5,
            steps=2,
            cfg=5.0,
            sampler_name="euler",
            scheduler="simple",
            denoise=1.0,
            model=["40", 0],
            positive=["14", 0],
            negative=["44", 0],
            latent_image=["17", 0],
        ),
        "59": node("SaveAudioMP3", filename_prefix="audio/ComfyUI", quality="V0", audio=["18", 0]),
    }
