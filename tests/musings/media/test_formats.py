"""Every format that is promised can be written here: FFmpeg and Pillow know its container, codec and rates."""

import av
import pytest
from PIL import Image, features

from musings.media.formats import PICTURE_TYPES, SOUND_FORMATS


@pytest.mark.parametrize("name", SOUND_FORMATS)
def test_a_sound_format_has_an_encoder_that_takes_what_it_says(name: str) -> None:
    found = SOUND_FORMATS[name]
    codec = av.codec.Codec(found.codec, "w")
    assert found.sample_format in {each.name for each in codec.audio_formats or ()}
    assert set(found.rates) <= set(codec.audio_rates or found.rates)
    assert found.container in av.format.formats_available
    assert found.media_type.startswith("audio/")


@pytest.mark.parametrize("name", PICTURE_TYPES)
def test_a_picture_format_can_be_saved(name: str) -> None:
    Image.init()
    assert PICTURE_TYPES[name] in Image.SAVE
    assert name != "webp" or features.check("webp")
