"""The shapes of requests about prompts: what a body may hold. Unknown fields are refused."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from musings.models import KIND_OF_TYPE
from musings.requests.intake import TEXT_CHARACTERS
from musings.views.schemas import JsonMap


def _whole(value: object) -> object:
    """JSON Schema calls 3.0 an integer; ``true`` and ``"3"`` are none."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Priority = Annotated[int, Field(ge=1, le=10, strict=True), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=1, le=16, strict=True), BeforeValidator(_whole)]


class NewPromptRequest(BaseModel):
    """A prompt to make. ``parameters`` are those of the workflow's form (``GET /api/workflows``)."""

    model_config = ConfigDict(extra="forbid")

    prompt_text: Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS)]
    prompt_type: str = Field("text", json_schema_extra={"enum": list(KIND_OF_TYPE)})
    priority: Priority = Field(5, description="1 is most urgent, 10 least")
    metadata: JsonMap | None = None
    workflow: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    parameters: JsonMap | None = None
    count: Count | None = Field(None, description="how many to make of it")
    config_name: Annotated[str, Field(max_length=200)] | None = None
    enhance: Annotated[bool, Field(strict=True)] | None = Field(
        None, description="pictures and music: have the poets write the words first; null leaves it to the type"
    )


class PromptChange(BaseModel):
    """What may be changed at any time; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    priority: Priority | None = None
    metadata: JsonMap | None = None
    starred: Annotated[bool, Field(strict=True)] | None = None
