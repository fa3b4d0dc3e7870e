"""Texts in the 3D files and the latents that ComfyUI saves: JSON at their beginning. Pure.

Source: glTF 2.0 (ISO/IEC 12113), section 4.4 (the ``JSON`` chunk of a ``.glb``; ComfyUI writes into ``asset.extras``);
the format of safetensors (a length of eight bytes, then JSON with ``__metadata__``), in which latents are kept.
"""

import json
from collections.abc import Mapping

from comfyui_workflows.json_types import Json, loads
from comfyui_workflows.metadata.collected import MOST_TEXT, CollectedTexts, Content

GLTF = b"glTF"
SAFETENSORS_HEAD = 8


def read_gltf(content: Content, found: CollectedTexts) -> None:
    """Collect what a binary glTF says of its making."""
    length = int.from_bytes(content[12:16], "little")
    asset = _object(_json(content[20 : 20 + min(length, MOST_TEXT)])).get("asset")
    _keep(_object(_object(asset).get("extras")), found)


def is_safetensors(content: Content) -> bool:
    """Whether a file begins as safetensors do."""
    length = int.from_bytes(content[:SAFETENSORS_HEAD], "little")
    return content[SAFETENSORS_HEAD : SAFETENSORS_HEAD + 2] == b'{"' and 2 <= length <= len(content) - SAFETENSORS_HEAD


def read_safetensors(content: Content, found: CollectedTexts) -> None:
    """Collect the metadata of a latent."""
    length = int.from_bytes(content[:SAFETENSORS_HEAD], "little")
    header = _json(content[SAFETENSORS_HEAD : SAFETENSORS_HEAD + min(length, MOST_TEXT)])
    _keep(_object(_object(header).get("__metadata__")), found)


def _keep(said: Mapping[str, Json], found: CollectedTexts) -> None:
    for name, value in said.items():
        if found.another():
            found.keep(str(name), value if isinstance(value, str) else json.dumps(value))


def _json(raw: bytes) -> Json:
    try:
        return loads(raw)
    except ValueError:
        return None


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
