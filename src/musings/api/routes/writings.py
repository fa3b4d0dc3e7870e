"""``/api/writings``, ``/api/tags``, ``/api/search`` and ``/api/stats``: what was written, found again and counted."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from musings.api.parameters import Cursor, Limit, Text
from musings.api.problems import responses
from musings.api.routes.artifacts import download_name
from musings.api.services import Given
from musings.api.written import UNCHANGED, written
from musings.errors import Fault, InvalidInputError
from musings.models import Prompt, StoredWriting
from musings.requests.intake import check_words, comma_list
from musings.store import snippets
from musings.store.database import Database
from musings.store.gallery import lists, totals
from musings.store.writings import search as writing_search
from musings.store.writings import writings
from musings.store.writings.search import WritingFilter
from musings.views import writing_schemas as schemas

EXCERPT_CHARACTERS = 280
MOST_SKIPPED = 10_000

WritingId = Annotated[int, Path(ge=1, lt=2**63, description="the id of a writing")]
Explicit = Annotated[bool | None, Query(description="true: only explicit writings; false: none of them")]
Types = Annotated[str | None, Query(max_length=1000, description="comma list of content types")]
Name = Annotated[str | None, Query(max_length=100)]
TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "the text", "content": {"text/markdown": {"schema": {"type": "string"}}}}
}


routes = APIRouter(tags=["writings"])


@routes.get("/api/writings", response_model=schemas.WritingList, responses=UNCHANGED | responses(422, 503))
def listing(
    services: Given,
    request: Request,
    content_type: Types = None,
    mood: Name = None,
    tag: Name = None,
    explicit: Explicit = None,
    q: Text = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Writings, newest first."""
    wanted = WritingFilter(comma_list(content_type), mood, tag, explicit, q)
    page = services.database.reading(writing_search.listing, wanted, limit, cursor)
    items = _summaries(services.database, page.items)
    return written(request, schemas.WritingList(items=items, next_cursor=page.next_cursor))


@routes.get("/api/writings/{writing_id}", responses=responses(404, 422, 503))
def one(services: Given, writing_id: WritingId) -> schemas.WritingDetail:
    """One writing, whole, with its tags and with those that are nearly the same."""
    found = services.database.reading(writings.get, writing_id)
    [summary] = _summaries(services.database, [found])
    return schemas.WritingDetail(
        **summary.model_dump(),
        content=found.content,
        notes=found.notes,
        prompt_ids=services.database.reading(writing_search.prompts_of, writing_id),
        alike=[
            schemas.LikeWriting(**vars(each)) for each in services.database.reading(writing_search.like, writing_id)
        ],
    )


@routes.get("/api/writings/{writing_id}/text", response_class=Response, responses=TEXT | responses(404, 422, 503))
def text(
    services: Given, writing_id: WritingId, download: Annotated[bool, Query(description="as an attachment")] = False
) -> Response:
    """The title and the text as Markdown, to read or to keep."""
    found = services.database.reading(writings.get, writing_id)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    if download:
        name = download_name(found.title or "", writing_id, "", ".md")
        headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(name)}"
    return Response(found.as_markdown, media_type="text/markdown", headers=headers)


@routes.put(
    "/api/writings/{writing_id}/tags",
    responses=responses(404, 422, 503, 507),
)
def tag(services: Given, writing_id: WritingId, body: schemas.WritingTags) -> schemas.WritingTags:
    """Give a writing these tags and no others."""
    for name in body.tags:
        check_words("tags", name)
    return schemas.WritingTags(tags=services.database.writing(writing_search.set_tags, writing_id, body.tags))


@routes.get("/api/tags", responses=responses(503))
def tags(services: Given) -> schemas.TagList:
    """Every tag that a writing carries, the most used first."""
    return schemas.TagList(
        items=[schemas.TagMeta(**vars(each)) for each in services.database.reading(writing_search.all_tags)]
    )


@routes.get("/api/search", responses=responses(422, 503))
def search(
    services: Given,
    q: Annotated[str, Query(min_length=1, max_length=1000, description="words that must all occur")],
    explicit: Explicit = None,
    content_type: Types = None,
    limit: Limit = 50,
    cursor: Annotated[
        str | None,
        Query(
            description="`next_cursor` of the page before",
            json_schema_extra={"pattern": "^(writings:[0-9]{1,4}|prompts:[0-9]{0,18})$"},
        ),
    ] = None,
) -> schemas.SearchResults:
    """Writings, the best match first, then prompts, the newest first."""
    wanted = WritingFilter(types=comma_list(content_type), explicit=explicit)
    return _search(services.database, q, wanted, limit, *_place(cursor))


@routes.get("/api/stats", responses=responses(503))
def stats(services: Given) -> schemas.Totals:
    """Totals of everything that was made."""
    return schemas.Totals(**vars(services.database.reading(totals.totals)))


def _search(
    database: Database, text: str, wanted: WritingFilter, limit: int, skip: int | None, before: str | None
) -> schemas.SearchResults:
    """One page: what is left of the writings (``skip`` of them were shown; None: all), then of the prompts."""
    hits: list[schemas.SearchHit] = []
    if skip is not None:
        found = database.reading(writing_search.search, text, wanted, limit + 1, skip)
        hits = [_writing_hit(each, text) for each in found[:limit]]
        if len(found) > limit and skip + limit <= MOST_SKIPPED:
            return schemas.SearchResults(items=hits, next_cursor=f"writings:{skip + limit}")
    room = limit - len(hits)
    page = database.reading(lists.listing, lists.PromptFilter(text=text), max(1, room), before)
    if room == 0:
        return schemas.SearchResults(items=hits, next_cursor="prompts:" if page.items else None)
    hits += [_prompt_hit(each, text) for each in page.items]
    return schemas.SearchResults(items=hits, next_cursor=f"prompts:{page.next_cursor}" if page.next_cursor else None)


def _place(cursor: str | None) -> tuple[int | None, str | None]:
    """How many writings were shown, and the cursor among the prompts."""
    where, _, place = (cursor or "writings:0").partition(":")
    plain = place.isascii() and place.isdigit()
    if where == "writings" and plain and len(place) <= 5 and int(place) <= MOST_SKIPPED:
        return int(place), None
    if where == "prompts" and (plain or place == "") and len(place) <= 18:
        return None, place or None
    raise InvalidInputError([Fault("cursor", "is not a cursor of this list")], hint="Start again without a cursor.")


def _summaries(database: Database, found: Sequence[StoredWriting]) -> list[schemas.WritingSummary]:
    tags = database.reading(writing_search.tags_of, [each.id for each in found])
    return [
        schemas.WritingSummary(
            **{name: getattr(each, name) for name in _COPIED},
            excerpt=(each.content or "")[:EXCERPT_CHARACTERS],
            tags=tags[each.id],
        )
        for each in found
    ]


_COPIED = (
    "id", "title", "content_type", "mood", "word_count", "line_count", "character_count", "explicit_content",
    "created_at",
)  # fmt: skip


def _writing_hit(found: StoredWriting, text: str) -> schemas.SearchHit:
    return schemas.SearchHit(
        type="writing",
        id=found.id,
        title=found.title or "",
        subtype=found.content_type,
        status=None,
        explicit_content=found.explicit_content,
        created_at=found.created_at,
        snippet=_snippet(found.content or "", text),
    )


def _prompt_hit(found: Prompt, text: str) -> schemas.SearchHit:
    return schemas.SearchHit(
        type="prompt",
        id=found.id,
        title=found.prompt_text[:80],
        subtype=found.prompt_type,
        status=found.status,
        explicit_content=None,
        created_at=found.created_at,
        snippet=_snippet(found.prompt_text, text),
    )


def _snippet(content: str, text: str) -> list[schemas.SnippetPart]:
    return [schemas.SnippetPart(text=part.text, match=part.match) for part in snippets.snippet(content, text)]
