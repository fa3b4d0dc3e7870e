"""A studio for chains."""

from tests.musings.chains.conftest import studio

__all__ = ["studio"]
