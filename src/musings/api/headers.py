"""Headers that every answer carries, for the sake of the browser that reads it."""

from starlette.datastructures import MutableHeaders

YEAR = 31_536_000
# A Svelte transition and the waveform put styles into the page; scripts come from our own files only.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(self), camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(),"
        " fullscreen=(self), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}


def protect(headers: MutableHeaders, *, https: bool) -> None:
    """Add what is missing; an answer that says something of its own, as files do, keeps it."""
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    if https:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")


def keep_private(headers: MutableHeaders) -> None:
    """Have nobody keep an answer that only its caller may see."""
    headers.setdefault("Cache-Control", "no-store")
