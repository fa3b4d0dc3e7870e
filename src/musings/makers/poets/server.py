"""A language model server, as a value."""

from dataclasses import dataclass, field

from musings.makers.openai_errors import without_credentials

KEY_NAME = "MUSINGS_SECRET_LLM_API_KEY"
_NAMES = {"oll": "Ollama", "lms": "LM Studio", "manual": "the language model server"}


@dataclass(frozen=True)
class LanguageServer:
    """One server and how to talk to it. ``url`` ends with the version, such as ``…/v1``; times are seconds."""

    type: str
    url: str
    key: str = field(default="", repr=False)
    connect_seconds: float = 2
    timeout_seconds: float = 120
    max_retries: int = 2

    @property
    def place(self) -> str:
        """Its address as it may be shown and stored."""
        return without_credentials(self.url)

    @property
    def who(self) -> str:
        """The server in a sentence."""
        return f"{_NAMES[self.type]} at {self.place}"
