"""The shapes of requests and answers about writings: the list, the search, the totals."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from musings.views.schemas import Time

TagName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^\S(.*\S)?$")]


class WritingSummary(BaseModel):
    """A writing as a list shows it."""

    id: int
    title: str | None
    content_type: str | None
    mood: str | None
    word_count: int | None
    line_count: int | None
    character_count: int | None
    explicit_content: bool
    created_at: Time | None
    excerpt: str
    tags: list[str]


class WritingList(BaseModel):
    items: list[WritingSummary]
    next_cursor: str | None


class LikeWriting(BaseModel):
    id: int
    title: str | None
    likeness: float = Field(description="from 0 to 1, the same words")


class WritingDetail(WritingSummary):
    """A writing as it is read."""

    content: str | None
    notes: str | None
    prompt_ids: list[int] = Field(description="the prompts that it answers or whose media were made of it")
    alike: list[LikeWriting] = Field(description="nearly the same texts, the nearest first")


class WritingTags(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tags: Annotated[list[TagName], Field(max_length=30)]


class TagMeta(BaseModel):
    name: str
    tag_type: str | None
    count: int


class TagList(BaseModel):
    items: list[TagMeta]
    next_cursor: None = None


class SnippetPart(BaseModel):
    text: str
    match: bool


class SearchHit(BaseModel):
    """A writing or a prompt in which every word of the search occurs."""

    type: str = Field(description="writing or prompt")
    id: int
    title: str
    subtype: str | None = Field(description="the type of the writing or of the prompt")
    status: str | None = Field(description="of a prompt")
    explicit_content: bool | None = Field(description="of a writing")
    created_at: Time | None
    snippet: list[SnippetPart]


class SearchResults(BaseModel):
    items: list[SearchHit]
    next_cursor: str | None


class Totals(BaseModel):
    """Everything that was made and is not in the trash."""

    prompts: int
    prompts_by_status: dict[str, int]
    prompts_by_kind: dict[str, int]
    artifacts: int
    artifacts_by_type: dict[str, int]
    writings: int
    writings_by_type: dict[str, int]
    writings_by_mood: dict[str, int]
    words: int
    tagged_writings: int
    completed_by_day: dict[str, int] = Field(description="the last 30 days, UTC")
