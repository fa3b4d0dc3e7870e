"""What kind of thing a graph makes, told by its output nodes. Pure.

Source: the output classes of ComfyUI 0.33.0 and of common packs. Names tell; where a server has told of the classes,
the types of what goes into an output do too.
"""

import re
from collections.abc import Iterable, Sequence

from comfyui_workflows.graph import class_of
from comfyui_workflows.input_specs import declared_type
from comfyui_workflows.json_types import Object
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.object_info import known_of, specs_of
from comfyui_workflows.reach import Reach

# In this order: SaveVideo takes sound as well, and a turntable film is made beside a model.
NAMES = (
    (WorkflowKind.MODEL_3D, re.compile(r"3D|GLB|Mesh|Splat|PointCloud|Gaussian|ToModelNode|PLY\b")),
    (WorkflowKind.VIDEO, re.compile(r"video|webm|animat|gif\b|gif(?=[A-Z_])|film|movie|mp4", re.IGNORECASE)),
    (WorkflowKind.MUSIC, re.compile(r"audio|sound|music|mp3|flac|opus|wav", re.IGNORECASE)),
    (WorkflowKind.IMAGE, re.compile(r"image|picture|png|jpe?g|svg|mask|webp|compare", re.IGNORECASE)),
    (WorkflowKind.TEXT, re.compile(r"text|string|PreviewAny|json|caption|^Show", re.IGNORECASE)),
)
TYPES = (
    (WorkflowKind.MODEL_3D, re.compile(r"^(FILE_3D|MESH$|SPLAT$|VOXEL$)|TASK_ID$")),
    (WorkflowKind.VIDEO, re.compile(r"^(VIDEO|VHS_FILENAMES)$")),
    (WorkflowKind.MUSIC, re.compile(r"^AUDIO$")),
    (WorkflowKind.IMAGE, re.compile(r"^(IMAGE|MASK|SVG)$")),
    (WorkflowKind.TEXT, re.compile(r"^(STRING|INT|FLOAT|BOOLEAN)$")),
)
LOOKED_AT = re.compile(r"preview|compare|show|display", re.IGNORECASE)
"""Outputs that are shown and not kept: they count where nothing is kept."""
SPEAKS = re.compile(r"speech|voice|tts|dialogue|speak|talk|narrat", re.IGNORECASE)
SINGS = re.compile(r"music|song|lyric|ace_?step|sound", re.IGNORECASE)


def kind_of(
    graph: Object, object_info: Object | None = None, reach: Reach | None = None, chosen: Sequence[str] = ()
) -> WorkflowKind | None:
    """What a graph makes, or None where none of its outputs tells; ``chosen`` are the outputs that its author chose."""
    reach = reach or Reach(graph, object_info)
    outputs = [node for node in chosen if node in graph] or list(reach.outputs)
    # A class that makes something and is an output besides is kept, as one that saves.
    kept = [node for node in outputs if not LOOKED_AT.search(class_of(graph, node))] or outputs
    for among in (kept, outputs):
        kinds = {kind: node for node in reversed(among) if (kind := _kind(graph, object_info, reach, node))}
        for kind, _ in NAMES:
            if kind in kinds:
                return _heard(graph, reach) if kind is WorkflowKind.MUSIC else kind
    return None


def _kind(graph: Object, object_info: Object | None, reach: Reach, node: str) -> WorkflowKind | None:
    class_type = class_of(graph, node)
    # Nothing follows it, and its class says that it keeps and shows nothing.
    if known_of(object_info, class_type).get("output_node") is False:
        return None
    for kind, name in NAMES:
        if name.search(class_type):
            return kind
    # What goes in is what comes out, where the name of the class says nothing.
    types = [
        str(kinds[slot])
        for _, source, slot in reach.sources[node]
        if 0 <= slot < len(kinds := known_of(object_info, class_of(graph, source)).get("output") or ())
    ]
    types += [declared_type(spec) or "" for spec in specs_of(object_info, class_type).values()]
    return next((kind for kind, wanted in TYPES if any(map(wanted.search, types))), None)


def _heard(graph: Object, reach: Reach) -> WorkflowKind:
    """Voice and music are kept by the same nodes: those that make the sound tell them apart."""
    makers = [class_of(graph, node) for node in reach.live]
    if _any(SINGS, makers):
        return WorkflowKind.MUSIC
    return WorkflowKind.VOICE if _any(SPEAKS, makers) else WorkflowKind.MUSIC


def _any(pattern: re.Pattern[str], names: Iterable[str]) -> bool:
    return any(pattern.search(name) for name in names)
