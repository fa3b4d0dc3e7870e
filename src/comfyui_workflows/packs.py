"""Which node pack brings a class, and where a model can be had, as far as anybody says so. Pure.

Source: the frontend writes ``cnr_id`` (the pack in the Comfy registry) or ``aux_id`` (its repository) into the
``properties`` of each node, and ``models`` with a name, a folder and an address; a server says in ``python_module``
where a class comes from. The names of some packs stand in the names of their classes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.saved_format import subgraphs_of

CORE = "comfy-core"
MODULE = re.compile(r"custom_nodes\.([^.]+)")
# Packs that put their name into their classes; a pack that nobody knows by its classes is not guessed.
BY_BEGINNING: Mapping[str, str] = {
    "VHS_": "ComfyUI-VideoHelperSuite",
    "ADE_": "ComfyUI-AnimateDiff-Evolved",
    "IPAdapter": "ComfyUI_IPAdapter_plus",
    "easy ": "ComfyUI-Easy-Use",
    "CR ": "ComfyUI_Comfyroll_CustomNodes",
    "UnetLoaderGGUF": "ComfyUI-GGUF",
    "CLIPLoaderGGUF": "ComfyUI-GGUF",
    "DualCLIPLoaderGGUF": "ComfyUI-GGUF",
    "Impact": "ComfyUI-Impact-Pack",
    "FaceDetailer": "ComfyUI-Impact-Pack",
    "SAMLoader": "ComfyUI-Impact-Pack",
    "UltralyticsDetector": "ComfyUI-Impact-Pack",
    "WanVideo": "ComfyUI-WanVideoWrapper",
    "HyVideo": "ComfyUI-HunyuanVideoWrapper",
    "HyHunyuan": "ComfyUI-HunyuanVideoWrapper",
    "Florence2": "ComfyUI-Florence2",
    "DownloadAndLoadFlorence2": "ComfyUI-Florence2",
    "ComfyUIDeploy": "comfyui-deploy",
    "Swarm": "SwarmUI's ComfyUI extra nodes",
    "Anything Everywhere": "cg-use-everywhere",
    "Prompts Everywhere": "cg-use-everywhere",
    "Seed Everywhere": "cg-use-everywhere",
    "UltimateSDUpscale": "ComfyUI_UltimateSDUpscale",
    "Power Lora": "rgthree-comfy",
    "PowerLora": "rgthree-comfy",
    "AIO_Preprocessor": "comfyui_controlnet_aux",
    "RIFE ": "ComfyUI-Frame-Interpolation",
    "Nunchaku": "ComfyUI-nunchaku",
    "WAS_": "was-node-suite-comfyui",
    "Text Concatenate": "was-node-suite-comfyui",
}
BY_END: Mapping[str, str] = {
    "(rgthree)": "rgthree-comfy",
    "|pysssss": "ComfyUI-Custom-Scripts",
    "+": "ComfyUI_essentials",
    "KJ": "ComfyUI-KJNodes",
    "KJNodes": "ComfyUI-KJNodes",
    "SetNode": "ComfyUI-KJNodes",
    "GetNode": "ComfyUI-KJNodes",
    "Preprocessor": "comfyui_controlnet_aux",
    "WAS Suite": "was-node-suite-comfyui",
}
MOST_NODES = 50_000


def packs_in(data: Object) -> dict[str, str]:
    """The pack of each class, as a saved workflow says it; core nodes are left out."""
    found: dict[str, str] = {}
    for node in _nodes(data):
        properties = node.get("properties")
        told = properties if isinstance(properties, Mapping) else {}
        pack = next((told[key] for key in ("cnr_id", "aux_id") if isinstance(told.get(key), str) and told[key]), None)
        if pack is not None and pack != CORE:
            found.setdefault(str(node.get("type")), pack)
    return found


def addresses_in(data: Object) -> dict[str, str]:
    """Where each model that a saved workflow names can be had, by the name of its file; only addresses of the web."""
    found: dict[str, str] = {}
    for node in _nodes(data):
        properties = node.get("properties")
        models = properties.get("models") if isinstance(properties, Mapping) else None
        for model in models if isinstance(models, list) else ():
            if isinstance(model, Mapping) and str(model.get("url", "")).startswith("https://"):
                found.setdefault(str(model.get("name")), str(model["url"])[:500])
    return found


def pack_of(class_type: str, told: Mapping[str, str], tables: Iterable[Object] = ()) -> str | None:
    """The pack that brings a class: as the file says it, as a server that has it says it, or by its name."""
    if class_type in told:
        return told[class_type]
    for table in tables:
        known = table.get(class_type)
        module = known.get("python_module") if isinstance(known, Mapping) else None
        if isinstance(module, str) and (found := MODULE.match(module)):
            return found[1]
    begins = (pack for sign, pack in BY_BEGINNING.items() if class_type.startswith(sign))
    ends = (pack for sign, pack in BY_END.items() if class_type.endswith(sign))
    return next(chain(begins, ends), None)


def _nodes(data: Object) -> Iterator[Mapping[str, Json]]:
    inner = subgraphs_of(data)
    scopes = [data, *(each for each in (inner if isinstance(inner, list) else ()) if isinstance(each, Mapping))]
    count = 0
    for scope in scopes:
        nodes = scope.get("nodes")
        for node in nodes if isinstance(nodes, list) else ():
            count += 1
            if isinstance(node, Mapping) and count <= MOST_NODES:
                yield node
