"""Rows of other programs hold anything; every list and every detail of the API shows them, and fails for none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.musings.api.conftest import Api, serving_in
from tests.odd_rows import SAME, OddRows

ROWS = 100
LISTS = (
    "/api/prompts?limit=200", "/api/prompts?deleted=true", "/api/prompts?order=queue", f"/api/prompts?q={SAME}",
    "/api/prompts?starred=true", "/api/artifacts?limit=200", f"/api/artifacts?q={SAME}", "/api/writings?limit=200",
    f"/api/writings?q={SAME}", f"/api/writings?mood={SAME}", f"/api/writings?tag={SAME}", "/api/tags",
    f"/api/search?q={SAME}", "/api/stats", "/api/queue/stats", "/api/workflows", "/metrics",
)  # fmt: skip


@pytest.fixture(scope="module", params=range(3))
def odd(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, fresh_database: Path
) -> Iterator[tuple[Api, OddRows]]:
    with serving_in(tmp_path_factory.mktemp("odd"), fresh_database) as api:
        rows = OddRows(api.settings.database.path, request.param)
        rows.insert(ROWS)
        yield api, rows


def test_every_list_is_answered(odd: tuple[Api, OddRows]) -> None:
    api, _ = odd
    assert {path: api.http.get(path).status_code for path in LISTS} == dict.fromkeys(LISTS, 200)
    assert api.http.get("/readyz").status_code in (200, 503)


def test_a_list_leaves_no_row_out(odd: tuple[Api, OddRows]) -> None:
    api, rows = odd
    listed = [each["id"] for path in LISTS[:2] for each in api.http.get(f"{path}&limit=200").json()["items"]]
    assert sorted(listed) == rows.prompts


def test_every_detail_is_answered(odd: tuple[Api, OddRows]) -> None:
    api, rows = odd
    shown = [f"/api/prompts/{each}{more}" for each in rows.prompts for more in ("", "/artifacts", "/log")]
    read = [f"/api/writings/{each}{more}" for each in rows.writings for more in ("", "/text", "/text?download=true")]
    answers = {path: api.http.get(path).status_code for path in shown + read}
    assert {path: code for path, code in answers.items() if code not in (200, 404)} == {}
    assert sum(code == 200 for code in answers.values()) > len(answers) / 2


def test_what_is_done_to_one_ends_in_words(odd: tuple[Api, OddRows]) -> None:
    api, rows = odd
    for prompt in rows.prompts[:40]:
        for action in ("cancel", "retry", "reproduce"):
            assert api.http.post(f"/api/prompts/{prompt}/{action}").status_code < 500, (prompt, action)
        assert api.http.patch(f"/api/prompts/{prompt}", json={"starred": True}).status_code in (200, 404)
        assert api.http.delete(f"/api/prompts/{prompt}").status_code in (204, 404)
