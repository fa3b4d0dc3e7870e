"""Musings with real files behind them: pictures and sounds that programs wrote private words into."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from musings.media.sounds import write_flac
from musings.models import ArtifactType, Kind, NewArtifact, Prompt, Writing
from musings.store.queue import endings
from tests.musings.chains.studio import Studio

PRIVATE = "zq1private"
"""In every file, as its recipe; what leaves the house must not have it."""
NASTY = "<script>alert('1')</script> & \"x\""
RATE = 8_000
SECONDS = 2

WHOLE = """
name = "whole"
title = "A whole"
[[steps]]
name = "poem"
title = "Poem"
type = "poem"
prompt = "{{idea}}"
[[steps]]
name = "picture"
title = "Picture"
kind = "image"
prompt = "{{poem.text}}"
[[steps]]
name = "song"
title = "Song"
kind = "music"
prompt = "{{poem.text}}"
[[steps]]
name = "voice"
title = "Reading"
kind = "voice"
prompt = "{{poem.text}}"
"""
STORY = """
name = "tale"
title = "A tale"
[[steps]]
name = "chapters"
title = "Chapters"
type = "story"
times = 2
prompt = "{{idea}} {{number}}"
[[steps]]
name = "pictures"
title = "Pictures"
kind = "image"
each = "chapters"
times = 2
prompt = "{{item.text}}"
[[steps]]
name = "narration"
title = "Narration"
kind = "voice"
each = "chapters"
prompt = "{{item.text}}"
[[steps]]
name = "cover"
title = "Cover"
kind = "image"
prompt = "{{chapters.title}}"
"""


@dataclass
class Workroom(Studio):
    """``folder`` is the media root; ``titles`` are those of texts, by the words of their prompts."""

    folder: Path = Path()
    titles: dict[str, str] = field(default_factory=dict)
    writer: str | None = "sketch"
    """The engine of its texts."""

    def end(self, prompt: Prompt, *, fails: bool = False) -> None:
        if fails:
            super().end(prompt, fails=True)
            return
        file = self._file(prompt)
        writing = None
        if prompt.kind is Kind.TEXT:
            words = self.texts.get(prompt.prompt_text, "The fox goes out,\nthe fox comes in.\n\nAnd all is **white**.")
            writing = Writing(self.titles.get(prompt.prompt_text, f"Title {prompt.id}"), words, "poem")
        self.database.writing(endings.complete, prompt, artifacts=[file], writing=writing, seconds=1, log="")

    def _file(self, prompt: Prompt) -> NewArtifact:
        place = f"{prompt.kind}/{prompt.id}_{prompt.attempt}"
        (self.folder / place).mkdir(parents=True)
        if prompt.kind is Kind.TEXT:
            (self.folder / place / "0001.md").write_text("words")
            return NewArtifact(ArtifactType.TEXT, f"{place}/0001.md", None, {"engine": self.writer})
        if prompt.kind is Kind.IMAGE:
            recipe = PngInfo()
            recipe.add_text("prompt", PRIVATE)
            Image.new("RGB", (32, 24), (200, 90, prompt.id)).save(self.folder / place / "0001.png", pnginfo=recipe)
            size = {"width": 32, "height": 24, "engine": "sketch"}
            return NewArtifact(ArtifactType.IMAGE, f"{place}/0001.png", None, size)
        # Each has a pitch of its own, by which it is known again.
        tone = np.sin(np.arange(RATE * SECONDS) * (0.2 if prompt.kind is Kind.MUSIC else 0.6)).astype(np.float32) * 0.3
        write_flac(tone.reshape(-1, 1), RATE, self.folder / place / "0001.flac", {"prompt": PRIVATE})
        return NewArtifact(ArtifactType.AUDIO, f"{place}/0001.flac", None, {"duration": SECONDS, "engine": "sketch"})

    def made(self, toml: str = WHOLE, idea: str = "a fox") -> int:
        """A musing of which all is done."""
        musing = self.start(toml, idea)
        self.make()
        return musing
