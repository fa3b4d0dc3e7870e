"""The parts of files: each once, in order, and as many steps as parts."""

import pytest

from comfyui_workflows.metadata import containers
from comfyui_workflows.metadata.collected import CollectedTexts
from tests.comfyui_workflows import carriers
from tests.comfyui_workflows.metadata.chunks import box, chunk, element


def test_chunks_of_a_png_end_with_the_picture() -> None:
    content = carriers.png(carriers.TEXTS) + chunk(b"tEXt", b"behind it")
    found = list(containers.png_chunks(content))
    assert [each.kind for each in found] == [b"IHDR", b"tEXt", b"tEXt", b"IDAT", b"IEND"]
    assert all(content[each.start + 4 : each.first] == each.kind for each in found)
    assert found[1].first + len(b"prompt\0" + carriers.PROMPT.encode()) == found[1].last


def test_a_chunk_that_is_longer_than_its_file_is_told_as_announced() -> None:
    [found] = containers.png_chunks(containers.PNG_SIGNATURE + chunk(b"tEXt", b"x", length=2**31))
    assert found.last - found.first == 2**31
    [found] = containers.riff_chunks(b"RIFF....WEBPEXIF" + (9).to_bytes(4, "little") + b"x")
    assert (found.kind, found.last - found.first) == (b"EXIF", 9)


def test_an_odd_chunk_is_followed_by_one_byte() -> None:
    content = b"RIFF....WAVE" + b"abcd" + (3).to_bytes(4, "little") + b"123\0" + b"efgh" + bytes(4)
    assert [each.kind for each in containers.riff_chunks(content)] == [b"abcd", b"efgh"]


def test_segments_of_a_jpeg_end_before_the_picture_and_each_step_is_one() -> None:
    content = b"\xff\xd8\xff\xe0\0\4ab" + b"\xff" * 3 + b"\xfe\0\3c\xff\xd0\xff\xda\0\2" + b"\xff\xfe\0\4no"
    found = [(each.kind, content[each.first : each.last]) for each in containers.jpeg_segments(content)]
    assert [each for each in found if each[1]] == [(b"\xe0", b"ab"), (b"\xfe", b"c")]
    # A gigabyte to fill up with is a gigabyte of parts, for whoever counts them.
    assert len(list(containers.jpeg_segments(b"\xff\xd8" + b"\xff" * 100))) == 97


def test_extensions_of_a_gif_are_told_with_their_ends_and_pictures_passed_over() -> None:
    comment, loops = b"\x21\xfe\2ab\1c\0", b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    picture = b"\x2c" + bytes(8) + b"\x80" + bytes(6) + b"\2" + b"\3xyz\0"
    content = b"GIF89a" + bytes(4) + b"\x80" + bytes(2) + bytes(6) + loops + picture + comment + b";"
    assert content[containers.gif_body(content) :].startswith(loops)
    found = [(each.kind, content[each.start : each.last]) for each in containers.gif_extensions(content)]
    assert found == [(b"\xff", loops), (b"\xfe", comment)]


def test_blocks_of_a_flac_end_with_the_last() -> None:
    content = b"fLaC" + b"\x04\0\0\1a" + b"\x81\0\0\2bc" + b"\x04\0\0\1no"
    found = [(each.kind, content[each.first : each.last]) for each in containers.flac_blocks(content)]
    assert found == [(b"\x04", b"a"), (b"\x01", b"bc")]


def test_pages_of_an_ogg_follow_each_other() -> None:
    content = carriers.sound("ogg", "libopus", carriers.TEXTS)
    found = list(containers.ogg_pages(content))
    assert [each.start for each in found[1:]] == [each.last for each in found[:-1]]
    assert found[-1].last == len(content)
    assert list(containers.ogg_pages(content, found[1].start)) == found[1:]


@pytest.mark.parametrize("size", [7, 2, 5])
def test_a_box_that_is_shorter_than_its_head_ends_the_walk(size: int) -> None:
    content = box(b"free", b"a") + box(b"udta", b"b", size=size)
    assert [each.kind for each in containers.mp4_boxes(content, 0, len(content))] == [b"free"]


def test_a_box_to_the_end_and_one_that_is_too_large_end_with_what_they_are_in() -> None:
    for size in (0, 500):
        content = box(b"mdat", b"abc", size=size)
        [found] = containers.mp4_boxes(content, 0, len(content))
        assert (found.first, found.last) == (8, len(content))


def test_what_is_in_an_element_of_unknown_size_follows_beside_it() -> None:
    unknown = b"\x01\xff\xff\xff\xff\xff\xff\xff"
    content = b"\x1f\x43\xb6\x75" + unknown + element(0xA3, b"x")
    cluster, block = containers.ebml_elements(content, 0, len(content), ())
    assert (cluster.kind, cluster.first, cluster.last) == (0x1F43B675, 12, 12)
    assert (block.kind, content[block.first : block.last]) == (0xA3, b"x")
    [whole] = containers.ebml_elements(content, 0, len(content), (0x1F43B675,))
    assert whole.last == len(content)


def test_parts_are_counted_together() -> None:
    found = CollectedTexts()
    found._parts = 3
    assert len(list(found.within_bounds("ab"))) == 2
    assert len(list(found.within_bounds("cd"))) == 1
