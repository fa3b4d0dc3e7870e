"""What a server at home or abroad means when it refuses: from HTTP status and body to our errors. Pure.

The shapes of the bodies are those of OpenAI's API and of the local servers that speak its protocol; ``Retry-After``
is RFC 9110, section 10.2.3.
"""

import email.utils
import json
import math
import time
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from musings.errors import AttemptError, PassingFault, UserFault
from musings.models import Json

MOST_CHARACTERS = 300
LONGEST_WAIT_SECONDS = 3600.0
_PASSING = (408, 409, 425, 429)


def refusal(who: str, status: int, body: str, headers: Mapping[str, str], secret: str) -> AttemptError:
    """The error for an answer with ``status`` 400 or above.

    ``who`` names the server in the middle of a sentence; ``secret`` the variable of the environment that holds its key.
    """
    said = words_in(body)
    quoted = f": {said}" if said else "."
    if status in (401, 403):
        return UserFault(
            f"{upper(who)} refuses the key (HTTP {status}){quoted}",
            hint=f"Set {secret} in the environment or in .env beside the configuration.",
            log=body,
        )
    if status in _PASSING or status >= 500:
        wait = retry_after(headers.get("retry-after"), time.time())
        why = "is overloaded" if status in (429, 503) else "failed"
        return PassingFault(f"{upper(who)} {why} (HTTP {status}){quoted}", log=body, retry_after=wait)
    if status == 404 and "model" in said.casefold():
        return UserFault(f"{upper(who)} does not have the model{quoted}", hint="See `musings doctor`.", log=body)
    return UserFault(f"{upper(who)} cannot take the request (HTTP {status}){quoted}", log=body)


def unreachable(who: str, reason: str) -> PassingFault:
    """The error for a server that does not answer at all, or stops in the middle of it."""
    return PassingFault(
        f"{upper(who)} does not answer ({reason}).",
        hint="Start it, or correct its address in the configuration.",
    )


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait as a ``Retry-After`` header says (a number or a date), at most an hour; ``now`` is Unix time."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        date = email.utils.parsedate_tz(value)
        if date is None:
            return None
        seconds = email.utils.mktime_tz(date) - now
    return None if math.isnan(seconds) else min(max(0.0, seconds), LONGEST_WAIT_SECONDS)


def words_in(body: str) -> str:
    """The message in an error body: OpenAI's, Ollama's, FastAPI's, or the beginning of plain text."""
    try:
        found = _message(json.loads(body))
    except (ValueError, RecursionError):
        found = body
    line = " ".join(readable(found).split())
    return line if len(line) <= MOST_CHARACTERS else line[:MOST_CHARACTERS] + "…"


def readable(words: str) -> str:
    """The same with a question mark for half a surrogate pair, which JSON can write, and no row or file can."""
    return words.encode("utf-8", "replace").decode("utf-8")


def upper(who: str) -> str:
    """``who`` at the beginning of a sentence."""
    return who[:1].upper() + who[1:]


def without_credentials(url: str) -> str:
    """An address as it may be shown and stored: without a name and a password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _message(value: Json) -> str:
    for key in ("error", "message", "detail"):
        if isinstance(value, dict) and key in value:
            return _message(value[key])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
