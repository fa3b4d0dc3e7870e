"""Whose word counts, and what it must say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.mail.authentication import vouches

SERVER, DOMAIN = "mx.home.example", "house.example"


@pytest.mark.parametrize(
    "said",
    [
        "mx.home.example; dmarc=pass header.from=house.example",
        "mx.home.example; dmarc=pass (p=REJECT sp=REJECT) header.from=House.Example",
        "MX.home.example 1; spf=fail smtp.mailfrom=x@y.example; dmarc=pass header.from=house.example",
        "mx.home.example;\r\n dkim=pass header.i=@house.example header.s=a header.b=xyz",
        'mx.home.example; dkim=pass header.d="house.example"',
        "mx.home.example; dkim=pass (2048-bit key; unprotected) header.d=house.example header.i=@house.example",
        "mx.home.example; dkim=fail header.d=house.example; dkim=pass header.d=house.example",
    ],
)
def test_the_receiving_server_vouches(said: str) -> None:
    assert vouches([said], SERVER, DOMAIN)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "mx.home.example",
        "mx.home.example; none",
        "mx.elsewhere.example; dmarc=pass header.from=house.example",
        "mx.home.example; dmarc=pass header.from=elsewhere.example",
        "mx.home.example; dmarc=pass",
        "mx.home.example; dmarc=fail header.from=house.example",
        "mx.home.example; dmarc=bestguesspass header.from=house.example",
        "mx.home.example; spf=pass smtp.mailfrom=house.example",
        "mx.home.example; dkim=pass header.d=elsewhere.example",
        "mx.home.example; dkim=pass header.d=example",
        "mx.home.example; dkim=pass header.d=se.example",
        # What a sender chose, repeated by the server.
        'mx.home.example; spf=pass smtp.mailfrom="a; dmarc=pass header.from=house.example"@evil.example',
        'mx.home.example; spf=pass smtp.mailfrom="\\"; dmarc=pass header.from=house.example"@evil.example',
        "mx.home.example; spf=pass (mail of ; dmarc=pass header.from=house.example ; and more) smtp.mailfrom=a@b.c",
        "mx.home.example; spf=pass (of \\) ; dmarc=pass header.from=house.example) smtp.mailfrom=a@b.c",
        'mx.home.example; dmarc=pass header.from=house.example; x="',
        "mx.home.example; dmarc=pass header.from=house.example) (",
        "mx.home.example; dmarc=pass header.from=house.example " + "x" * 9_000,
    ],
)
def test_it_does_not(said: str) -> None:
    assert not vouches([said], SERVER, DOMAIN)


def test_only_the_newest_word_counts() -> None:
    """What is below came with the mail, and anybody can write it."""
    forged = "mx.home.example; dmarc=pass header.from=house.example"
    assert not vouches(["mx.home.example; dmarc=fail header.from=house.example", forged], SERVER, DOMAIN)
    assert not vouches(["mx.other.example; none", forged], SERVER, DOMAIN)
    assert not vouches([], SERVER, DOMAIN)
    assert not vouches([forged], SERVER, "")


@given(st.text(alphabet='abc;="()\\ .@', max_size=60))
def test_what_stands_between_quotes_proves_nothing(chosen: str) -> None:
    quoted = chosen.replace("\\", "\\\\").replace('"', '\\"')
    said = f'mx.home.example; spf=pass smtp.mailfrom="{quoted}; dmarc=pass header.from=house.example"@evil.example'
    assert not vouches([said], SERVER, DOMAIN)
