"""What bodies may hold. Fields that we have no use for are passed over, as OpenAI's clients send many.

Fields beyond OpenAI's are those of :class:`Extensions`; its Python client sends them as ``extra_body``.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(min_length=1)]
Whole = Annotated[int, Field(strict=False)]


class Extensions(BaseModel):
    """What every call may say beyond OpenAI's protocol.

    ``parameters`` are fields of the workflow's form by their own names. ``cancel_on_disconnect``: stop the work when
    the caller hangs up; else it goes on.
    """

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    model: str | None = None
    seed: Whole | None = None
    parameters: dict[str, Any] | None = None
    priority: Whole | None = None
    cancel_on_disconnect: bool = False
    metadata: dict[str, Any] | None = None
    user: str | None = None


class ImageBody(Extensions):
    """``/v1/images/generations``. ``size`` is WIDTHxHEIGHT in pixels or ``auto``."""

    prompt: Words
    n: Annotated[int, Field(ge=1, le=10)] | None = None
    size: str | None = None
    response_format: Literal["url", "b64_json"] | None = None
    output_format: Literal["png", "jpeg", "webp"] | None = None
    output_compression: Annotated[int, Field(ge=0, le=100)] | None = None
    stream: bool | None = None
    negative_prompt: str | None = None
    steps: Whole | None = None
    enhance: bool | None = None


class VoiceId(BaseModel):
    id: str


class SpeechBody(Extensions):
    """``/v1/audio/speech``. ``speed`` 1 is the voice's own."""

    input: Words
    voice: str | VoiceId | None = None
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] | None = None
    speed: Annotated[float, Field(ge=0.25, le=4, allow_inf_nan=False)] | None = None
    stream_format: Literal["audio", "sse"] | None = None
    language: str | None = None


class MusicBody(Extensions):
    """``/v1/audio/music``, which is ours. ``duration`` is in seconds."""

    prompt: Words
    duration: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)] | None = None
    lyrics: str | None = None
    tags: str | None = None
    negative_prompt: str | None = None
    enhance: bool | None = None
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] | None = None


class ImageReference(BaseModel):
    """A picture that is named, not sent: one of the two. ``file_id`` is ``upload:…`` or ``artifact:ID``."""

    model_config = ConfigDict(extra="ignore")

    image_url: str | None = None
    file_id: str | None = None


class VideoBody(Extensions):
    """``/v1/videos``. ``size`` as for pictures; ``seconds`` come as text from OpenAI's clients."""

    prompt: Words
    seconds: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False, strict=False)] | None = None
    size: str | None = None
    input_reference: ImageReference | None = None
    negative_prompt: str | None = None
    enhance: bool | None = None


class ContentPart(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    text: str | None = None


class ChatMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: str = "user"
    content: str | list[ContentPart] | None = None


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")

    include_usage: bool | None = None


class TextBody(Extensions):
    """What both routes for texts share. ``form`` is the poets' (``haiku``, ``story`` …)."""

    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    stream: bool | None = None
    tool_choice: Any = None
    form: str | None = None


class ChatBody(TextBody):
    """``/v1/chat/completions``."""

    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    n: Annotated[int, Field(ge=1)] | None = None
    stream_options: StreamOptions | None = None
    response_format: dict[str, Any] | None = None


class ResponsesBody(TextBody):
    """``/v1/responses``. ``text.format`` asks for JSON, which the poets do not promise."""

    input: Words | Annotated[list[ChatMessage], Field(min_length=1)]
    instructions: str | None = None
    previous_response_id: str | None = None
    background: bool | None = None
    text: dict[str, Any] | None = None
