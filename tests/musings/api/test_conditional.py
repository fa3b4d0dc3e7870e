"""What a client has already: the tags that it names, as RFC 9110 has them compared."""

import pytest
from starlette.datastructures import Headers

from musings.api.conditional import has_it


@pytest.mark.parametrize("tag", ['"a"', 'W/"a"'])
@pytest.mark.parametrize(
    ("named", "known"),
    [('"a"', True), ('W/"a"', True), ('"b" , W/"a"', True), (" * ", True), ('"b"', False), ("a", False), ("", False)],
)
def test_weak_or_not_a_tag_is_the_same(tag: str, named: str, known: bool) -> None:
    assert has_it(Headers({"If-None-Match": named}), tag) is known


def test_who_names_none_has_nothing() -> None:
    assert not has_it(Headers(), '"a"')
