"""The files that a graph reads: pictures, sounds, films and models that a person may give. Pure."""

import re
from collections.abc import Iterable, Iterator

from comfyui_workflows.graph import class_of
from comfyui_workflows.input_specs import spec_at
from comfyui_workflows.json_types import Object
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.object_info import options_of, specs_of

UPLOADS = {
    "image_upload": "image",
    "animated_image_upload": "image",
    "audio_upload": "audio",
    "video_upload": "video",
}
"""The marks of classes for the page's upload buttons."""

LOADERS = re.compile(r"Load|Input|Upload")
NAMES = {"image": "image", "mask": "image", "audio": "audio", "audio_file": "audio", "video": "video", "file": None}
MODELS_3D = ("model_file", "mesh_path", "model_path")
LOOKS_LIKE = (
    ("video", re.compile(r"\.(mp4|webm|mov|mkv|avi|gif|m4v)( \[\w{1,20}\])?$", re.IGNORECASE)),
    ("audio", re.compile(r"\.(wav|mp3|flac|ogg|opus|m4a|aac)( \[\w{1,20}\])?$", re.IGNORECASE)),
    ("image", re.compile(r"\.(png|jpe?g|webp|bmp|tiff?|avif)( \[\w{1,20}\])?$", re.IGNORECASE)),
)


def files_in(graph: Object, object_info: Object | None, nodes: Iterable[str]) -> Iterator[tuple[Spot, str | None]]:
    """Each place that takes a file, and the ``FormField.type`` of it; None for a file of another kind."""
    for node in nodes:
        class_type = class_of(graph, node)
        for name, value in graph[node].get("inputs", {}).items():
            if not isinstance(value, str):
                continue
            options = options_of(spec_at(graph, object_info, node, name))
            marked = next((kind for mark, kind in UPLOADS.items() if options.get(mark)), None)
            # A painted mask is kept as a file as well, and nobody uploads one.
            if marked and "widgetType" not in options:
                yield Spot(node, name), marked
            elif not marked and options.get("file_upload"):
                yield Spot(node, name), None
            elif not specs_of(object_info, class_type) and LOADERS.search(class_type):
                # A class that no server has told of: its name and the name of the input tell.
                if name in NAMES and (kind := NAMES[name] or _kind(class_type, value)):
                    yield Spot(node, name), kind
                elif name in MODELS_3D:
                    yield Spot(node, name), None


def _kind(class_type: str, value: str) -> str | None:
    for kind, ending in LOOKS_LIKE:
        if kind in class_type.lower() or ending.search(value):
            return kind
    return None
