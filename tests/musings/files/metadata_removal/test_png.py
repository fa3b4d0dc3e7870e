"""PNG: texts go, the picture and its check sums stay."""

import io
import zlib

from PIL import Image, PngImagePlugin

from comfyui_workflows.metadata.containers import PNG_SIGNATURE
from musings.files.metadata_removal import png
from musings.files.metadata_removal.spans import patched
from tests.comfyui_workflows import carriers
from tests.comfyui_workflows.metadata.chunks import chunk
from tests.musings.files.metadata_removal.without import RAW, TEXTS, shown, without_texts


def chunks(content: bytes) -> list[tuple[bytes, bytes, bool]]:
    """Type, data, and whether the check sum is right, of each chunk."""
    place, found = 8, []
    while place < len(content):
        end = place + 8 + int.from_bytes(content[place : place + 4], "big")
        kind, data = content[place + 4 : place + 8], content[place + 8 : end]
        found.append((kind, data, content[end : end + 4] == zlib.crc32(kind + data).to_bytes(4, "big")))
        place = end + 4
    return found


def test_texts_of_every_kind_go() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", TEXTS["prompt"])
    info.add_text("packed", TEXTS["prompt"], zip=True)
    info.add_itxt("workflow", TEXTS["prompt"] + " ä")
    target = io.BytesIO()
    picture = Image.effect_noise((40, 30), 80)
    picture.save(target, "PNG", pnginfo=info)
    left = without_texts(target.getvalue())
    assert shown(left) == shown(target.getvalue())
    with Image.open(io.BytesIO(left)) as opened:
        opened.load()
        assert not opened.info
    assert {kind for kind, _, _ in chunks(left)} == {b"IHDR", png.PADDING, b"IDAT", b"IEND"}
    assert all(right for _, _, right in chunks(left))


def test_the_texts_of_an_animated_one_and_of_exif_go() -> None:
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = TEXTS["prompt"], 6
    target = io.BytesIO()
    Image.new("RGB", (8, 4)).save(target, "PNG", exif=exif)
    body = target.getvalue()
    content = body[:33] + chunk(b"comf", b"prompt\0" + RAW) + body[33:]
    left = without_texts(content)
    assert all(right for _, _, right in chunks(left))
    with Image.open(io.BytesIO(left)) as opened:
        assert opened.getexif()[0x0112] == 6  # how it is turned


def test_what_is_signed_and_its_colours_stay() -> None:
    body = carriers.png(TEXTS)
    content = body[:33] + chunk(b"caBX", b"signed") + chunk(b"gAMA", b"\0\0\xb1\x8f") + body[33:]
    assert [each for each in chunks(without_texts(content)) if each[0] in (b"caBX", b"gAMA")] == [
        each for each in chunks(content) if each[0] in (b"caBX", b"gAMA")
    ]


def test_a_text_that_is_cut_off_goes_too() -> None:
    whole = carriers.png(TEXTS)
    cut = whole[: whole.index(RAW) + 600]
    left = without_texts(cut)
    assert len(left) == len(cut)
    assert left[:33] == cut[:33]


def test_a_chunk_that_says_it_is_immense_ends_the_file() -> None:
    content = PNG_SIGNATURE + chunk(b"IDAT", b"x", length=2**31)
    assert patched(content, 0, list(png.blanked(content))) == content
