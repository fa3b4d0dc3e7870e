"""Links that share one file: what they open, what they do not, and until when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from musings.api.signed_links import SignedLinks
from musings.files.marking import marking
from musings.files.marking.xmp import SourceType, mark_of
from musings.files.metadata_removal import removal
from musings.files.metadata_removal.spans import patched
from musings.security.signing import SigningKey
from musings.sqlite.location import Location
from musings.store.gallery import prompts
from tests.comfyui_workflows import carriers
from tests.musings.api.conftest import Api, problem
from tests.musings.api.entering import SHARED, Locked, locked_api, share, shared_artifact
from tests.musings.files.marking.samples import sample, told_type


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Locked]:
    with locked_api(tmp_path_factory.mktemp("locked"), fresh_database) as found:
        yield found


@pytest.fixture(scope="module")
def artifact(locked: Locked) -> int:
    return shared_artifact(locked)


@pytest.fixture
def link(locked: Locked, artifact: int) -> str:
    url: str = share(locked, artifact, hours=1).json()["url"]
    return url


def test_a_link_opens_one_file_for_everybody(locked: Locked, artifact: int) -> None:
    shared = share(locked, artifact, hours=2).json()
    left = datetime.fromisoformat(shared["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=2) - timedelta(seconds=30) < left <= timedelta(hours=2)
    assert shared["url"].startswith(f"{locked.api.address}/media/image/7_x/")
    with httpx.Client() as stranger:
        for url in (shared["url"], shared["url"].replace("/media/", "/api/media/")):
            answer = stranger.get(url)
            assert (answer.status_code, answer.content) == (200, b"the picture")
            seconds = int(answer.headers["Cache-Control"].removeprefix("private, max-age="))
            assert 7000 < seconds <= 7200
        assert stranger.head(shared["url"]).status_code == 200
        assert stranger.get(shared["url"], headers={"Range": "bytes=4-10"}).content == b"picture"
        assert stranger.post(shared["url"]).status_code == 401


def test_it_opens_nothing_else(locked: Locked, link: str) -> None:
    query = urlsplit(link).query
    for path in ("/media/image/7_x/another.png", "/media/image/7_x/", "/media/poets/" + SHARED):
        problem(locked.api.http.get(f"{path}?{query}"), 403)
    for path in ("/api/prompts", "/api/artifacts/1", "/api/events", "/metrics", "/api/artifacts"):
        problem(locked.api.http.get(f"{path}?{query}"), 401)


def test_a_forged_link_opens_nothing(locked: Locked, link: str) -> None:
    parts = urlsplit(link)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    expires, signature = given["expires"], given["signature"]
    for changed in (
        {"expires": str(int(expires) + 1)},
        {"expires": "0" + expires},
        {"expires": "+" + expires},
        {"expires": f" {expires}"},
        {"expires": expires + ".0"},
        {"expires": "9" * 400},
        {"expires": "١٢٣"},
        {"expires": ""},
        {"expires": "NaN"},
        {"expires": "-1"},
        {"signature": ""},
        {"signature": signature[:-1]},
        {"signature": signature + "A"},
        {"signature": signature.swapcase()},
        {"signature": "A" * 43},
        {"signature": "é"},
        {"signature": [signature, signature]},
        {"expires": [expires, "9999999999"]},
    ):
        answer = locked.api.http.get(parts.path, params={**given, **changed})
        assert "not one of ours" in problem(answer, 403)["detail"], changed
    for missing in given:
        kept = {name: value for name, value in given.items() if name != missing}
        problem(locked.api.http.get(parts.path, params=kept), 403)


def test_an_expired_link_says_so(locked: Locked, artifact: int) -> None:
    key = SigningKey(Location(locked.api.settings.database.path).signing_key(), None)
    address, _ = SignedLinks(locked.api.database, key).make(SHARED, -1)
    assert "has expired" in problem(locked.api.http.get(address), 403)["detail"]
    assert locked.api.http.get(address, headers=locked.token("read")).status_code == 200, "who may look anyway may look"
    problem(locked.api.http.get(address, headers=locked.token("write")), 403)


def test_the_clock_decides_to_the_second(locked: Locked, artifact: int) -> None:
    now = [1000.0]
    links = SignedLinks(locked.api.database, SigningKey(None, "0" * 32), lambda: now[0])
    address, expires = links.make(SHARED, 10)
    signature = parse_qs(urlsplit(address).query)["signature"][0]
    assert expires == 1010
    for now[0], refusal in ((1009.9, None), (1010.0, "This link has expired. Ask for a new one.")):
        assert links.refusal(SHARED, "1010", signature) == refusal


def test_what_goes_to_the_trash_is_shared_no_more(locked: Locked) -> None:
    number = locked.artifact("image/8_x/regretted.png")
    url = share(locked, number).json()["url"]
    assert locked.api.http.get(url).status_code == 200
    prompt = locked.api.http.get("/api/artifacts", headers=locked.token("read")).json()["items"][0]["prompt_id"]
    locked.api.sqlite("UPDATE prompts SET deleted_at = datetime('now') WHERE id = ?", prompt)
    assert "no more" in problem(locked.api.http.get(url), 403)["detail"]
    locked.api.sqlite("UPDATE prompts SET deleted_at = NULL WHERE id = ?", prompt)
    assert locked.api.http.get(url).status_code == 200
    assert locked.api.database.reading(prompts.get, prompt).id == prompt


def test_a_new_key_ends_every_link_at_once(locked: Locked, link: str) -> None:
    assert locked.api.http.get(link).status_code == 200
    SigningKey(Location(locked.api.settings.database.path).signing_key(), None).renew()
    problem(locked.api.http.get(link), 403)


def test_without_auth_a_link_works_and_a_wrong_one_says_so(api: Api) -> None:
    number = api.keep("image/1_x/a.png", b"x")
    url = api.http.post(f"/api/artifacts/{number}/share", json={}).json()["url"]
    assert api.http.get(url).status_code == 200
    assert api.http.get("/media/image/1_x/a.png").status_code == 200
    problem(api.http.get(url + "x"), 403)


def test_what_is_shared_shows_no_prompt_and_no_workflow(locked: Locked) -> None:
    picture = carriers.png({"prompt": "a private thing"})
    made = locked.artifact("image/8_x/0001.png", picture)
    url = share(locked, made, hours=1).json()["url"]
    with httpx.Client() as stranger:
        answer = stranger.get(url)
        assert b"private" in picture
        assert b"private" not in answer.content
        assert removal.spans_without_texts(picture)
        left = patched(picture, 0, removal.spans_without_texts(picture))
        assert answer.content == marking.marked(left, mark_of(None))
        middle = stranger.get(url, headers={"Range": "bytes=30-59"})
        assert (middle.status_code, middle.content) == (206, answer.content[30:60])
        assert stranger.get(url, headers={"Range": "bytes=0-1,50-51"}).content == answer.content
        assert stranger.get(url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    mine = locked.api.http.get(f"/api/artifacts/{made}", headers=locked.token("read"))
    assert mine.content == picture
    assert mine.headers["ETag"] != answer.headers["ETag"]
    assert locked.api.http.get(url, headers=locked.token("read")).content == picture


def test_a_recipe_is_shared_where_the_owner_says_so(tmp_path: Path, fresh_database: Path) -> None:
    picture = carriers.png({"prompt": "a thing for everybody"})
    with locked_api(tmp_path, fresh_database, share_recipes=True) as open_handed:
        url = share(open_handed, open_handed.artifact("image/8_x/0001.png", picture)).json()["url"]
        assert httpx.get(url).content == marking.marked(picture, mark_of(None))


@pytest.mark.parametrize("name", ["png", "webp", "flac", "mp4"])
def test_what_is_shared_says_that_a_machine_made_it(locked: Locked, name: str) -> None:
    kept = sample(name, "a private thing")
    made = locked.artifact(f"image/9_x/0001.{name}", kept)
    url = share(locked, made).json()["url"]
    with httpx.Client() as stranger:
        answer = stranger.get(url)
        assert told_type(answer.content, name) == SourceType.TRAINED.address
        assert answer.headers["content-length"] == str(len(answer.content))
        assert stranger.head(url).headers["content-length"] == str(len(answer.content))
        tail = stranger.get(url, headers={"Range": "bytes=-40"})
        assert (tail.status_code, tail.content) == (206, answer.content[-40:])
        assert stranger.get(url, headers={"Range": f"bytes={len(answer.content)}-"}).status_code == 416
    # Who is logged in has it as it came, unless the settings say otherwise.
    for question in ("", "?download=1"):
        mine = locked.api.http.get(f"/api/artifacts/{made}{question}", headers=locked.token("read"))
        assert mine.content == kept


def test_the_owner_says_where_the_mark_is_put(tmp_path: Path, fresh_database: Path) -> None:
    marks = {"mark": {"shares": False, "downloads": True}}
    with locked_api(tmp_path, fresh_database, share_recipes=True, more={"media": marks}) as house:
        made = house.artifact("image/8_x/0001.png", sample("png"))
        assert httpx.get(share(house, made).json()["url"]).content == sample("png")
        answer = house.api.http.get(f"/api/artifacts/{made}?download=1", headers=house.token("read"))
        assert told_type(answer.content, "png") == SourceType.TRAINED.address
