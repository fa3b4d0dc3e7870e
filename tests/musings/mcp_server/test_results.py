"""Answers of tools: rows of other programs, large files, and prompts that are not done."""

import pytest
from mcp.types import AudioContent, ImageContent, ResourceLink, TextContent

from musings.mcp_server.results import MOST_INLINE_BYTES, facts_of, of_file, of_prompt
from musings.remote.answers import RemoteArtifact, RemoteProgress, RemotePrompt
from musings.remote.wire import ServerAnswer


def test_metadata_of_another_program_need_be_no_numbers() -> None:
    odd = {"width": "wide", "height": None, "duration": True, "seed": 7.0}
    artifact = RemoteArtifact(id=3, prompt_id=1, file_path="a.png", metadata=odd)
    [found] = facts_of(RemotePrompt(id=1, status="completed", artifacts=[artifact])).artifacts
    assert (found.width, found.height, found.duration_seconds, found.seed) == (None, None, None, 7)


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        ("completed", False, "is done"),
        ("failed", True, "no such voice"),
        ("cancelled", True, "Prompt 1 cancelled"),
        ("processing", False, "goes on by itself; look at it again later. It waits: for a server"),
    ],
)
def test_what_is_said_of_each_state(status: str, error: bool, said: str) -> None:
    reason = "for a server" if status == "processing" else None
    prompt = RemotePrompt(id=1, status=status, error_message="no such voice", waiting_reason=reason)
    result = of_prompt(prompt)
    assert bool(result.is_error) is error
    [text] = result.content
    assert isinstance(text, TextContent)
    assert said in text.text


def test_progress_is_told_in_words() -> None:
    prompt = RemotePrompt(id=1, status="processing", progress=RemoteProgress(value=3, max=8, stage="sampling"))
    assert facts_of(prompt).progress == "sampling 3/8"


@pytest.mark.parametrize(
    ("kind", "size", "block"),
    [
        ("image/png", 10, ImageContent),
        ("image/png", MOST_INLINE_BYTES + 1, ResourceLink),
        ("audio/flac", 10, AudioContent),
        ("video/mp4", 10, ResourceLink),
        ("text/markdown; charset=utf-8", 10, TextContent),
    ],
)
def test_what_is_large_is_a_link(kind: str, size: int, block: type) -> None:
    [content] = of_file(ServerAnswer(200, {"content-type": kind}, b"x" * size), "a", "musings://artifacts/1").content
    assert isinstance(content, block)
