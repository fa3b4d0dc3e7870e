"""Models by folder, as ``/models`` tells of them: the choices of the nodes that load them."""

from collections.abc import Mapping

from comfyui_workflows.json_types import Object
from comfyui_workflows.object_info import choices_of, specs_of

LOADERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "checkpoints": (("CheckpointLoaderSimple", "ckpt_name"),),
    "loras": (("LoraLoader", "lora_name"), ("LoraLoaderModelOnly", "lora_name")),
    "vae": (("VAELoader", "vae_name"),),
    "text_encoders": (("CLIPLoader", "clip_name"),),
    "diffusion_models": (("UNETLoader", "unet_name"),),
    "clip_vision": (("CLIPVisionLoader", "clip_name"),),
    "style_models": (("StyleModelLoader", "style_model_name"),),
    "controlnet": (("ControlNetLoader", "control_net_name"),),
    "upscale_models": (("UpscaleModelLoader", "model_name"),),
    "hypernetworks": (("HypernetworkLoader", "hypernetwork_name"),),
    "gligen": (("GLIGENLoader", "gligen_name"),),
    "photomaker": (("PhotoMakerLoader", "photomaker_model_name"),),
    "audio_encoders": (("AudioEncoderLoader", "audio_encoder_name"),),
    "model_patches": (("ModelPatchLoader", "name"),),
}
"""By folder, the classes that load from it, with the input that names the file."""
ALIASES = {"clip": "text_encoders", "unet": "diffusion_models"}
"""Older names of folders."""


def folders(classes: Object) -> list[str]:
    """The folders that some server has a loader for."""
    return [name for name, loaders in LOADERS.items() if any(loader in classes for loader, _ in loaders)]


def files(classes: Object, folder: str) -> list[str] | None:
    """The models in a folder, on whichever server; None for a folder that is not known."""
    loaders = LOADERS.get(ALIASES.get(folder, folder))
    if loaders is None:
        return None
    named = (specs_of(classes, loader).get(name) for loader, name in loaders)
    return sorted({choice for spec in named if spec is not None for choice in choices_of(spec)})
