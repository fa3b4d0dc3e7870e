"""The shelf, the search, the tags and the totals over real HTTP."""

from typing import Any

import pytest

from musings.models import Writing
from musings.store.writings import writings
from tests.musings.api.conftest import Api, problem

SEA = "Salt on the rail,\na gull that will not land.\nThe lamp goes round, and nobody is home."


def keep(api: Api, content: str = SEA, title: str = "The Lamp", **more: Any) -> int:
    with api.database.write() as connection:
        return writings.insert_writing(connection, Writing(title, content, **{"content_type": "poetry", **more}))


def get(api: Api, path: str, **query: Any) -> dict[str, Any]:
    answer = api.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[int]:
    return [item["id"] for item in found["items"]]


def test_the_shelf_is_newest_first_and_paged(api: Api) -> None:
    made = [keep(api, f"text {number}") for number in range(5)]
    first = get(api, "/api/writings", limit=3)
    assert ids(first) == made[:1:-1]
    rest = get(api, "/api/writings", limit=3, cursor=first["next_cursor"])
    assert ids(rest) == [made[1], made[0]]
    assert rest["next_cursor"] is None
    assert set(first["items"][0]) == {
        "id", "title", "content_type", "mood", "word_count", "line_count", "character_count", "explicit_content",
        "created_at", "excerpt", "tags",
    }  # fmt: skip


def test_the_shelf_is_filtered(api: Api) -> None:
    calm = keep(api, mood="calm")
    rude = keep(api, "rude words", content_type="prose", explicit_content=True)
    api.http.put(f"/api/writings/{calm}/tags", json={"tags": ["sea"]})
    api.sqlite("INSERT INTO writings (title, content, explicit_content) VALUES ('old', 'tide', NULL)")
    assert ids(get(api, "/api/writings", content_type="prose,song")) == [rude]
    assert ids(get(api, "/api/writings", mood="Calm")) == [calm]
    assert ids(get(api, "/api/writings", tag="sea")) == [calm]
    assert ids(get(api, "/api/writings", explicit="true")) == [rude]
    assert ids(get(api, "/api/writings", explicit="false")) == [rude + 1, calm]
    assert ids(get(api, "/api/writings", q="GULL salt")) == [calm]
    assert ids(get(api, "/api/writings", q="tide")) == [rude + 1]


def test_one_writing_whole_with_its_like(api: Api) -> None:
    first = keep(api, notes="Written by Anthony")
    version = keep(api, SEA.replace("gull", "tern"), "Another Lamp")
    keep(api, "A fox in the snow walks past the birches while children sleep in the village below.")
    prompt = api.submit("a lamp", prompt_type="poem")
    api.sqlite("UPDATE prompts SET output_reference = ? WHERE id = ?", first, prompt["id"])

    found = get(api, f"/api/writings/{first}")

    assert (found["content"], found["notes"], found["prompt_ids"]) == (SEA, "Written by Anthony", [prompt["id"]])
    assert [(like["id"], like["title"]) for like in found["alike"]] == [(version, "Another Lamp")]
    assert 0.6 <= found["alike"][0]["likeness"] < 1
    problem(api.http.get("/api/writings/999"), 404)


def test_a_fingerprint_of_another_program_is_left_aside(api: Api) -> None:
    api.sqlite("INSERT INTO writings (id, title, content, content_fingerprint) VALUES (1, 'x', 'x', 'theirs')")
    keep(api)
    assert get(api, "/api/writings/1")["alike"] == []


def test_the_text_to_read_and_to_keep(api: Api) -> None:
    made = keep(api, title="Über die Lampe")
    answer = api.http.get(f"/api/writings/{made}/text")
    assert answer.text == f"# Über die Lampe\n\n{SEA}\n"
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "content-disposition" not in answer.headers
    kept = api.http.get(f"/api/writings/{made}/text", params={"download": 1})
    assert kept.headers["content-disposition"].startswith("attachment; filename*=utf-8''%C3%BCber-die-lampe")
    problem(api.http.get("/api/writings/999/text"), 404)


def test_tags_are_set_and_counted(api: Api) -> None:
    one, two = keep(api), keep(api)
    answer = api.http.put(f"/api/writings/{one}/tags", json={"tags": ["sea", "night", "sea"]})
    assert answer.json() == {"tags": ["night", "sea"]}
    api.http.put(f"/api/writings/{two}/tags", json={"tags": ["sea"]})
    assert get(api, f"/api/writings/{one}")["tags"] == ["night", "sea"]
    assert get(api, "/api/tags")["items"] == [
        {"name": "sea", "tag_type": None, "count": 2},
        {"name": "night", "tag_type": None, "count": 1},
    ]
    api.http.put(f"/api/writings/{one}/tags", json={"tags": []})
    assert get(api, "/api/tags")["items"] == [{"name": "sea", "tag_type": None, "count": 1}]
    problem(api.http.put("/api/writings/999/tags", json={"tags": []}), 404)


@pytest.mark.parametrize("tags", [[""], [" sea"], ["x" * 61], ["t"] * 31, ["a\0b"], [3], "sea"])
def test_odd_tags_are_refused(lasting_api: Api, tags: object) -> None:
    problem(lasting_api.http.put("/api/writings/1/tags", json={"tags": tags}), 422)


def test_an_owners_tags_are_kept(api: Api) -> None:
    api.sqlite("INSERT INTO tags (id, name, tag_type) VALUES (7, 'sea', 'theme'), (8, 'sea', NULL), (9, NULL, NULL)")
    made = keep(api)
    for tag in (7, 8, 9):
        api.sqlite("INSERT INTO writing_tags VALUES (?, ?)", made, tag)
    assert get(api, f"/api/writings/{made}")["tags"] == ["sea"]
    assert get(api, "/api/tags")["items"] == [{"name": "sea", "tag_type": "theme", "count": 1}]


def test_the_search_finds_writings_first_then_prompts(api: Api) -> None:
    far = keep(api, "long before " * 40 + "the lamp" + " and after" * 40, "Untitled")
    near = keep(api)
    rude = keep(api, "a rude lamp", "Rude", explicit_content=True)
    prompt = api.submit("a lamp at sea", prompt_type="image")
    api.submit("a fox")

    found = get(api, "/api/search", q="lamp")

    assert [(hit["type"], hit["id"]) for hit in found["items"]] == [
        ("writing", near),
        ("writing", rude),
        ("writing", far),
        ("prompt", prompt["id"]),
    ]
    assert {"text": "lamp", "match": True} in found["items"][2]["snippet"]
    assert "".join(part["text"] for part in found["items"][2]["snippet"]).startswith("… ")
    assert found["items"][3]["status"] == "pending"
    hidden = get(api, "/api/search", q="lamp", explicit="false")
    assert [hit["id"] for hit in hidden["items"] if hit["type"] == "writing"] == [near, far]


def test_the_search_is_paged_without_a_gap(api: Api) -> None:
    for number in range(3):
        keep(api, f"lamp {number}")
        api.submit(f"lamp prompt {number}")
    whole = get(api, "/api/search", q="lamp")["items"]
    for limit in (1, 2, 3, 4):
        walked, cursor = [], None
        while True:
            page = get(api, "/api/search", q="lamp", limit=limit, **({"cursor": cursor} if cursor else {}))
            walked += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert walked == whole, limit


@pytest.mark.parametrize("cursor", ["x", "writings:", "writings:-1", "writings:99999", "prompts:x", "12"])
def test_a_cursor_of_another_list_is_refused(lasting_api: Api, cursor: str) -> None:
    found = problem(lasting_api.http.get("/api/search", params={"q": "x", "cursor": cursor}), 422)
    assert found["errors"][0]["where"] == "cursor"


@pytest.mark.parametrize("q", ['"', "* OR", "NEAR(a b", "a AND NOT", "title:x", "\0", "^", "{x}", "💡"])
def test_no_search_is_an_error(lasting_api: Api, q: str) -> None:
    get(lasting_api, "/api/search", q=q)
    get(lasting_api, "/api/writings", q=q)


def test_the_totals(api: Api) -> None:
    keep(api, mood="calm")
    keep(api, "one two", content_type="prose")
    api.submit("a fox", prompt_type="image")
    api.keep("image/9_20261122T101500/0001.png", b"x")
    found = get(api, "/api/stats")
    assert (found["prompts"], found["artifacts"], found["writings"]) == (2, 1, 2)
    assert found["prompts_by_kind"] == {"image": 2}
    assert found["prompts_by_status"] == {"pending": 1, "completed": 1}
    assert found["writings_by_type"] == {"poetry": 1, "prose": 1}
    assert found["writings_by_mood"] == {"calm": 1}
    assert found["words"] == len(SEA.split()) + 2
    days = found["completed_by_day"]
    assert len(days) == 30
    assert list(days.values())[-1] + list(days.values())[-2] == 1  # midnight may have passed


@pytest.mark.parametrize(("kind", "status"), [("image", 201), ("music", 201), ("voice", 422), ("poem", 422)])
def test_enhance_is_for_pictures_and_music(lasting_api: Api, kind: str, status: int) -> None:
    answer = lasting_api.http.post(
        "/api/prompts", json={"prompt_text": "a fox", "prompt_type": kind, "enhance": True, "metadata": {"a": 1}}
    )
    assert answer.status_code == status, answer.text
    if status == 201:
        assert answer.json()["metadata"] == {"a": 1, "enhance": True}
    else:
        assert problem(answer, 422)["errors"][0]["where"] == "enhance"
