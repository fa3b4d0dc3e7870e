from datetime import timedelta

import pytest

from musings.store import times
from musings.store.access.tokens import Token
from musings.views.tokens import token_meta, with_secret

NOW = times.now()


@pytest.mark.parametrize(
    ("expires", "revoked", "state"),
    [(None, None, "usable"), (timedelta(days=-1), None, "expired"), (None, timedelta(days=-1), "revoked")],
)
def test_a_token_says_whether_it_works_and_never_its_secret(
    expires: timedelta | None, revoked: timedelta | None, state: str
) -> None:
    ends, ended = (None if each is None else NOW + each for each in (expires, revoked))
    token = Token(3, "n8n", ("write", "fly"), NOW, ends, None, ended)
    found = token_meta(token)
    assert (found.state, found.scopes) == (state, ["write"])
    assert not {"token", "secret_hash"} & set(found.model_dump())
    assert with_secret(token, "mus_x").token == "mus_x"
