"""``/docs``: the API's own description as a page to read.

Drawn here from the OpenAPI document and without scripts: it works offline and under our content policy, which the
usual Swagger UI from a content delivery network does not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

Document = Mapping[str, Any]

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem }
h2 { margin-top: 2.5rem; text-transform: capitalize } h3 { margin: 2rem 0 .25rem; font-size: 1rem }
code, h3 { font-family: ui-monospace, monospace; overflow-wrap: anywhere } td { overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 } caption { text-align: left; font-weight: 600 }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-top: 1px solid #8884 }
th { font-weight: normal; white-space: nowrap }
"""


def install(app: FastAPI) -> None:
    """Serve the page at ``/docs``."""

    async def reference(_request: Request) -> Response:
        return HTMLResponse(page(app.openapi()))

    app.add_route("/docs", reference, methods=["GET", "HEAD"], include_in_schema=False)


def page(openapi: Document) -> str:
    """A whole HTML document for an OpenAPI document."""
    title = escape(f"{openapi['info']['title']} {openapi['info']['version']}")
    parts = [
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}: the API</title>",
        "<meta name=viewport content='width=device-width'><link rel=icon href=data:,>",
        f"<style>{STYLE}</style></head><body><main><h1>{title}: the API</h1>",
        "<p>The same for programs: <a href=/openapi.json>/openapi.json</a>.</p>",
        *_operations(openapi),
        "<h2 id=schemas>Schemas</h2>",
        *(_schema(name, schema) for name, schema in sorted(openapi["components"]["schemas"].items())),
        "</main></body></html>",
    ]
    return "\n".join(parts)


def _operations(openapi: Document) -> Iterator[str]:
    tag = None
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            if operation.get("tags", ["other"])[0] != tag:
                tag = operation.get("tags", ["other"])[0]
                yield f"<h2>{escape(tag)}</h2>"
            yield f"<h3 id={escape(operation['operationId'])}>{method.upper()} {escape(path)}</h3>"
            yield f"<p>{_prose(operation.get('description', ''))}</p>"
            yield _table("Parameters", map(_parameter, operation.get("parameters", ())))
            yield _table("Body", _contents(operation.get("requestBody", {})))
            yield _table("Answers", map(_answer, operation["responses"].items()))


def _parameter(given: Document) -> tuple[str, str]:
    need = "required" if given.get("required") else "optional"
    words = f"{given['in']}, {need}, {_type(given['schema'])}. {_prose(given.get('description', ''))}"
    return f"<code>{escape(given['name'])}</code>", words


def _answer(given: tuple[str, Document]) -> tuple[str, str]:
    status, response = given
    shapes = ", ".join(shape for _, shape in _contents(response))
    return status, f"{_prose(response.get('description', ''))} {shapes}"


def _contents(holder: Document) -> Iterator[tuple[str, str]]:
    for media_type, content in holder.get("content", {}).items():
        yield f"<code>{escape(media_type)}</code>", _type(content.get("schema", {}))


def _schema(name: str, schema: Document) -> str:
    required = schema.get("required", ())
    rows = (
        (
            f"<code>{escape(field)}</code>",
            f"{_type(given)}{', required' if field in required else ''}. {_prose(given.get('description', ''))}",
        )
        for field, given in schema.get("properties", {}).items()
    )
    words = f"<p>{_prose(schema.get('description', ''))}</p>"
    values = _type(schema) if "enum" in schema else ""
    return f"<h3 id=schema-{escape(name)}>{escape(name)}</h3>{words}{values}{_table('', rows)}"


def _type(schema: Document) -> str:
    """A schema in a few words, with a link where it has a name."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f"<a href='#schema-{name}'>{name}</a>"
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(escape(str(each)) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    bounds = [f"{words} {schema[key]}" for key, words in _BOUNDS.items() if key in schema]
    return escape(" ".join([str(schema.get("format") or schema.get("type", "anything")), *bounds]))


_BOUNDS = {
    "minimum": "from",
    "exclusiveMinimum": "above",
    "maximum": "to",
    "exclusiveMaximum": "below",
    "minLength": "at least",
    "maxLength": "at most",
}


def _table(caption: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><th scope=row>{name}<td>{words}" for name, words in rows)
    return f"<table><caption>{caption}</caption>{lines}</table>" if lines else ""


def _prose(text: str) -> str:
    return re.sub(r"(?<!`)`++([^`]++)`++", r"<code>\1</code>", escape(text))
