"""The installation: do the libraries load that prompts need, and is the page built?"""

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import musings
from musings.config.settings import Settings
from musings.doctor.findings import Finding, failure, ok, warning

NEEDED = {
    "pictures": "musings.media.pictures",
    "sound and video": "musings.media.sounds",
    "speech": "musings_sketch.speech",
    "the poets": "autogen_agentchat",
    "alerts": "apprise",
}
STATIC = Path(musings.__file__).parent / "static"
AGAIN = "Install Musings again: from a checkout `./musings up` does it."


def check(_settings: Settings, _deep: bool) -> Iterator[Finding]:
    broken = {what: words for what, name in NEEDED.items() if (words := _trouble(name))}
    for what, words in broken.items():
        yield failure("libraries", f"those for {what} do not load: {words}", AGAIN)
    if not broken:
        yield ok("libraries", f"those for {', '.join(NEEDED)} are there")
    if (STATIC / "index.html").is_file():
        yield ok("page", "is built")
    else:
        yield warning("page", "is not built; the API serves without it", "Run `./musings up` from a checkout.")


def _trouble(name: str) -> str | None:
    """Why a module cannot be had. Ours are loaded with the libraries they stand on; others are only looked for."""
    try:
        if name.startswith(("musings.", "musings_sketch.")):
            importlib.import_module(name)
        elif importlib.util.find_spec(name) is None:
            return f"{name} is not installed"
    except (ImportError, OSError) as error:
        return str(error)
    return None
