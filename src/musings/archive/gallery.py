"""The gallery of an archive: plain HTML, no script, every word escaped, every link relative. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from musings.models import Artifact, Prompt, StoredWriting

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; }
article { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 1rem 0; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
small, nav { opacity: .75; }
.works { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: .75rem; }
figure { margin: 0; max-width: 100%; }
img, video { display: block; max-height: 20rem; max-width: 100%; border-radius: .4rem; }
pre { font: inherit; margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; max-width: 40rem; }
nav { display: flex; gap: 1rem; padding: 1rem 0; }
"""
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif")
SOUNDS = (".flac", ".mp3", ".wav", ".ogg", ".opus", ".m4a")
VIDEOS = (".mp4", ".webm", ".mov")


@dataclass(frozen=True)
class Shown:
    """A prompt with what came of it. ``there`` are the paths that the archive holds."""

    prompt: Prompt
    artifacts: Sequence[Artifact]
    writing: StoredWriting | None
    there: frozenset[str]


def page_name(number: int) -> str:
    """The file of a page; the first is 1."""
    return "index.html" if number == 1 else f"page-{number}.html"


def page(shown: Sequence[Shown], number: int, *, is_last: bool, made: str) -> str:
    """One page of the gallery. ``made`` says when the archive was made."""
    links = [
        *([f'<a href="{page_name(number - 1)}" rel="prev">Newer</a>'] if number > 1 else []),
        *([] if is_last else [f'<a href="{page_name(number + 1)}" rel="next">Older</a>']),
    ]
    nav = f"<nav>{' '.join(links)}</nav>" if links else ""
    works = "\n".join(_article(each) for each in shown) or "<p>Nothing was made yet.</p>"
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="script-src 'none'; object-src 'none'; base-uri 'none'">
<title>Musings, page {number}</title>
<style>{STYLE}</style>
<h1>Musings</h1>
<p><small>An archive of {escape(made)}, page {number}.</small></p>
{nav}
{works}
{nav}
</html>
"""


def _article(shown: Shown) -> str:
    prompt = shown.prompt
    when = f"{prompt.created_at:%Y-%m-%d %H:%M} UTC" if prompt.created_at else "some time ago"
    works = [_work(artifact, prompt, artifact.file_path in shown.there) for artifact in shown.artifacts]
    writing = _writing(shown.writing) if shown.writing is not None else ""
    return f"""<article id="prompt-{prompt.id}">
<h2>{escape(prompt.prompt_text)}</h2>
<small>{escape(prompt.prompt_type)}, {when}, prompt {prompt.id}</small>
<div class="works">{writing}{"".join(works)}</div>
</article>"""


def _writing(writing: StoredWriting) -> str:
    title = f"<h3>{escape(writing.title)}</h3>" if writing.title else ""
    return f"<figure>{title}<pre>{escape(writing.content or '')}</pre></figure>"


def _work(artifact: Artifact, prompt: Prompt, is_there: bool) -> str:
    name = escape(artifact.file_path.rpartition("/")[2])
    if not is_there:
        return f"<figure>{name} is missing: its file was gone already.</figure>"
    link, words = _link(artifact.file_path), escape(prompt.prompt_text[:200])
    ending = "." + artifact.file_path.rpartition(".")[2].lower()
    if ending in PICTURES:
        return f'<figure><a href="{link}"><img loading="lazy" src="{link}" alt="{words}"></a></figure>'
    if ending in SOUNDS:
        return f'<figure><audio controls preload="none" src="{link}"></audio><br><a href="{link}">{name}</a></figure>'
    if ending in VIDEOS:
        return f'<figure><video controls preload="none" src="{link}"></video></figure>'
    return f'<figure><a href="{link}">{name}</a></figure>'


def _link(path: str) -> str:
    return escape("media/" + quote(path))
