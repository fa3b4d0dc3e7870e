"""Who has sent a mail, by what the server that received it says; what the mail says of itself proves nothing.

Source: RFC 8601 (``Authentication-Results``), RFC 7489 (DMARC), RFC 6376, section 3.11 (how a domain that signed
relates to that of the author).
"""

import re
from collections.abc import Sequence

from musings.config.operation import MailSettings
from musings.mail.letters import Letter

LONGEST = 8_000
"""Letters of a header: more is no server's word."""
_NAME = re.compile(r"[a-z0-9@._+-]*")
_RESULT = re.compile(r"(?P<method>[a-z0-9-]+)(?:/[0-9]+)?\s*=\s*(?P<result>[a-z]+)")
_PROPERTY = re.compile(r"(?P<name>header\.(?:from|d|i))\s*=\s*(?P<value>[^\s;]+)")


def why_not(settings: MailSettings, letter: Letter) -> str | None:
    """Why a mail is not taken, in words for the log; None for one of a sender who is known."""
    if letter.sender is None or letter.sender not in {each.lower() for each in settings.senders}:
        return "its sender is not one of mail.senders"
    if letter.is_automatic or letter.sender == settings.own_address.lower():
        return "a program wrote it"
    if not vouches(letter.results, settings.receiving_server or "", letter.domain):
        return "mail.receiving_server does not vouch for its sender"
    return None


def vouches(headers: Sequence[str], server: str, domain: str) -> bool:
    """Whether ``server`` says that a mail is from ``domain``, by DMARC or by a signature of that domain.

    ``headers`` are the values of ``Authentication-Results`` as they stand, the newest first. Only the first counts: a
    server puts its own on top, and whatever is below came with the mail.
    """
    first = next(iter(headers), "")
    if len(first) > LONGEST:
        return False
    said = _plain(first)
    name, _, results = said.partition(";")
    # A version may stand behind the name.
    if not domain or name.split()[:1] != [server.lower()]:
        return False
    return any(_proves(each, domain.lower()) for each in results.split(";"))


def _proves(result: str, domain: str) -> bool:
    found = _RESULT.match(result.strip())
    if found is None or found["result"] != "pass":
        return False
    said = {each["name"]: each["value"].rpartition("@")[2].rstrip(".") for each in _PROPERTY.finditer(result)}
    if found["method"] == "dmarc":
        return said.get("header.from") == domain
    if found["method"] == "dkim":
        signer = said.get("header.d") or said.get("header.i") or ""
        # Of the author's domain itself, or of one above it; a whole ending such as `com` signs for nobody.
        return "." in signer and (domain == signer or domain.endswith(f".{signer}"))
    return False


def _plain(header: str) -> str:
    """In small letters, without comments and without quoted words that are more than a name; empty where it is odd.

    One pass, letter by letter: a sender chooses what stands between quotes, and could write a result there.
    """
    out: list[str] = []
    depth, quoted, word, letters = 0, False, "", iter(header.lower())
    for letter in letters:
        if letter == "\\" and (quoted or depth):
            escaped = next(letters, "")
            word += escaped if quoted else ""
        elif quoted and letter == '"':
            out.append(word if _NAME.fullmatch(word) else "_")
            quoted, word = False, ""
        elif quoted:
            word += letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            out.append(" ")
        elif depth == 0:
            quoted = letter == '"'
            out.append("" if quoted else letter)
        if depth < 0:
            return ""
    return "" if quoted or depth else " ".join("".join(out).split())
