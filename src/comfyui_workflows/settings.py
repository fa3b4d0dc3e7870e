"""Which inputs of a graph are its size, its duration and other settings, and where their values are written. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfyui_workflows.graph import class_of
from comfyui_workflows.input_specs import last_part, spec_at
from comfyui_workflows.json_types import Object
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.object_info import choices_of, known_of, options_of
from comfyui_workflows.prompt_texts import PROMPTS
from comfyui_workflows.reach import Reach
from comfyui_workflows.value_sources import written_at
from comfyui_workflows.value_types import number_of

SIZES = (
    ("width", "width"),
    ("height", "height"),
    ("count", "batch_size"),
    ("duration", "seconds"),
    ("duration", "duration"),
    (None, "length"),
)
SAMPLING = {"steps": ("steps",), "cfg": ("cfg", "guidance", "cfg_scale", "guidance_scale"), "denoise": ("denoise",)}
MODELS = (
    ("checkpoint", ("ckpt_name",)),
    ("diffusion_model", ("unet_name",)),
    ("lora", ("lora_name",)),
    ("vae", ("vae_name",)),
    ("sampler", ("sampler_name",)),
    ("scheduler", ("scheduler",)),
)
"""What a result is made with, by the names of the inputs that say it: on every form, among the advanced fields."""

# Of nodes that take a prompt by themselves, and of nodes that only choose a size.
OF_PROMPTED = (
    ("width", ("width", "custom_width")),
    ("height", ("height", "custom_height")),
    ("aspect_ratio", ("aspect_ratio", "ratio")),
    ("resolution", ("resolution", "size", "size_preset", "image_size", "megapixels")),
    ("duration", ("duration", "duration_seconds", "seconds", "video_length")),
    ("count", ("n", "number_of_images", "num_images")),
    ("voice", ("voice", "voice_id", "voice_name", "speaker")),
    ("language", ("language", "language_code")),
    ("speed", ("speed", "voice_speed")),
    (None, ("model", "model_name", "quality", "style", "style_preset")),
)
ADVANCED = ("count", "speed", "language", None)
SELECTORS = re.compile(r"Resolution|Aspect|SizePick|ImageSizeSelect|LatentSize", re.IGNORECASE)
TEXTS = ("aspect_ratio", "resolution", "duration", "voice", "language", None)


@dataclass(frozen=True)
class Setting:
    """The places of one setting; ``all``: those with another value are fields as well, not only the first."""

    role: str | None
    name: str
    spots: tuple[Spot, ...]
    all: bool = False
    advanced: bool = False


def sizes_in(graph: Object, object_info: Object | None, reach: Reach) -> Iterator[Setting]:
    """The size of what samplers begin with, and the length of a film or a song."""
    nodes = _size_nodes(graph, reach)
    for role, name in SIZES:
        places = (
            written_at(graph, reach, node, given)
            for node in nodes
            for given in graph[node].get("inputs", {})
            # Of the chosen way of fitting a picture too: ``resize_type.width``.
            if last_part(given) == name
        )
        spots = [
            spot
            for spot in dict.fromkeys(places)
            if spot is not None
            and number_of(graph[spot.node]["inputs"][spot.input]) is not None
            # The page hides some, whose values it fills in itself.
            and not options_of(spec_at(graph, object_info, spot.node, spot.input)).get("hidden")
        ]
        yield Setting(role, role or name, tuple(spots))


def settings_in(graph: Object, object_info: Object | None, reach: Reach) -> Iterator[Setting]:
    """What a person sets beside the words where a node takes them by itself: aspect, resolution, duration, voice."""
    prompted = [node for node in graph if node in reach.live and _is_prompted(graph, object_info, node)]
    # The last in the making first: its size is the size of what comes out.
    prompted.sort(key=lambda node: reach.live[node])
    for role, names in OF_PROMPTED:
        found: dict[str, list[Spot]] = {}
        for node in prompted:
            for name in graph[node].get("inputs", {}):
                last = last_part(name)
                spot = written_at(graph, reach, node, name) if last in names else None
                if spot is not None and _is_setting(graph, object_info, spot, role):
                    found.setdefault(role or last, []).append(spot)
        for name, spots in found.items():
            yield Setting(role, name, tuple(dict.fromkeys(spots)), all=True, advanced=role in ADVANCED)


def _is_setting(graph: Object, object_info: Object | None, spot: Spot, role: str | None) -> bool:
    value = graph[spot.node]["inputs"][spot.input]
    if role in TEXTS and isinstance(value, str):
        # A text that is no choice may be anything: an id, the name of a file.
        known = choices_of(spec_at(graph, object_info, spot.node, spot.input))
        return bool(known) or role is not None
    return role is not None and number_of(value) is not None


def _is_prompted(graph: Object, object_info: Object | None, node: str) -> bool:
    class_type = class_of(graph, node)
    if known_of(object_info, class_type).get("api_node") is True or SELECTORS.search(class_type):
        return True
    names = [last_part(name) for name in graph[node].get("inputs", {})]
    # An encoder takes a prompt too; what is made of it is set elsewhere.
    return any(map(PROMPTS.fullmatch, names)) and not {"clip", "text_encoder"} & set(names)


def _size_nodes(graph: Object, reach: Reach) -> list[str]:
    """The nodes that may set the size: those that make the first latent, the emptiest first."""
    starts = [
        source
        for node in reach.live
        for name, source, _ in reach.ways(node)
        if name in ("latent_image", "latent", "samples")
    ]
    near = [node for node in reach.upstream(starts) if node in reach.live]
    # Also those that lead to no sampler of a known name.
    near += [node for node in graph if node in reach.live and "Empty" in class_of(graph, node)]
    # Empty latents set the size; others inherit it, or make pictures fit.
    return sorted(dict.fromkeys(near), key=lambda node: _emptiness(graph, node))


def _emptiness(graph: Object, node: str) -> int:
    class_type, inputs = class_of(graph, node), graph[node].get("inputs", {})
    if "Empty" in class_type:
        return 0
    return 1 if "batch_size" in inputs or "length" in inputs or "seconds" in inputs else 2
