"""Feeds of a server, and finished prompts with files for them."""

from typing import Any

import httpx

from tests.musings.api.conftest import Api


def made(api: Api, name: str = "all", headers: dict[str, str] | None = None, **what: Any) -> dict[str, Any]:
    answer = api.http.post("/api/feeds", json={"name": name, **what}, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def finished(api: Api, kind: str, path: str, content: bytes, text: str = "a fox & co") -> int:
    """A completed prompt with a file and a preview; the id of the file."""
    folder = api.media_root.folder
    for name in (path, f"previews/{path}.webp"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    prompt = api.http.post("/api/prompts", json={"prompt_text": text, "prompt_type": kind}).json()["id"]
    kept = ("audio" if kind == "music" else kind, path, f"previews/{path}.webp", '{"duration": 12.5}')
    api.sqlite(
        "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path, preview_path, metadata) VALUES (?,?,?,?,?)",
        prompt,
        *kept,
    )
    api.sqlite(
        "UPDATE prompts SET status = 'completed', artifact_status = 'ready', completed_at = '2026-11-28 10:15:00'"
        " WHERE id = ?",
        prompt,
    )
    return int(api.http.get(f"/api/prompts/{prompt}/artifacts").json()["artifacts"][0]["id"])


def fetched(address: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> httpx.Response:
    """What a reader gets, with the patience of a busy machine."""
    return httpx.request(method, address, headers=headers, timeout=60)
