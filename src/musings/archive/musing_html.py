"""A musing as a page that needs no script: its texts, its pictures, and players that the browser brings along. Pure."""

from collections.abc import Callable

from musings.archive.musing_document import DocumentFile, DocumentSection, MusingDocument
from musings.archive.prose import clean, html, without_title
from musings.models import Artifact, ArtifactType

Address = Callable[[Artifact], str | None]
"""Where a file is, for a link of the page; None where it is not there."""

STYLE = """
:root { color-scheme: light dark; font: 1.0625rem/1.65 system-ui, sans-serif; }
body { box-sizing: border-box; margin: 0 auto; max-width: 44rem; padding: 2rem 1.25rem 4rem; overflow-wrap: break-word;
  background: light-dark(#f6f5f2, #16171d); color: light-dark(#22232b, #eceaf2); }
h1, h2, .text { font-family: 'Iowan Old Style', Palatino, P052, Georgia, serif; }
h1 { font-size: 2.25rem; font-style: italic; font-weight: 400; line-height: 1.2; margin: 0 0 1.5rem; }
h2 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 1rem; }
section + section { border-top: 1px solid light-dark(#d9d7d0, #33343f); margin-top: 3rem; padding-top: 2.5rem; }
.text { font-size: 1.1875rem; }
.text p { margin: 0 0 1em; }
blockquote { border-left: 2px solid currentColor; font-style: italic; margin: 0 0 1em; padding-left: 1em; }
hr { border: 0; border-top: 1px solid currentColor; margin: 2rem auto; opacity: .4; width: 4rem; }
figure { margin: 0 0 1.5rem; }
figure img, figure video { border-radius: .6rem; display: block; height: auto; width: auto;
  max-height: 80vh; max-width: 100%; margin: 0 auto; }
figure audio { display: block; width: 100%; }
figcaption, .idea, footer { color: light-dark(#5c5d68, #a9a8b5); font-size: .9375rem; }
.sound figcaption { margin-bottom: .35rem; }
footer { border-top: 1px solid light-dark(#d9d7d0, #33343f); margin-top: 3rem; padding-top: 1rem; }
a { color: inherit; }
"""
MADE_BY_A_MACHINE = "Made by a machine, with Musings."


def page(document: MusingDocument, address: Address, *, head: str = "") -> str:
    """The whole page; ``head`` is what belongs into its head beside the title and the style."""
    idea = f'<p class="idea" dir="auto">{clean(document.idea)}</p>\n' if document.idea else ""
    sections = "\n".join(section(document, each, address) for each in document.sections)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{clean(document.title)}</title>
{head}<style>{STYLE}</style>
</head>
<body>
<main>
<h1 dir="auto">{clean(document.title)}</h1>
{idea}{sections or "<p>Nothing of it is done yet.</p>"}
</main>
<footer>{MADE_BY_A_MACHINE}</footer>
</body>
</html>
"""


def section(document: MusingDocument, found: DocumentSection, address: Address) -> str:
    """One section as well-formed XML: its pictures, its text, then what is heard and seen of it."""
    pictures = [_file(document, found, each, address) for each in found.files if each.is_picture]
    others = [_file(document, found, each, address) for each in found.files if not each.is_picture]
    told = document.heading_of(found)
    heading = [f'<h2 dir="auto">{clean(told)}</h2>'] if told is not None else []
    text = []
    if found.text is not None:
        text = [f'<div class="text" dir="auto">\n{html(without_title(found.text, found.heading))}\n</div>']
    return "\n".join(["<section>", *heading, *pictures, *text, *others, "</section>"])


def _file(document: MusingDocument, found: DocumentSection, file: DocumentFile, address: Address) -> str:
    where, said = address(file.artifact), clean(document.description_of(found, file))
    if where is None:
        return f"<figure><figcaption>{clean(file.title)}: the file is gone.</figcaption></figure>"
    link = clean(where)
    if file.is_picture:
        # So that nothing moves when the picture comes.
        size = "".join(
            f' {name}="{value}"'
            for name in ("width", "height")
            if isinstance(value := file.artifact.metadata.get(name), int) and not isinstance(value, bool) and value > 0
        )
        return f'<figure><img src="{link}" alt="{said}"{size} /></figure>'
    if file.is_sound:
        player = f'<audio controls="controls" preload="metadata" src="{link}" aria-label="{said}"></audio>'
        return f'<figure class="sound"><figcaption>{clean(file.title)}</figcaption>{player}</figure>'
    if file.artifact.artifact_type == ArtifactType.VIDEO:
        film = f'<video controls="controls" preload="metadata" src="{link}" aria-label="{said}"></video>'
        return f"<figure>{film}</figure>"
    name = clean(file.artifact.file_path.rpartition("/")[2])
    return f'<figure><figcaption><a href="{link}">{name}</a></figcaption></figure>'
