"""Files that become longer on their way out: any part is that part of the whole."""

import io

from hypothesis import given
from hypothesis import strategies as st

from musings.files.marking.edits import Edit, Revision, inserted
from musings.files.metadata_removal.spans import Span

KEPT = b"0123456789"


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_part_is_that_part(first: int, last: int) -> None:
    found = Revision(len(KEPT), [Span(2, b"xx")], [inserted(0, b"head-"), Edit(4, 6, b"FOUR"), inserted(10, b"-end")])
    whole = b"head-01xxFOUR6789-end"
    assert found.length == len(whole)
    assert b"".join(found.pieces(io.BytesIO(KEPT), first, last)) == whole[first : last + 1]


def test_nothing_to_do_is_no_change() -> None:
    assert not Revision(3).is_change
    assert Revision(3).length == 3


def test_a_file_that_becomes_shorter_meanwhile_ends() -> None:
    assert b"".join(Revision(20).pieces(io.BytesIO(KEPT), 0, 19)) == KEPT
