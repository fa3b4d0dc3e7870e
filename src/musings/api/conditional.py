"""Requests that ask only for what has changed."""

from starlette.datastructures import Headers


def has_it(asked: Headers, tag: str) -> bool:
    """Whether a client names the version ``tag`` (an ``ETag``) as one that it has, by the weak comparison.

    Source: RFC 9110, sections 8.8.3.2 and 13.1.2 (``If-None-Match``).
    """
    known, mine = asked.get("if-none-match", ""), tag.removeprefix("W/")
    return known.strip() == "*" or mine in (each.strip().removeprefix("W/") for each in known.split(","))
