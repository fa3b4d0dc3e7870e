"""What a page's address needs beside the document, named in its ``Link`` header.

A part of the page is loaded when it is wanted, which the browser would learn only after the studio's script has run.
The build leaves a manifest of Vite (https://vite.dev/guide/backend-integration) that says which files each part needs.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = Path(".vite") / "manifest.json"
PARTS = {
    "/gallery": "src/components/gallery/Gallery.svelte",
    "/writings": "src/components/writings/Writings.svelte",
    "/writings/{writing_id}": "src/components/writings/Writings.svelte",
    "/workflows": "src/components/workflows/Workflows.svelte",
    "/trash": "src/components/Trash.svelte",
    "/connect": "src/components/connect/Connect.svelte",
    "/schedules": "src/components/schedules/Schedules.svelte",
    "/musings": "src/components/chains/Chains.svelte",
    "/musings/{musing_id}": "src/components/chains/Chains.svelte",
    "/prompts/{prompt_id}": "src/components/detail/PromptDialog.svelte",
}
"""The addresses that show a part of their own, and where the part's source is."""


class Preloads:
    """The headers of the page that is there now: it may be built anew under a server that runs."""

    def __init__(self, static: Path) -> None:
        self._static = static
        self._built: int | None = None
        self._headers: Mapping[str, str] = {}

    def of(self, address: str) -> str | None:
        """The ``Link`` header of an address, if it needs one."""
        try:
            built = (self._static / MANIFEST).stat().st_mtime_ns
        except OSError:
            return None
        if built != self._built:
            self._headers, self._built = headers(self._static), built
        return self._headers.get(address)


def headers(static: Path) -> dict[str, str]:
    """The ``Link`` header (RFC 8288) of each address in ``PARTS``; without a manifest of the build there is none."""
    try:
        document = (static / "index.html").read_text(encoding="utf-8")
        manifest = json.loads((static / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found = {}
    for address, part in PARTS.items():
        files = [file for file in _needed(manifest, part) if file not in document]
        if files:
            found[address] = ", ".join(map(_link, files))
    return found


def _needed(manifest: Mapping[str, Any], part: str) -> list[str]:
    """The files of a chunk and of all that it imports, each once."""
    chunks, found = [part], dict[str, None]()
    for name in chunks:  # grows while it is read
        chunk = manifest.get(name, {})
        found.update(dict.fromkeys(file for file in (chunk.get("file"), *chunk.get("css", ())) if file))
        chunks += [imported for imported in chunk.get("imports", ()) if imported not in chunks]
    return list(found)


def _link(file: str) -> str:
    # With `crossorigin`, as Vite asks for both: the browser takes only what was loaded in the same way.
    kind = "rel=preload; as=style" if file.endswith(".css") else "rel=modulepreload"
    return f"</{file}>; {kind}; crossorigin"
