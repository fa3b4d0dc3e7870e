"""Styles: each has a name of its own, a place for its subject, and a kind that there is."""

from musings.mcp_server.styles import STYLES, asked
from musings.models import Kind


def test_each_style_is_whole() -> None:
    assert len({each.name for each in STYLES}) == len(STYLES)
    for each in STYLES:
        assert each.kind in set(Kind)
        assert each.wording.count("{subject}") == 1
        assert "a fox {0}" in asked(each, "a fox {0}")
