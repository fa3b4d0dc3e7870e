"""A fake ComfyUI, whose classes the workflows are read with."""

from tests.musings.makers.comfyui.conftest import fake, listening, server

__all__ = ["fake", "listening", "server"]
