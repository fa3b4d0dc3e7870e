"""One message to one receiver: a POST that follows no redirect, reads no answer but its head, and ends in time.

And one document from an address of somebody else, by the same way and in so many bytes.
"""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from musings.errors import UnreachableError
from musings.late import importing
from musings.version import VERSION
from musings.webhooks.destinations import Destination

AGENT = f"Musings/{VERSION}"


@dataclass(frozen=True)
class Answer:
    """``status_code``, and ``error`` in words where it was not taken.

    ``retry_after`` (s) is what the receiver asked for. A channel of ``alerts.urls`` has no status to tell.
    """

    status_code: int | None
    error: str | None
    seconds: float
    retry_after: float | None = None

    @property
    def was_taken(self) -> bool:
        return self.error is None


Send = Callable[[Destination, Mapping[str, str], str | bytes, float], Answer]
"""Sends a body with headers within so many seconds. Raises nothing."""


def post(destination: Destination, headers: Mapping[str, str], body: str | bytes, timeout_seconds: float) -> Answer:
    """Send it. Takes up to ``timeout_seconds`` in all: never call it where somebody waits. Raises nothing."""
    began = time.monotonic()
    with importing():
        import httpx

    async def send() -> httpx.Response:
        async with asyncio.timeout(timeout_seconds):
            # Without the proxies of the environment: what was checked is where the connection goes.
            async with httpx.AsyncClient(timeout=timeout_seconds, trust_env=False, verify=context) as client:
                asked = client.build_request(
                    "POST",
                    _direct(destination),
                    headers=_all(destination, headers),
                    content=body if isinstance(body, bytes) else body.encode("utf-8", "replace"),
                )
                asked.extensions["sni_hostname"] = destination.host
                answer = await client.send(asked, stream=True)
                await answer.aclose()
                return answer

    context = httpx.create_ssl_context() if destination.is_secure else False
    try:
        answer = asyncio.run(send())
    except TimeoutError:
        return Answer(None, f"no answer within {timeout_seconds:g} s", time.monotonic() - began)
    except httpx.TimeoutException:
        return Answer(None, f"no answer within {timeout_seconds:g} s", time.monotonic() - began)
    except httpx.ConnectError as error:
        nobody = f"nobody answers at {destination.host}, port {destination.port}"
        # What is wrong with a certificate is worth reading; the rest is the library's way to say that nobody is there.
        return Answer(None, str(error) if "SSL" in str(error) else nobody, time.monotonic() - began)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        return Answer(None, str(error) or type(error).__name__, time.monotonic() - began)
    words = None if answer.is_success else _refusal(answer.status_code)
    return Answer(answer.status_code, words, time.monotonic() - began, _seconds(answer.headers.get("retry-after")))


def fetch(destination: Destination, timeout_seconds: float, most_bytes: int) -> bytes:
    """What is at an address, whole. Takes up to ``timeout_seconds`` in all. Follows no redirect.

    Raises ``UnreachableError`` with words for what came instead.
    """
    with importing():
        import httpx

    # As it is sent: what is packed small could be of any size.
    headers = {"Accept-Encoding": "identity", "Accept": "application/atom+xml, application/rss+xml, */*;q=0.5"}

    async def read() -> bytes:
        async with (
            asyncio.timeout(timeout_seconds),
            httpx.AsyncClient(timeout=timeout_seconds, trust_env=False, verify=context) as client,
        ):
            asked = client.build_request("GET", _direct(destination), headers=_all(destination, headers))
            asked.extensions["sni_hostname"] = destination.host
            answer = await client.send(asked, stream=True)
            try:
                return await _body(answer)
            finally:
                await answer.aclose()

    async def _body(answer: httpx.Response) -> bytes:
        if not answer.is_success:
            raise UnreachableError(f"{destination.host}: {_refusal(answer.status_code)}.")
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise UnreachableError(f"{destination.host}: it answers in a coding that was not asked for.")
        found = bytearray()
        async for piece in answer.aiter_raw():
            found += piece
            if len(found) > most_bytes:
                raise UnreachableError(f"{destination.host}: it is longer than {most_bytes:,} bytes.")
        return bytes(found)

    context = httpx.create_ssl_context() if destination.is_secure else False
    try:
        return asyncio.run(read())
    except (TimeoutError, httpx.TimeoutException) as error:
        raise UnreachableError(f"{destination.host}: no answer within {timeout_seconds:g} s.") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        words = str(error) or type(error).__name__
        raise UnreachableError(f"{destination.host} does not answer ({words}).") from error


def _direct(destination: Destination) -> str:
    """The address with the host replaced by what was looked up."""
    scheme, _, rest = destination.url.partition("://")
    tail = rest[min((at for at in (rest.find(each) for each in "/?#") if at >= 0), default=len(rest)) :]
    host = f"[{destination.address}]" if ":" in destination.address else destination.address
    return f"{scheme}://{host}:{destination.port}{tail.partition('#')[0]}"


def _all(destination: Destination, headers: Mapping[str, str]) -> dict[str, str]:
    usual = 443 if destination.is_secure else 80
    host = f"[{destination.host}]" if ":" in destination.host else destination.host
    named = host if destination.port == usual else f"{host}:{destination.port}"
    return {"Host": named, "Content-Type": "application/json", "User-Agent": AGENT, **headers}


def _refusal(status_code: int) -> str:
    if 300 <= status_code < 400:
        return f"it answered {status_code}, and redirects are not followed: give the address that it leads to"
    return f"it answered {status_code}"


def _seconds(retry_after: str | None) -> float | None:
    """Of RFC 9110's two forms the one in seconds; a date is not read."""
    try:
        found = float(retry_after or "")
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None
