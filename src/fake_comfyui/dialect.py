"""How the versions of ComfyUI that the fake can speak as differ, as far as a client can tell.

Source: one set of requests sent to ComfyUI 0.3.64, 0.8.0 and 0.33.0, and their answers compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FEATURES: Mapping[str, Any] = {"supports_preview_metadata": True, "max_upload_size": 104857600}
EXTENDED = {**FEATURES, "extension": {"manager": {"supports_v4": True}}}


@dataclass(frozen=True)
class Dialect:
    """One version, ``version`` as ``/system_stats`` tells it.

    ``old_choices``: sound nodes list their choices the old way. ``shows_cached``: a cached job without a client id
    tells its outputs all the same. ``previews``: a job may ask for them. ``jobs``: there is ``/api/jobs``.
    ``exact_refusals``: only a UUID names a job, a missing class is ``missing_node_type`` with the node's title, nodes
    that feed each other are named, and a graph that is a list is a 500. ``hands_on``: nodes that save give on what
    they saved. ``bare_sounds``: sound files end in their number, without an underscore. ``cancelled``: a job that was
    interrupted is ``cancelled`` in ``/api/jobs``, not ``failed``. ``film_groups``: the inputs of ``SaveVideo``
    depend on the container that is chosen. ``saves_texts``: there is ``SaveText``.
    """

    version: str
    features: Mapping[str, Any]
    os: str = "linux"
    old_choices: bool = False
    shows_cached: bool = False
    previews: bool = True
    jobs: bool = True
    exact_refusals: bool = False
    hands_on: bool = False
    bare_sounds: bool = False
    cancelled: bool = False
    film_groups: bool = False
    saves_texts: bool = False


DIALECTS: Mapping[str, Dialect] = {
    "0.3": Dialect(
        "0.3.64+fake", FEATURES, os="posix", old_choices=True, shows_cached=True, previews=False, jobs=False
    ),
    "0.8": Dialect("0.8.0+fake", EXTENDED),
    "0.33": Dialect(
        "0.33.0+fake",
        {**EXTENDED, "supports_model_type_tags": True, "node_replacements": True, "assets": False},
        exact_refusals=True,
        hands_on=True,
        bare_sounds=True,
        cancelled=True,
        film_groups=True,
        saves_texts=True,
    ),
}
USUAL = "0.8"
