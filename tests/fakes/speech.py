"""A scripted speech server: ``POST /v1/audio/speech`` answers with a tone that begins and ends at its peak.

Joined as they are, such tones click at every seam.
"""

import io
import json
import socket
import wave
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.fakes.server import FakeServer, Handler, Seen

RATE = 24_000
TONE = 220.0
LEVEL = 0.4


@dataclass(frozen=True)
class Sound:
    """One answer. ``delay`` comes before it, ``cut`` resets the connection in its middle."""

    body: bytes | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "audio/wav"
    rate: int = RATE
    level: float = LEVEL
    delay: float = 0.0
    cut: bool = False


Script = Callable[[Seen], Sound]


def tone(text: str, rate: int = RATE, level: float = LEVEL) -> bytes:
    """A WAV file as long as the text would take, 15 characters a second."""
    frames = max(rate // 10, round(len(text) / 15 * rate))
    levels = level * np.cos(2 * np.pi * TONE * np.arange(frames) / rate)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, frames, "NONE", ""))
        file.writeframes((levels * 32767).astype("<i2").tobytes())
    return out.getvalue()


class FakeSpeech(FakeServer):
    def __init__(self, script: Script | None = None) -> None:
        self.script = script or (lambda seen: Sound())
        super().__init__()

    @property
    def address(self) -> str:
        return f"{self.url}/v1"

    @property
    def asked(self) -> list[Seen]:
        return [seen for seen in self.requests if seen.path == "/v1/audio/speech"]

    def serve(self, handler: Handler, seen: Seen) -> None:
        if seen.path != "/v1/audio/speech":
            handler.answer_json(404, {"detail": f"no route {seen.path}"})
            return
        sound = self.script(seen)
        if sound.delay and self.closing.wait(sound.delay):
            return
        body = sound.body if sound.body is not None else tone(seen.body["input"], sound.rate, sound.level)
        if sound.status != 200:
            said = sound.body or json.dumps({"error": {"message": "no"}}).encode()
            handler.answer(sound.status, said, dict(sound.headers))
        elif sound.cut:
            handler.send_response(200)
            handler.send_header("Content-Type", sound.media_type)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body[: len(body) // 2])
            handler.wfile.flush()
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            handler.connection.close()
            handler.close_connection = True
        else:
            handler.answer(200, body, {"Content-Type": sound.media_type, **dict(sound.headers)})
