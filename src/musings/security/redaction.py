"""Takes secrets out of text before it is logged, stored or answered.

Two ways together: the values that this installation keeps secret are replaced wherever they stand, also as JSON, as
part of an address or in Base64; and what looks like a credential is hidden whatever its value: ``Authorization`` and
``Cookie`` headers, passwords in addresses, ``api_key=…``, and the tokens that are known by their first letters.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote, quote_plus, unquote, urlsplit

from musings.security.credentials import TOKEN_PREFIX

HIDDEN = "[hidden]"
FEWEST_CHARACTERS = 6  # a shorter value would hide half of every log, and protect nothing

_NAMES = (
    r"(?:[a-z0-9]{1,24}[_-]){0,4}(?:api[_-]?key|access[_-]?key|secret|signing[_-]?key|private[_-]?key|passwd|password|token"
    r"|signature|csrf|credentials)"
)
_IS = r"(?>[\"']?\s*[:=,]\s*(?:b?[\"'])?)(?!\[hidden\])"
_VALUE = r"(?!\[hidden\])[^\s\"'&,;}\]]"
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?i)\b((?:proxy-)?authorization{_IS})[^\"'\r\n,;}}\]]{{3,}}"), r"\1" + HIDDEN),
    (re.compile(rf"(?i)\b((?:set-)?cookie{_IS})[^\"'\r\n}}\]]{{3,}}"), r"\1" + HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+(?=[a-z._~+/-]*[0-9=])[a-z0-9._~+/=-]{8,}"), r"\1 " + HIDDEN),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,24}://)[^\s/?#\"'<>@]{1,500}@"), r"\1" + HIDDEN + "@"),
    (re.compile(rf"(?i)\b({_NAMES}(?>[\"']?\s*=\s*[\"']?|[\"']\s*:\s*[\"']|:)){_VALUE}{{4,}}"), r"\1" + HIDDEN),
    (re.compile(rf"(?i)\b({_NAMES}(?>:\s+))(?=[a-z._-]*[0-9]){_VALUE}{{8,}}"), r"\1" + HIDDEN),
    (re.compile(rf"\b{TOKEN_PREFIX}[A-Za-z0-9_-]{{20,}}"), HIDDEN),
    (re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}|\bhf_[A-Za-z0-9]{16,}|\bgh[pousr]_[A-Za-z0-9]{20,}"), HIDDEN),
    (re.compile(r"\btvly-[A-Za-z0-9_-]{8,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAKIA[A-Z0-9]{16}\b"), HIDDEN),
)


class Redactor:
    """Hides the given values and everything that looks like a credential."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for value in secrets if len(value) >= FEWEST_CHARACTERS for form in _forms(value)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """The text without its secrets; twice is the same as once."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def redactor_for(secrets: Mapping[str, str], document: object, channels: Sequence[str]) -> Redactor:
    """Hides what an installation keeps secret.

    ``secrets`` are the keys of the environment, ``document`` is the configuration (the passwords in its addresses are
    hidden), ``channels`` are addresses for alerts, each of which is a secret as a whole.
    """
    return Redactor({*_keys(secrets), *_passwords(document), *_channels(channels)})


def _keys(secrets: Mapping[str, str]) -> Iterator[str]:
    for value in secrets.values():
        yield value
        yield from _texts(_read(value))


def _passwords(document: object) -> Iterator[str]:
    for text in _texts(document):
        yield from _of_address(text)


def _channels(urls: Sequence[str]) -> Iterator[str]:
    for url in urls:
        yield url
        yield from (part for part in re.split(r"[:/?&=@]+", url.partition("://")[2]) if len(part) >= 16)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield from (word for word in value.split() if word != value and len(word) >= 16)  # of "Bearer …"
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _read(value: str) -> object:
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, dict | list) else None


def _of_address(text: str) -> Iterator[str]:
    """The password in an address, as it is written and as it is meant."""
    if "://" not in text or "@" not in text:
        return
    try:
        parts = urlsplit(text)
    except ValueError:
        return
    if parts.password:
        yield parts.password
        yield unquote(parts.password)
        yield _base64(f"{unquote(parts.username or '')}:{unquote(parts.password)}")


def _forms(value: str) -> Iterator[str]:
    yield value
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield json.dumps(value)[1:-1]
    yield repr(value)[1:-1]
    yield quote(value)
    yield quote(value, safe="")
    yield quote_plus(value)
    yield _base64(value)


def _base64(value: str) -> str:
    return base64.b64encode(value.encode("utf-8", "surrogatepass")).decode().rstrip("=")
