"""XMP in MP4 and a tag in Matroska: nothing that the film is found by moves."""

import io

import av
import pytest

from musings.files.marking import marking
from musings.files.marking.films import C2PA
from musings.files.marking.xmp import Mark, SourceType
from tests.musings.files.marking.samples import sample, told_type

MARK = Mark(SourceType.TRAINED)


def box(kind: bytes, data: bytes) -> bytes:
    return (len(data) + 8).to_bytes(4, "big") + kind + data


def test_it_is_behind_all_else() -> None:
    left = marking.marked(sample("mp4"), MARK)
    assert left.startswith(sample("mp4"))


def test_an_index_that_is_found_from_the_end_stays_there() -> None:
    """``mfro`` says how far it is from the end to ``mfra``."""
    index = box(b"mfra", box(b"mfro", bytes(4) + (24).to_bytes(4, "big")))
    left = marking.marked(sample("mp4") + index, MARK)
    assert left.endswith(index)
    assert told_type(left, "mp4") == SourceType.TRAINED.address


@pytest.mark.parametrize(
    "odd",
    [
        sample("mp4") + box(b"uuid", C2PA + b"a manifest"),
        sample("mp4")[:-5],
        sample("mp4") + b"\0\0\0\0free",
        sample("webm")[:-5],
        sample("mkv") + b"more",
    ],
    ids=["signed", "cut off", "to the end", "a film that is cut off", "with more behind it"],
)
def test_what_is_odd_or_signed_is_left_as_it_is(odd: bytes) -> None:
    assert marking.marked(odd, MARK) == odd


def test_a_live_stream_is_left_as_it_is() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="matroska", options={"live": "1"}) as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        container.mux(stream.encode(None))
    assert marking.marked(out.getvalue(), MARK) == out.getvalue()


@pytest.mark.parametrize("name", ["webm", "mkv"])
def test_a_film_can_still_be_sought_in(name: str) -> None:
    left = marking.marked(sample(name), MARK)
    with av.open(io.BytesIO(left), "r") as container:
        container.seek(400_000)
        assert next(container.decode(video=0)) is not None
