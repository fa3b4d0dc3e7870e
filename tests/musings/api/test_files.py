"""Files over HTTP: ranges, revalidation, HEAD, and headers that keep a hostile file harmless."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.api.files import satisfiable
from tests.musings.api.conftest import Api, problem

CONTENT = bytes(range(256)) * 4
SIZE = len(CONTENT)


@pytest.fixture(scope="module", autouse=True)
def _picture(lasting_api: Api) -> None:
    path = lasting_api.media_root.folder / "ranges" / "fox.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(CONTENT)
    (path.parent / "empty.png").write_bytes(b"")


URL = "/media/ranges/fox.png"


def test_the_whole_file(lasting_api: Api) -> None:
    answer = lasting_api.http.get(URL)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "Content-Disposition" not in answer.headers


def test_head_says_what_get_would(lasting_api: Api) -> None:
    got = lasting_api.http.get(URL)
    for headers in ({}, {"Range": "bytes=0-3"}):
        head = lasting_api.http.head(URL, headers=headers)
        assert (head.status_code, head.content) == (200, b"")
        del head.headers["Date"]
        assert head.headers.items() <= got.headers.items()


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=0-0", 0, 1),
        ("bytes=10-", 10, SIZE),
        ("bytes=-5", SIZE - 5, SIZE),
        ("bytes=-99999", 0, SIZE),
        ("bytes=1000-99999", 1000, SIZE),
        ("bytes=1023-1023", 1023, 1024),
        ("Bytes = 5-9", 5, 10),
        ("bytes=0-3,99999-", 0, 4),
    ],
)
def test_one_part(lasting_api: Api, asked: str, start: int, stop: int) -> None:
    answer = lasting_api.http.get(URL, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(stop - start)


def test_several_parts(lasting_api: Api) -> None:
    answer = lasting_api.http.get(URL, headers={"Range": "bytes=0-1, 4-5, -2"})
    assert answer.status_code == 206
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    parts = answer.content.split(b"--" + boundary.encode())[1:-1]
    assert [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts] == [b"\0\1", b"\4\5", b"\xfe\xff"]
    assert len(answer.content) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=99999-100000", "bytes=-0", "bytes=2000-,3000-"])
def test_no_such_part(lasting_api: Api, asked: str) -> None:
    answer = lasting_api.http.get(URL, headers={"Range": asked})
    problem(answer, 416)
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


def test_an_empty_file_has_no_part(lasting_api: Api) -> None:
    assert lasting_api.http.get("/media/ranges/empty.png").content == b""
    problem(lasting_api.http.get("/media/ranges/empty.png", headers={"Range": "bytes=0-"}), 416)


@pytest.mark.parametrize(
    "asked",
    ["items=0-3", "bytes=", "bytes=-", "bytes=9-3", "bytes=a-b", "0-3", "bytes=0-3,x", "bytes=٣-٤", "bytes=0--3"],
)
def test_a_range_that_is_none_is_ignored(lasting_api: Api, asked: str) -> None:
    answer = lasting_api.http.get(URL, headers={b"Range": asked.encode()})
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_many_parts_cost_no_more_than_the_whole(lasting_api: Api) -> None:
    answer = lasting_api.http.get(URL, headers={"Range": "bytes=" + ",".join(["0-"] * 500)})
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_not_modified(lasting_api: Api) -> None:
    tag = lasting_api.http.get(URL).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = lasting_api.http.get(URL, headers={"If-None-Match": known, "Range": "bytes=0-3"})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
        assert "immutable" in answer.headers["Cache-Control"]
    assert lasting_api.http.head(URL, headers={"If-None-Match": tag}).status_code == 304
    assert lasting_api.http.get(URL, headers={"If-None-Match": '"other"'}).status_code == 200


def test_if_range_gives_the_part_only_of_the_same_file(lasting_api: Api) -> None:
    headers = lasting_api.http.get(URL).headers
    for same in (headers["ETag"], headers["Last-Modified"]):
        answer = lasting_api.http.get(URL, headers={"Range": "bytes=0-3", "If-Range": same})
        assert (answer.status_code, answer.content) == (206, CONTENT[:4])
    for other in ('"other"', f"W/{headers['ETag']}", formatdate(0, usegmt=True), "nonsense"):
        answer = lasting_api.http.get(URL, headers={"Range": "bytes=0-3", "If-Range": other})
        assert (answer.status_code, answer.content) == (200, CONTENT)
        answer = lasting_api.http.get(URL, headers={"Range": "bytes=9999-", "If-Range": other})
        assert (answer.status_code, answer.content) == (200, CONTENT)


@given(
    parts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60) | st.none()), min_size=1, max_size=5),
    size=st.integers(0, 50),
)
def test_every_part_that_is_promised_exists(parts: list[tuple[int, int | None]], size: int) -> None:
    header = "bytes=" + ",".join(f"{first}-{'' if last is None else last}" for first, last in parts)
    found = satisfiable(header, size)
    if any(last is not None and last < first for first, last in parts):
        assert found is None
        return
    expected = [(first, min(size - 1 if last is None else last, size - 1)) for first, last in parts if first < size]
    assert found == expected
    assert all(0 <= first <= last < size for first, last in expected)


@given(st.text(max_size=40))
def test_no_header_breaks_it(header: str) -> None:
    for given_header in (header, "bytes=" + header):
        found = satisfiable(given_header, 10)
        assert found is None or all(0 <= first <= last < 10 for first, last in found)
