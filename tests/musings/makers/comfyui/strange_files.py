"""Files that are no workflows, or strange ones, and what is said of each."""

import json
from typing import Any

from musings.makers.comfyui.contents import LARGEST_BYTES
from tests.musings.makers.comfyui.graphs import node, painting

GOOD = json.dumps(painting())


NESTED = "[" * 200 + "]" * 200


def bomb(wide: int = 4, deep: int = 15) -> dict[str, Any]:
    """A small file whose subgraphs hold ``wide ** deep`` nodes."""
    inner = [
        {"id": f"S{level}", "links": [], "nodes": [{"id": each, "type": f"S{level + 1}"} for each in range(wide)]}
        for level in range(deep)
    ]
    last = {"id": f"S{deep}", "links": [], "nodes": [{"id": 1, "type": "KSampler"}]}
    return {"nodes": [{"id": 1, "type": "S0"}], "links": [], "definitions": {"subgraphs": [*inner, last]}}


SELF = {
    "nodes": [{"id": 1, "type": "A"}],
    "links": [],
    "definitions": {"subgraphs": [{"id": "A", "nodes": [{"id": 1, "type": "A"}, {"id": 2, "type": "A"}], "links": []}]},
}


FILES: dict[str, tuple[str | bytes, str]] = {
    "infinite": (GOOD.replace("7.0", "1e400"), "3.inputs.cfg is a number too large"),
    "enormous": (GOOD.replace('"seed": 1', '"seed": 1' + "0" * 300), "3.inputs.seed is a number larger"),
    "half_pair": (GOOD.replace("a red fox", "a \\ud800 fox"), "6.inputs.text holds half of a surrogate pair"),
    "half_pair_in_a_title": (GOOD.replace('"Save Image"', '"\\udfff"'), "9._meta.title holds half of a surrogate"),
    "half_pair_in_a_name": (GOOD.replace('"denoise"', '"\\udfff"'), "a name in 3.inputs holds half of a surrogate"),
    "latin": (GOOD.replace("a red fox", "caf\xe9").encode("latin-1"), "is no text: byte"),
    "deep": (GOOD.replace("7.0", NESTED), "nested more than 100 deep"),
    "deeper": ("[" * 200_000, "is not JSON"),
    "empty": ("", "is empty"),
    "page": ("<html><body>502 Bad Gateway</body></html>", "is a web page"),
    "large": (b" " * (LARGEST_BYTES + 1), "is larger than"),
    "listed_id": ('{"nodes": [{"id": [1], "type": "KSampler"}], "links": []}', "cannot be read as a saved workflow"),
    "short_link": ('{"nodes": [{"id": 1, "type": "KSampler"}], "links": [[1, 2]]}', "cannot be read as a saved"),
    "no_nodes": ('{"nodes": [], "links": []}', "has no nodes that run"),
    "within_itself": (json.dumps(SELF), "subgraphs contain each other"),
    "bomb": (json.dumps(bomb()), "more than 10,000 nodes"),
    "crowd": (json.dumps({str(each): node("A") for each in range(10_001)}), "more than 10,000 nodes"),
}


SIDECARS: dict[str, tuple[str | bytes, str]] = {
    "fields_is_a_number": ("fields = 3", "fields is not a table"),
    "title_is_a_number": ("title = 5", "title is 5; it must be a text"),
    "description_is_a_list": ("description = ['x']", "description is"),
    "kind_is_a_list": ('kind = ["image"]', "kind is"),
    "command_is_a_number": ("command = 3", "command is not a table"),
    "environment_is_a_list": ("[command]\nenvironment = ['a']", "command.environment is not a table"),
    "variable_is_a_number": ("[command.environment]\nA = 3", "command.environment.A is not a text"),
    "variable_is_no_name": ("[command.environment]\n'A=B' = 'c'", "is no name and value"),
    "choices_is_a_number": ("[fields.steps]\nchoices = 5", "fields.steps.choices is 5"),
    "choices_is_empty": ("[fields.steps]\nchoices = []", "fields.steps.choices is"),
    "choices_holds_a_list": ("[fields.steps]\nchoices = [[1]]", "fields.steps.choices is"),
    "bind_is_a_number": ("[fields.x]\nbind = 3", "fields.x.bind is 3"),
    "bind_holds_a_text": ('[fields.x]\nbind = ["6"]', "fields.x.bind is"),
    "bind_lacks_an_input": ('[fields.x]\nbind = [{node = "6"}]', "fields.x.bind is"),
    "minimum_is_a_text": ('[fields.steps]\nminimum = "low"', "fields.steps.minimum is 'low'; it must be a number"),
    "minimum_is_nan": ("[fields.steps]\nminimum = nan", "fields.steps.minimum is nan"),
    "minimum_is_above": ("[fields.steps]\nminimum = 9\nmaximum = 1", "its minimum 9 is above its maximum 1"),
    "type_is_a_list": ('[fields.steps]\ntype = ["int"]', "fields.steps.type is"),
    "label_is_a_bool": ("[fields.steps]\nlabel = true", "fields.steps.label is True"),
    "help_is_a_date": ("[fields.steps]\nhelp = 2026-01-01", "fields.steps.help is"),
    "role_is_a_table": ("[fields.steps.role]\na = 1", "fields.steps.role is"),
    "required_is_a_text": ("[fields.steps]\nrequired = 'yes'", "it must be true or false"),
    "default_is_a_date": ("[fields.steps]\ndefault = 2026-01-01", "fields.steps.default is"),
    "default_is_nan": ("[fields.steps]\ndefault = nan", "fields.steps.default is nan"),
    "default_is_beyond": ("[fields.steps]\ndefault = 1" + "0" * 400, "fields.steps.default is"),
    "default_of_another_type": ("[fields.steps]\ndefault = 'many'", "the type of the field is int"),
    "latin_sidecar": ('title = "caf\xe9"'.encode("latin-1"), "latin_sidecar.form.toml is no text"),
    "deep_sidecar": ("[fields.steps]\nchoices = " + "[" * 5_000 + "]" * 5_000, "deep_sidecar.form.toml"),
}
