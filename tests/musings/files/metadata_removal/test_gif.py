"""GIF: comments go, the frames and how often they repeat stay."""

import io

from PIL import Image

from musings.files.metadata_removal import gif
from tests.musings.files.metadata_removal.without import RAW, SECRET, shown, without_texts


def animation() -> bytes:
    target = io.BytesIO()
    frames = [Image.effect_noise((20, 16), 60 + each).convert("P") for each in range(3)]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], loop=7, comment=(SECRET * 20).encode())
    return target.getvalue()


def test_a_comment_goes() -> None:
    content = animation()
    assert RAW in content
    left = without_texts(content)
    assert shown(left) == shown(content)
    with Image.open(io.BytesIO(left)) as opened:
        assert opened.info["loop"] == 7
        assert opened.info["comment"].strip() == b""


def test_xmp_goes() -> None:
    content = animation()
    block = b"\x21\xff\x0bXMP DataXMP" + bytes([len(RAW)]) + RAW + b"\0"
    left = without_texts(content[:-1] + block + b";")
    assert shown(left) == shown(content)


def test_one_that_ends_in_the_middle_is_read_so_far() -> None:
    content = animation()
    for size in range(len(content)):
        assert all(span.end <= size + 1 for span in gif.blanked(content[:size]))
