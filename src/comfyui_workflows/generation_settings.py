"""With what another program made something: its words and numbers, as far as they can be read. Pure.

Source: what programs write into pictures and send to each other: the "infotext" of AUTOMATIC1111's web UI
(and of Forge, SD.Next and Fooocus), the metadata and workflows of InvokeAI, ``sui_image_params`` of SwarmUI, the
``Comment`` of NovelAI, and the bodies of their APIs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from comfyui_workflows.json_types import Json, Object

SKETCH = "the sketch engine of Musings"
WEB_UI, INVOKE, SWARM, NOVEL, FOOOCUS = "AUTOMATIC1111", "InvokeAI", "SwarmUI", "NovelAI", "Fooocus"
NEGATIVE = "\nNegative prompt:"
STEPS = re.compile(r"(?:^|\n)Steps: \d+,[^\n]*")
SETTING = re.compile(r'(\w[\w \-/]{0,60}):[ \t]*+("(?:\\.|[^"\\])*+"?|[^,\n]*+),?')
SIZE = re.compile(r"(\d{1,6})\s{0,9}[x×,*]\s{0,9}(\d{1,6})")
# The names that programs have for the same thing, without signs and in small letters.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "prompt": ("prompt", "positiveprompt", "c"),
    "negative_prompt": ("negativeprompt", "uc"),
    "seed": ("seed", "noiseseed", "allseeds"),
    "width": ("width",),
    "height": ("height",),
    "steps": ("steps", "numinferencesteps"),
    "cfg": ("cfg", "cfgscale", "scale", "guidancescale"),
    "sampler": ("sampler", "samplername", "scheduler"),
    "model": ("model", "sdmodelcheckpoint", "basemodel", "modelname"),
}
NUMBERS = ("seed", "width", "height", "steps")
# At least one of these beside the words, or it is a text that happens to be called so.
TELLING = ("negative_prompt", "seed", "width", "height", "steps", "cfg", "sampler")


@dataclass(frozen=True)
class GenerationSettings:
    """``program`` made it; None where a value is not known. Sizes are in pixels."""

    program: str
    prompt: str | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    cfg: float | None = None
    sampler: str | None = None
    model: str | None = None

    @property
    def values(self) -> dict[str, str | int | float]:
        """What is known, by the role that a field of a form has for it."""
        names = (*ALIASES,)
        return {name: value for name in names if (value := getattr(self, name)) is not None}


def of_texts(texts: Mapping[str, str], parsed: Mapping[str, Json]) -> GenerationSettings | None:
    """The settings among the texts of a file (by name), of which ``parsed`` are JSON; None without any."""
    if "novelai" in texts.get("software", "").lower():
        found = of_json(parsed.get("comment"))
        words = texts.get("description")
        return replace(found or GenerationSettings(NOVEL), program=NOVEL, prompt=(found and found.prompt) or words)
    if texts.get("engine") == "sketch":
        told = parsed.get("parameters")
        more = told if isinstance(told, Mapping) else {}
        return _settings(SKETCH, _named({**more, "prompt": texts.get("prompt"), "seed": texts.get("seed")}))
    for name in ("invokeai_metadata", "sd-metadata", "invokeai_workflow", "parameters", "usercomment", "comment"):
        found = of_json(parsed[name]) if name in parsed else of_infotext(texts.get(name, ""))
        if found is not None:
            return replace(found, program=INVOKE) if name.startswith(("invokeai", "sd-")) else found
    return next((found for value in parsed.values() if (found := of_json(value)) is not None), None)


def of_infotext(text: str) -> GenerationSettings | None:
    """The settings in the text that AUTOMATIC1111's web UI and its relatives write; None for any other text."""
    lines = list(STEPS.finditer(text))
    if not lines:
        return None
    last = lines[-1]
    prompt, _, negative = text[: last.start()].partition(NEGATIVE)
    if text.startswith(NEGATIVE.lstrip()):
        prompt, negative = "", text[len(NEGATIVE) - 1 : last.start()]
    said = {name: value.strip('"') for name, value in SETTING.findall(text[last.start() :])}
    size = said.pop("Size", "")
    found = _named({**said, "prompt": prompt.strip(), "negative prompt": negative.strip(), "size": size})
    return _settings(_relative(said), found)


def of_json(data: Json) -> GenerationSettings | None:
    """The settings in a body or a file of another program; None where it has none."""
    if isinstance(data, list) and data:
        data = data[0]
    if not isinstance(data, Mapping):
        return None
    # InvokeAI's older files and SwarmUI's have them one step further in.
    for name, program in (("sui_image_params", SWARM), ("image", INVOKE), ("parameters", WEB_UI), ("input", None)):
        if isinstance(data.get(name), Mapping) and (found := of_json(data[name])) is not None:
            return replace(found, program=program) if program else found
    if is_invoke(data):
        return _settings(INVOKE, _of_invoke(data))
    named = _named(data)
    if not isinstance(named.get("prompt"), str) or not any(name in named for name in TELLING):
        return None
    return _settings(_program(data), named)


def is_invoke(data: Object) -> bool:
    """Whether an object is a workflow of InvokeAI: nodes and edges, where ComfyUI has nodes and links."""
    nodes = data.get("nodes")
    nodes = list(nodes.values()) if isinstance(nodes, Mapping) else nodes
    if not isinstance(nodes, list) or not isinstance(data.get("edges"), list) or "links" in data:
        return False
    return all(isinstance(each, Mapping) for each in nodes)


def _of_invoke(data: Object) -> dict[str, Json]:
    """The first value of each name among the inputs of InvokeAI's nodes."""
    found: dict[str, Json] = {}
    for name, value in _inputs(data):
        for wanted, plain in _named({name: value}).items():
            found.setdefault(wanted, plain)
    return found


def _inputs(data: Object) -> Iterator[tuple[str, Json]]:
    nodes = data["nodes"]
    for node in nodes.values() if isinstance(nodes, Mapping) else nodes:
        inner = node.get("data")
        told = inner.get("inputs") if isinstance(inner, Mapping) else node
        for name, value in told.items() if isinstance(told, Mapping) else ():
            plain = value.get("value") if isinstance(value, Mapping) else value
            if isinstance(plain, str | int | float):
                yield str(name), plain


def _named(data: Object) -> dict[str, Json]:
    """The values by our names; sizes may stand in one text, and the model may be an object with a name."""
    plain = {re.sub(r"[^a-z0-9]", "", str(key).lower()): value for key, value in data.items()}
    found = {
        name: next(plain[each] for each in aliases if each in plain)
        for name, aliases in ALIASES.items()
        if any(each in plain for each in aliases)
    }
    for name in ("size", "resolution"):
        if isinstance(plain.get(name), str) and (size := SIZE.search(plain[name])):
            found.setdefault("width", size[1])
            found.setdefault("height", size[2])
    return found


def _settings(program: str, found: Mapping[str, Json]) -> GenerationSettings:
    numbers = {name: _whole(found.get(name)) for name in NUMBERS}
    words = {name: _text(found.get(name)) for name in ("prompt", "negative_prompt", "sampler", "model")}
    return GenerationSettings(program, **words, **numbers, cfg=_number(found.get("cfg")))  # type: ignore[arg-type]


def _text(value: Json) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("model_name")
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        value = value[0].get("prompt")  # InvokeAI's weighted parts of old
    return value.strip() or None if isinstance(value, str) else None


def _number(value: Json) -> float | None:
    value = value[0] if isinstance(value, list) and value else value
    try:
        number = None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    # Infinity and "not a number" are read by Python and by no form.
    return number if number is not None and abs(number) < 2**64 else None


def _whole(value: Json) -> int | None:
    """A whole number that is not negative: -1 is everywhere the word for "draw one"."""
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 2**64 else None
    if isinstance(value, str) and value.strip().isdecimal():
        return _whole(int(value.strip()[:21]))
    number = _number(value)
    return int(number) if number is not None and number >= 0 else None


def _relative(said: Mapping[str, str]) -> str:
    """Which program of the family wrote an infotext, by its version."""
    version = said.get("Version", "").lower()
    if "comfy" in version:
        return "a ComfyUI node that saves as AUTOMATIC1111 does"
    if "fooocus" in version:
        return FOOOCUS
    if "SD.Next" in said.get("App", ""):
        return "SD.Next"
    return "Forge" if re.match(r"f\d|forge|neo", version) else WEB_UI


def _program(data: Object) -> str:
    keys = {str(key).lower() for key in data}
    if keys & {"app_version", "generation_mode", "positive_prompt"}:
        return INVOKE
    if "cfgscale" in keys or "negativeprompt" in keys:
        return SWARM
    if "fooocus_scheme" in keys or "fooocus_v2_expansion" in keys:
        return FOOOCUS
    if "uc" in keys:
        return "Draw Things" if "c" in keys else NOVEL
    if keys & {"num_inference_steps", "guidance_scale"}:
        return "Diffusers"
    return "OpenAI's API" if "size" in keys and not keys & {"steps", "seed"} else WEB_UI
