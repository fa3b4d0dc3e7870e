"""What docs/home.md and docs/dashboards.md show is done here as it stands, with the addresses of the test."""

import base64
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import apprise
import httpx
import pytest
import yaml

from musings.config.settings import load
from musings.models import Kind
from musings.mqtt.commands import Commands, GivenCommand
from musings.mqtt.topics import Topics
from musings.requests.stored_makers import makers_of
from musings.store.database import Database
from musings.watched_folder.front_matter import request_in
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api
from tests.musings.command_line import Run
from tests.musings.remote.conftest import staffed_api
from tests.paths import ROOT

__all__ = ["staffed_api"]

HOME = (ROOT / "docs" / "home.md").read_text(encoding="utf-8")
DASHBOARDS = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def blocks(language: str, text: str = HOME) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def lines_with(word: str) -> list[str]:
    """The commands of the page that begin so, each in one line."""
    found = [line for block in blocks("sh") for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in found if line.startswith(word)]


def test_the_settings_are_settings(tmp_path: Path) -> None:
    assigned = [line.partition("=") for line in lines_with("MUSINGS_")]
    named = {name: shlex.split(value)[0] for name, _, value in assigned}
    found = load(None, {**named, "HOME": str(tmp_path)}, tmp_path)
    assert found.warnings == ()
    assert (found.mqtt.host, found.mqtt.user) == ("homeassistant.local", "musings")
    assert found.secrets["MUSINGS_SECRET_MQTT_PASSWORD"]
    assert found.watched_folder.path is not None
    assert found.webhooks.allowed_hosts == ("n8n.local",)
    for url in found.alerts.urls:
        assert apprise.Apprise.instantiate(url) is not None, url


@pytest.fixture
def commands(make_settings: MakeSettings, database: Database) -> Commands:
    settings = make_settings()
    return Commands(settings, database, makers_of(settings, database))


def published() -> list[tuple[str, str]]:
    """Topic and payload of every message that the page publishes to us."""
    said = [shlex.split(line) for line in lines_with("mosquitto_pub")]
    made = [(words[words.index("-t") + 1], words[words.index("-m") + 1]) for words in said if "-m" in words]
    for block in blocks("yaml"):
        for action in yaml.safe_load(block)["actions"]:
            if action["action"] == "mqtt.publish":
                made.append((action["data"]["topic"], TEMPLATE.sub("sunny", action["data"]["payload"])))
    return made


@pytest.mark.parametrize(("topic", "payload"), published())
def test_each_message_makes_a_prompt(commands: Commands, make_settings: MakeSettings, topic: str, payload: str) -> None:
    assert Topics.of(make_settings().mqtt).command_in(topic) == "make"
    commands.do(GivenCommand("make", payload.encode()))


def test_the_page_names_each_topic(make_settings: MakeSettings) -> None:
    topics = Topics.of(make_settings().mqtt)
    assert len(published()) == 3
    assert f"-t {topics.discovery}`" in HOME
    for topic in (topics.state, topics.last, topics.picture, topics.availability, topics.kind, topics.error):
        assert f"`…{topic.removeprefix(topics.base)}`" in HOME, topic
    for name in ("make", "kind", "pause", "resume", "retry"):
        assert f"`…/{name}/set`" in HOME, name


def test_the_automation_listens_to_what_is_published(make_settings: MakeSettings) -> None:
    triggers = [each for block in blocks("yaml") for each in yaml.safe_load(block).get("triggers", ())]
    assert [each["topic"] for each in triggers] == [Topics.of(make_settings().mqtt).last]


def test_the_file_for_the_folder_is_taken() -> None:
    [text] = blocks("markdown")
    found = request_in(text.encode(), None)
    assert (found.prompt_type, found.workflow, found.parameters) == (
        Kind.IMAGE, "sketch-image", {"width": 256, "height": 256},
    )  # fmt: skip


def test_the_command_of_a_phone(staffed_api: Api, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")
    [line] = lines_with("curl")
    environment = {"MUSINGS_URL": staffed_api.address, "MUSINGS_TOKEN": "sk-any", "PATH": "/usr/bin:/bin"}
    ended = subprocess.run(
        ["bash", "-c", line], env=environment, cwd=tmp_path, capture_output=True, timeout=180, check=True
    )
    made = json.loads(ended.stdout)
    assert made["status"] == "completed", made
    # What the shortcut takes out of the answer: its lists count from 1.
    assert "`artifacts.1.file_url`" in HOME
    assert httpx.get(staffed_api.address + made["artifacts"][0]["file_url"]).headers["content-type"] == "image/png"


def test_the_workflow_for_n8n(staffed_api: Api) -> None:
    [text] = blocks("json")
    asks, hears = (node["parameters"] for node in json.loads(text)["nodes"])
    headers = {each["name"]: TEMPLATE.sub("7", each["value"]) for each in asks["headerParameters"]["parameters"]}
    url = asks["url"].replace("http://studio.local:8000", staffed_api.address)
    answers = [
        httpx.request(
            asks["method"],
            url,
            headers={"Content-Type": "application/json", **headers},
            content=asks["jsonBody"],
            timeout=60,
        )
        for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    [line] = lines_with("./musings webhooks")
    assert shlex.split(line)[4].endswith(f"/webhook/{hears['path']}")


def test_the_webhook_and_the_token_are_made_as_shown(run: Run, config: Path) -> None:
    config.write_text(json.dumps({**json.loads(config.read_text()), "webhooks": {"allowed_hosts": ["n8n.local"]}}))
    for start in ("./musings webhooks", "./musings token"):
        for line in lines_with(start):
            said = run(*shlex.split(line)[1:])
            assert said.code == 0, said.err


def values(found: Any, key: str) -> list[Any]:
    """Every value of that key, however deep."""
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    mine = [found[key]] if isinstance(found, dict) and key in found else []
    return [*mine, *(value for each in inner for value in values(each, key))]


@pytest.mark.parametrize("block", blocks("yaml", DASHBOARDS))
def test_each_dashboard_asks_for_what_there_is(block: str, staffed_api: Api) -> None:
    found = yaml.safe_load(block)
    [url] = values(found, "url") + values(found, "resource")
    summary = httpx.get(url.replace("http://studio.local:8000", staffed_api.address), timeout=60).json()
    templates = " ".join(map(str, [*values(found, "value_template"), *values(found, "template")]))
    asked = {*values(found, "field"), *re.findall(r"value_json\.(\w+)|JSON\.\w+ \"(\w+)\"", templates)}
    names = {name for each in asked for name in ([each] if isinstance(each, str) else each) if name}
    assert names
    assert names <= set(summary)
    assert all(each["Authorization"].startswith("Bearer ") for each in values(found, "headers"))


def test_pictures_and_texts_are_answered_as_the_integrations_ask(staffed_api: Api) -> None:
    """With the models that the page names, as OpenAI's client sends it."""
    picture = {"model": "image", "prompt": "a fox", "size": "64x64", "response_format": "b64_json"}
    answer = httpx.post(f"{staffed_api.address}/v1/images/generations", json=picture, timeout=120).json()
    assert base64.b64decode(answer["data"][0]["b64_json"])[:4] == b"\x89PNG"
    asked = {"model": "text", "messages": [{"role": "user", "content": "a haiku about rain"}]}
    answer = httpx.post(f"{staffed_api.address}/v1/chat/completions", json=asked, timeout=120).json()
    assert answer["choices"][0]["message"]["content"]
