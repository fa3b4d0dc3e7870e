"""A text of several pieces, spoken."""

from pathlib import Path

from musings.makers.speech.client import SpeechServer
from musings.makers.speech.speaking import speak

TEXT = "Salt on the rail, a gull that will not land. The lamp goes round.\n\nNobody is home; the sea asks again. " * 3


def spoken(server: SpeechServer, target: Path, text: str = TEXT, limit: int = 80) -> list[float]:
    """What was told of the progress."""
    told: list[float] = []
    speak(server, text, target, voice="nova", speed=1.25, max_characters=limit, progress=told.append)
    return told
