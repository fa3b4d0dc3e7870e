"""Who writes and who speaks: language models, the team of agents, the speech server, web search."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from musings.config.section import Seconds, Section, ServerAddress

OLLAMA_URL = "http://127.0.0.1:11434/v1"
LM_STUDIO_URL = "http://127.0.0.1:1234/v1"


class ModelSettings(Section):
    """Three slots that agents name. An empty one takes the first model that the server has."""

    local1: str = ""
    local2: str = ""
    local3: str = ""


class FallbackSettings(Section):
    """A second language model server, asked when the first does not answer; none while ``url`` is empty."""

    type: Literal["oll", "lms", "manual"] = "manual"
    url: ServerAddress = ""
    models: ModelSettings = ModelSettings()


class BackendSettings(Section):
    """The language model server: Ollama (``oll``), LM Studio (``lms``), or any that speaks OpenAI's protocol."""

    type: Literal["oll", "lms", "manual"] = "oll"
    url: ServerAddress = OLLAMA_URL
    fallback: FallbackSettings = FallbackSettings()
    fallback_to_sketch: bool = True
    timeout_seconds: Seconds = 120
    connect_seconds: Annotated[float, Field(gt=0, le=60)] = 2
    max_retries: Annotated[int, Field(ge=0, le=10)] = 2

    @property
    def address(self) -> str:
        """``url``, or where LM Studio listens when that was chosen and no address given."""
        return LM_STUDIO_URL if self.type == "lms" and "url" not in self.model_fields_set else self.url


class AgentSettings(Section):
    """One of the team. ``role``: writes, reads (criticises), edits (has the last word), or what the name suggests."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    system_message: str = ""
    config_assignment: str = "local1"
    role: Literal["auto", "writer", "reader", "editor"] = "auto"
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None

    @field_validator("config_assignment")
    @classmethod
    def _a_slot(cls, value: str) -> str:
        if value not in ModelSettings.model_fields:
            raise ValueError(f"must be one of {', '.join(ModelSettings.model_fields)}")
        return value


class PoetSettings(Section):
    """Limits of one run of the team: whichever is reached first ends it, and the best draft is kept."""

    max_turns: Annotated[int, Field(ge=1, le=100)] = 9
    max_tokens: Annotated[int, Field(ge=16, le=1_000_000)] = 12_000
    wall_clock_seconds: Seconds = 900
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.8


class VoiceSettings(Section):
    """A speech server that speaks OpenAI's ``/v1/audio/speech``; none while ``url`` is empty."""

    url: ServerAddress = ""
    model: str = "tts-1"
    voice: str = "alloy"
    voices: tuple[str, ...] = ()
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    format: Literal["wav", "flac", "mp3", "opus", "aac"] = "wav"
    timeout_seconds: Seconds = 120
    max_retries: Annotated[int, Field(ge=0, le=10)] = 2
    max_characters: Annotated[int, Field(ge=20, le=4096)] = 600


class ResearchSettings(Section):
    """Web search for the agents, through Tavily; only where a key is in the environment."""

    enabled: bool = False
    url: str = "https://api.tavily.com"
    max_results: Annotated[int, Field(ge=1, le=20)] = 5
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 15
