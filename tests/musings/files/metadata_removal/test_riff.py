"""WebP and WAV: texts become chunks that nobody reads."""

import io
import wave

from PIL import Image

from tests.musings.files.metadata_removal.without import RAW, exif, played, shown, tags, without_texts


def test_exif_texts_and_xmp_of_a_webp_go() -> None:
    target = io.BytesIO()
    Image.effect_noise((40, 30), 80).save(target, "WEBP", lossless=True, exif=exif(), xmp=b"<x>" + RAW + b"</x>")
    content = target.getvalue()
    left = without_texts(content)
    assert shown(left) == shown(content)
    with Image.open(io.BytesIO(left)) as opened:
        assert "xmp" not in opened.info
        assert opened.getexif()[0x0112] == 6


def test_the_list_of_a_wav_goes() -> None:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(range(250)) * 8)
    text = b"INFOICMT" + len(RAW).to_bytes(4, "little") + RAW
    text += b"\0" * (len(text) % 2)
    content = target.getvalue() + b"LIST" + len(text).to_bytes(4, "little") + text
    content = content[:4] + (len(content) - 8).to_bytes(4, "little") + content[8:]
    assert RAW.decode() in tags(content)
    left = without_texts(content)
    assert played(left) == played(content)
    assert "comment" not in tags(left)
