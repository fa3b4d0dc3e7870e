"""The engines: who runs which prompt, and when. One entry each; a second one (DESIGN D3) gets a line here."""

from collections.abc import Mapping

from musings.engine.base import Engine
from musings.sqlite.engine import SqliteEngine

ENGINES: Mapping[str, type[Engine]] = {"sqlite": SqliteEngine}
