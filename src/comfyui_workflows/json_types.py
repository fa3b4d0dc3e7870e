"""JSON as Python writes it, and the names of its types. Pure."""

import json
from collections.abc import Mapping
from typing import Any

Json = Any
"""What ``json.loads`` can return."""

Object = Mapping[str, Json]


def loads(text: str | bytes) -> Json:
    """JSON as Python writes it: NaN and the infinities become None. Raises ``ValueError`` on anything
    else, and for what is nested deeper than Python reads.
    """
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except RecursionError as error:
        raise ValueError("nested too deep to be read") from error
