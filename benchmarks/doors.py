"""What a door of another protocol adds to a prompt: python -m benchmarks.doors."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import Figure, median, milliseconds, timed
from benchmarks.programs import api, program
from benchmarks.throughput import opened

ROUNDS = 40
REPEATS = 40
PATIENCE = 120.0
WORDS = "a fox in the snow"


def openai(folder: Path) -> Iterator[Figure]:
    """The same prompts posted to `/api/prompts?wait=` and to `/v1/images/generations`, in turns.

    First small pictures, from the request to the answer, with a worker that has nothing else to do. Both wait in the
    same way for the same work, whose length scatters more than what is compared. So then a picture of full size that is
    made already, asked for again by its key: what is left is the door's own time.
    """
    with opened(folder / "door") as (settings, _):
        config = settings.file
        assert config is not None
        with (
            api(config) as (_, address),
            program(config, "worker"),
            httpx.Client(base_url=address, timeout=PATIENCE) as client,
        ):
            yield from compared("a picture of 64 px", ROUNDS, partial(_plain, client, 64), partial(_door, client, 64))
            for form in ("url", "b64_json"):
                yield from compared(
                    f"a made one of 1024 px, {form}",
                    REPEATS,
                    lambda _: _plain(client, 1024, 0, key="plain"),
                    lambda _, form=form: _door(client, 1024, 0, form, key=form),  # type: ignore[misc]
                )


def compared(what: str, rounds: int, plain: Callable[[int], None], door: Callable[[int], None]) -> Iterator[Figure]:
    """Each in its turn, so that a busy moment meets both; the first of each warms up."""
    plainly, through = [], []
    for number in range(rounds + 1):
        plainly += timed(partial(plain, number), 1)
        through += timed(partial(door, number), 1)
    base, ours = median(plainly[1:]), median(through[1:])
    added = median([mine - theirs for mine, theirs in zip(through[1:], plainly[1:], strict=True)])
    yield Figure(f"{what}: /api/prompts?wait=, p50", milliseconds(base))
    yield Figure(f"{what}: /v1/images/generations, p50", milliseconds(ours), "that", ours / base)
    yield Figure(f"{what}: added, p50", milliseconds(added))


def _plain(client: httpx.Client, side: int, number: int, *, key: str | None = None) -> None:
    wanted = {"width": side, "height": side, "seed": number}
    body = {"prompt_text": WORDS, "prompt_type": "image", "parameters": wanted}
    answer = client.post("/api/prompts?wait=100", json=body, headers=_headers(key)).raise_for_status()
    if answer.json()["status"] != "completed":
        raise RuntimeError(answer.text)


def _door(client: httpx.Client, side: int, number: int, form: str = "url", *, key: str | None = None) -> None:
    body: dict[str, Any] = {"prompt": WORDS, "size": f"{side}x{side}", "seed": number, "response_format": form}
    client.post("/v1/images/generations", json=body, headers=_headers(key)).raise_for_status()


def _headers(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Idempotency-Key": key}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="musings-benchmark-") as folder:
        for figure in openai(Path(folder)):
            print(figure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
