"""The page of a musing for whoever has its link: made whole on the server, without a script, read by nobody else."""

import base64
import hashlib
from urllib.parse import quote

from starlette.responses import HTMLResponse

from musings.api.signed_links import SignedLinks
from musings.archive import musing_html
from musings.archive.musing_document import MusingDocument
from musings.archive.prose import clean, plain
from musings.errors import PathError
from musings.files.artifact_store import ArtifactStore
from musings.models import Artifact

DESCRIPTION_CHARACTERS = 200


def answer(
    document: MusingDocument, store: ArtifactStore, links: SignedLinks, *, expires: int | None, base: str
) -> HTMLResponse:
    """The page. Its files are under links that end when its own does (``expires``, s since 1970).

    None: who asks may see them anyway. ``base`` is the address of the server, for who shows a page by a picture of it.
    """

    def address(artifact: Artifact) -> str | None:
        try:
            store.stat(artifact.file_path)
        except PathError:
            return None
        # Without a server: by whatever name the page was reached, its files are.
        path = artifact.file_path
        return f"/media/{quote(path)}" if expires is None else links.until(path, expires)

    html = musing_html.page(document, address, head=_open_graph(document, lambda made: _whole(base, address(made))))
    return HTMLResponse(html, headers=_headers())


def _headers() -> dict[str, str]:
    style = base64.b64encode(hashlib.sha256(musing_html.STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src 'self'; media-src 'self'; style-src 'sha256-{style}'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        # The address is the secret, and what it shows may have changed.
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
    }


def _open_graph(document: MusingDocument, address: musing_html.Address) -> str:
    """What messengers and networks show of a link (https://ogp.me)."""
    text = next((each.text for each in document.sections if each.text), None)
    sound = next((each for each in document.files if each.is_sound), None)
    cover = document.cover
    told = {
        "og:type": "article",
        "og:title": document.title,
        "og:site_name": "Musings",
        "og:description": plain(text, DESCRIPTION_CHARACTERS) if text else None,
        "og:image": address(cover.artifact) if cover else None,
        "og:image:alt": f"{cover.title}: {document.title}" if cover else None,
        "og:audio": address(sound.artifact) if sound else None,
    }
    tags = [f'<meta property="{name}" content="{clean(said)}">' for name, said in told.items() if said]
    card = "summary_large_image" if told["og:image"] else "summary"
    return "\n".join(
        [*tags, f'<meta name="twitter:card" content="{card}">', '<meta name="robots" content="noindex">', ""]
    )


def _whole(base: str, address: str | None) -> str | None:
    return None if address is None else base + address
