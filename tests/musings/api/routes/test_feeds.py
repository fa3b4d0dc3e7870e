"""Feeds over real HTTP: made, read, played in parts, revoked."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import pytest

from musings.files.marking.xmp import SourceType
from tests.comfyui_workflows import carriers
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.api.entering import Locked
from tests.musings.api.feed_files import fetched, finished, made
from tests.musings.archive.workroom import Workroom
from tests.musings.feeds.reader import read
from tests.musings.files.marking.samples import sample, told_type


@pytest.fixture
def locked(make_settings: MakeSettings, fresh_database: Path) -> Iterator[Locked]:
    settings = make_settings(server={"port": 0}, security={"require_auth": True})
    with serving(settings, fresh_database) as api:
        yield Locked(api)


def test_a_player_plays_from_it_in_parts(api: Api) -> None:
    finished(api, "music", "music/1_x/0001.flac", bytes(range(256)) * 8)
    parsed = read(fetched(made(api, kind="music")["podcast"]).content)
    assert not parsed.bozo
    [episode] = parsed.entries
    [sound] = episode.enclosures
    assert (sound.type, sound.length, episode.itunes_duration) == ("audio/flac", "2048", "12")
    assert sound.href.endswith(".flac")
    whole = fetched(sound.href)
    assert (len(whole.content), whole.headers["accept-ranges"]) == (2048, "bytes")
    part = fetched(sound.href, headers={"Range": "bytes=256-511"})
    assert (part.status_code, part.content) == (206, bytes(range(256)))
    assert part.headers["content-range"] == "bytes 256-511/2048"
    head = fetched(sound.href, method="HEAD")
    assert (head.status_code, head.headers["content-length"], head.headers["content-type"]) == (
        200,
        "2048",
        "audio/flac",
    )


def test_a_long_speech_has_chapters(api: Api) -> None:
    spoken = finished(api, "voice", "voice/1_x/0001.flac", b"speech")
    plain = finished(api, "voice", "voice/2_x/0001.flac", b"short")
    listed = [{"start": 0.0, "title": "One"}, {"start": 40.5, "title": "Two"}]
    metadata = json.dumps({"duration": 61, "chapters": listed})
    api.sqlite("UPDATE prompt_artifacts SET metadata = ? WHERE id = ?", metadata, spoken)
    feed = made(api, kind="voice")
    secret = feed["podcast"].rpartition("/")[2].partition(".")[0]
    text = fetched(feed["podcast"]).text
    address = f"{api.address}/feeds/{secret}/chapters/{spoken}.json"
    assert text.count("<podcast:chapters") == text.count(f'url="{address}"') == 1
    answer = fetched(address)
    assert (answer.headers["content-type"], answer.headers["cross-origin-resource-policy"]) == (
        "application/json+chapters",
        "cross-origin",
    )
    assert answer.json()["chapters"][1] == {"startTime": 40.5, "title": "Two"}
    problem(fetched(f"{api.address}/feeds/{secret}/chapters/{plain}.json"), 404)
    problem(fetched(f"{api.address}/feeds/mus_x/chapters/{spoken}.json"), 404)


def test_its_file_has_them_too_for_players_that_look_nowhere_else(api: Api) -> None:
    spoken = finished(api, "voice", "voice/1_x/0001.mp3", sample("mp3"))
    listed = [{"start": 0.0, "title": "One"}, {"start": 0.5, "title": "Two"}, {"start": "x", "title": "no chapter"}]
    api.sqlite("UPDATE prompt_artifacts SET metadata = ? WHERE id = ?", json.dumps({"chapters": listed}), spoken)
    [item] = fetched(made(api, kind="voice")["json_feed"]).json()["items"]
    url = item["attachments"][0]["url"]
    whole = fetched(url)
    with av.open(io.BytesIO(whole.content)) as container:
        assert [each["metadata"]["title"] for each in container.chapters()] == ["One", "Two"]
    part = fetched(url, headers={"Range": "bytes=10-99"})
    assert (part.status_code, part.content) == (206, whole.content[10:100])
    # The kept file is what it was.
    assert (api.settings.media_root / "voice/1_x/0001.mp3").read_bytes() == sample("mp3")


def test_each_format_has_what_was_made(api: Api) -> None:
    finished(api, "image", "image/1_x/0001.png", b"picture")
    feed = made(api)
    atom = fetched(feed["atom"])
    assert atom.headers["content-type"] == "application/atom+xml; charset=utf-8"
    [entry] = read(atom.content).entries
    assert (entry.title, entry.published) == ("a fox & co", "2026-11-28T10:15:00Z")
    json_feed = fetched(feed["json_feed"])
    assert json_feed.headers["content-type"].startswith("application/feed+json")
    [item] = json_feed.json()["items"]
    assert item["id"] == entry.id
    cover = fetched(item["image"])
    assert (cover.content, cover.headers["content-type"]) == (b"picture", "image/webp")
    assert cover.headers["cross-origin-resource-policy"] == "cross-origin"
    again = fetched(feed["atom"], headers={"If-None-Match": atom.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert read(fetched(feed["podcast"]).content).entries == []


def test_its_files_show_no_prompt_and_no_workflow(api: Api) -> None:
    finished(api, "image", "image/1_x/0001.png", carriers.png({"workflow": "a private thing"}))
    [item] = fetched(made(api)["json_feed"]).json()["items"]
    shown = fetched(item["attachments"][0]["url"])
    assert shown.content.startswith(b"\x89PNG")
    assert b"private" not in shown.content


def test_kinds_and_tags_narrow_it(api: Api) -> None:
    finished(api, "image", "image/1_x/0001.png", b"picture")
    song = finished(api, "music", "music/2_x/0001.flac", b"song")
    api.sqlite("INSERT INTO writings (id, title, content) VALUES (7, 'Dusk', 'An owl calls.')")
    api.sqlite("INSERT INTO prompts (prompt_text, status, output_reference) VALUES ('owl', 'completed', 7)")
    api.http.put("/api/writings/7/tags", json={"tags": ["night"]})
    wanted: dict[str, dict[str, Any]] = {
        "all": {},
        "images": {"kind": "image"},
        "night": {"tag": "night"},
        "none": {"tag": "day"},
        "both": {"kind": "image", "tag": "night"},
    }
    titles = {
        name: [each["title"] for each in fetched(made(api, name, **what)["json_feed"]).json()["items"]]
        for name, what in wanted.items()
    }
    assert titles == {
        "all": ["Dusk", "a fox & co", "a fox & co"],
        "images": ["a fox & co"],
        "night": ["Dusk"],
        "none": [],
        "both": [],
    }
    own = made(api, "more", kind="image")["atom"].removesuffix(".atom")
    assert problem(fetched(f"{own}/file/{song}.flac"), 404)["detail"].startswith("There is no such file")


def test_a_revoked_feed_opens_nothing(api: Api) -> None:
    finished(api, "music", "music/1_x/0001.flac", b"song")
    feed = made(api)
    sound = read(fetched(feed["podcast"]).content).entries[0].enclosures[0].href
    assert fetched(sound).content == b"song"
    assert api.http.delete(f"/api/feeds/{feed['id']}").status_code == 204
    for address in (feed["atom"], feed["json_feed"], feed["podcast"], sound):
        assert "revoked" in problem(fetched(address), 404)["detail"]
    [listed] = api.http.get("/api/feeds").json()["items"]
    assert (listed["state"], listed["last_used_at"] is not None) == ("revoked", True)
    assert api.http.delete("/api/feeds/99").status_code == 404
    assert made(api)["id"] != feed["id"]


def test_what_is_in_the_trash_is_in_no_feed(api: Api) -> None:
    finished(api, "music", "music/1_x/0001.flac", b"song")
    feed = made(api)
    sound = read(fetched(feed["podcast"]).content).entries[0].enclosures[0].href
    api.http.delete("/api/prompts/1")
    assert fetched(feed["json_feed"]).json()["items"] == []
    assert fetched(sound).status_code == 404


def test_the_address_is_the_secret_and_is_kept_nowhere(locked: Locked) -> None:
    """It needs no token, gives no right to anything else, and only who may see and oversee makes one."""
    both = locked.token("read", "admin")
    feed = made(locked.api, headers=both)
    secret = urlsplit(feed["atom"]).path.removeprefix("/feeds/").removesuffix(".atom")
    assert len(secret) > 40
    assert fetched(feed["atom"]).status_code == 200
    problem(fetched(feed["atom"].replace(secret, secret[:-1])), 404)
    problem(fetched(f"{locked.api.address}/api/prompts", headers={"Authorization": f"Bearer {secret}"}), 401)
    problem(locked.api.http.post("/api/feeds", json={"name": "x"}, headers=locked.token("read", "write")), 403)
    assert secret not in locked.api.http.get("/api/feeds", headers=both).text
    files = [path for path in locked.api.settings.database.path.parent.glob("musings.db*") if path.is_file()]
    assert not any(secret.encode() in path.read_bytes() for path in files)


def test_what_cannot_be_is_said(api: Api, make_settings: MakeSettings, fresh_database: Path) -> None:
    feed = made(api)
    problem(api.http.post("/api/feeds", json={"name": "all"}), 409)
    problem(api.http.post("/api/feeds", json={"name": "x", "kind": "opera"}), 422)
    assert "there are: atom, json, podcast.xml" in problem(fetched(f"{feed['atom']}.gz"), 404)["detail"]
    for name in ("0", "x.png", "1.PNG", "..%2F1"):
        assert fetched(feed["atom"].removesuffix(".atom") + f"/file/{name}").status_code in (404, 422)


def test_it_can_be_closed(make_settings: MakeSettings, fresh_database: Path) -> None:
    with serving(make_settings(server={"port": 0}, doors={"feeds": False}), fresh_database) as api:
        assert "doors.feeds is false" in problem(fetched(made(api)["atom"]), 404)["detail"]


def test_addresses_begin_as_the_owner_says(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(
        server={"port": 0}, security={"public_url": "https://studio.example", "require_auth": False}
    )
    with serving(settings, fresh_database) as api:
        assert made(api)["podcast"].startswith("https://studio.example/feeds/mus_")


def test_its_files_say_that_a_machine_made_them(api: Api) -> None:
    finished(api, "image", "image/1_x/0001.png", sample("png"))
    [item] = fetched(made(api)["json_feed"]).json()["items"]
    answer = fetched(item["attachments"][0]["url"])
    assert told_type(answer.content, "png") == SourceType.TRAINED.address
    assert fetched(item["attachments"][0]["url"], headers={"Range": "bytes=0-9"}).content == answer.content[:10]


def test_a_musing_is_heard_from_its_feed_and_from_no_other(api: Api) -> None:
    Workroom(api.database, folder=api.media_root.folder).made()
    feed = made(api, kind="musing")
    assert feed["kind"] == "musing"
    parsed = read(fetched(feed["podcast"]).content)
    assert [each.title for each in parsed.entries] == ["Title 1: Song", "Title 1: Reading"]
    [sound] = parsed.entries[1].enclosures
    assert fetched(sound.href, headers={"Range": "bytes=0-3"}).content == b"fLaC"
    [entry] = read(fetched(feed["atom"]).content).entries
    assert (entry.title, len(entry.enclosures)) == ("Title 1", 3)
    alone = api.keep("image/90_x/alone.png", b"x")
    secret = feed["podcast"].rpartition("/")[2].partition(".")[0]
    problem(fetched(f"{api.address}/feeds/{secret}/file/{alone}.png"), 404)


def test_a_feed_of_musings_with_a_tag_has_those_of_which_a_text_carries_it(api: Api) -> None:
    workroom = Workroom(api.database, folder=api.media_root.folder)
    workroom.titles = {"a fox": "Fox", "a hare": "Hare"}
    foxes = workroom.made(idea="a fox")
    other = workroom.made(idea="a hare")
    [poem] = workroom.prompts(foxes, "poem")
    place = f"/api/writings/{poem.output_reference}/tags"
    assert api.http.put(place, json={"tags": ["fog"]}).status_code == 200
    feed = made(api, kind="musing", tag="fog")
    [entry] = read(fetched(feed["atom"]).content).entries
    assert entry.title == "Fox"
    assert fetched(entry.enclosures[0].href).status_code == 200
    [picture] = workroom.prompts(other, "picture")
    [hidden] = api.http.get(f"/api/prompts/{picture.id}").json()["artifacts"]
    secret = feed["atom"].rpartition("/")[2].partition(".")[0]
    problem(fetched(f"{api.address}/feeds/{secret}/file/{hidden['id']}.png"), 404)
