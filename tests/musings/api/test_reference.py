"""``/docs``: everything of the API on one page, without scripts and without the network."""

import re
from html.parser import HTMLParser

from musings.api import reference
from tests.musings.api.conftest import Api


class Found(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        if given.get("id"):
            self.ids.append(given["id"] or "")


def test_every_route_parameter_and_schema_is_there(lasting_api: Api) -> None:
    text = lasting_api.http.get("/docs").text
    openapi = lasting_api.http.get("/openapi.json").json()
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}</h3>" in text
            assert all(f"<code>{each['name']}</code>" in text for each in operation.get("parameters", ()))
    assert all(f"id=schema-{name}>" in text for name in openapi["components"]["schemas"])


def test_it_needs_nothing_from_outside_and_no_script(lasting_api: Api) -> None:
    found = Found(lasting_api.http.get("/docs").text)
    assert "script" not in found.tags
    assert all(link.startswith(("#", "/openapi.json", "data:")) for link in found.links)


def test_links_lead_somewhere_and_places_are_unique(lasting_api: Api) -> None:
    found = Found(lasting_api.http.get("/docs").text)
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_words_of_the_document_are_words_on_the_page() -> None:
    text = reference.page(
        {
            "info": {"title": "<b>", "version": "&"},
            "paths": {
                "/<x>": {
                    "get": {"operationId": "x", "description": "`a<b`", "responses": {"200": {"description": "<i>"}}}
                }
            },
            "components": {"schemas": {"Y": {"properties": {"z": {"type": "array", "items": {"type": "<u>"}}}}}},
        }
    )
    assert not re.search(r"<(b|x|i|u)>", text)
    assert "<code>a&lt;b</code>" in text
    assert "list of &lt;u&gt;" in text
