"""Class tables as a server tells them, for tests: small, with the shapes that real ones have."""

from typing import Any

from comfyui_workflows.json_types import Object


def known(
    required: Object | None = None, outputs: tuple[str, ...] = (), *, output: bool = False, partner: bool = False
) -> dict[str, Any]:
    """What ``/object_info`` says of one class."""
    return {
        "input": {"required": dict(required or {})},
        "output": list(outputs),
        "output_node": output,
        "api_node": partner,
    }


def combo(*choices: object, **options: object) -> list[Any]:
    return ["COMBO", {"options": list(choices), **options}]


TEXT = ["STRING", {"multiline": True}]
SAVE_VIDEO = known({"video": ["VIDEO"], "filename_prefix": ["STRING", {}]}, ("VIDEO",), output=True)
SAVE_IMAGE = known({"images": ["IMAGE"], "filename_prefix": ["STRING", {}]}, ("IMAGE",), output=True)
"""The outputs that nearly every table has."""

PARTNER = known(
    {
        "prompt": TEXT,
        "negative_prompt": TEXT,
        "aspect_ratio": combo("16:9", "9:16"),
        "resolution": combo("480p", "720p"),
        "duration": combo(5, 10),
        "width": ["INT", {"min": 256, "max": 2048, "step": 32}],
        "height": ["INT", {"min": 256, "max": 2048, "step": 32}],
        "seed": ["INT", {"min": 0, "max": 2147483647}],
        "guidance_scale": ["FLOAT", {"min": 0, "max": 10, "step": 0.5}],
        "model": combo("fast", "fine"),
        "watermark": ["BOOLEAN", {}],
    },
    ("VIDEO",),
    partner=True,
)
"""A node of a partner that takes the words and all that is set beside them by itself."""

TABLE: dict[str, Any] = {
    "PartnerFilm": PARTNER,
    "SaveVideo": SAVE_VIDEO,
    "SaveImage": SAVE_IMAGE,
    "PrimitiveStringMultiline": known({"value": TEXT}, ("STRING",)),
    "PrimitiveInt": known({"value": ["INT", {}]}, ("INT",)),
}
