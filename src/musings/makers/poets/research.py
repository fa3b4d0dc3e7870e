"""Web search for the agents, through Tavily (https://docs.tavily.com/documentation/api-reference/endpoint/search).

Optional: without a key, or when it fails, the agents are told so and write on; no prompt fails for it.
"""

from dataclasses import dataclass, field

import httpx

from musings.config.settings import Settings

MOST_CHARACTERS = 6000
MOST_QUERY_CHARACTERS = 400


@dataclass(frozen=True)
class Research:
    """A search service and how to talk to it."""

    url: str
    key: str = field(repr=False)
    max_results: int
    timeout_seconds: float

    def search(self, query: str) -> str:
        """What the web says to a query, as plain text for a model; why nothing was found when nothing was."""
        wanted = {"query": query[:MOST_QUERY_CHARACTERS], "max_results": self.max_results}
        try:
            answer = httpx.post(
                f"{self.url.rstrip('/')}/search",
                json=wanted,
                headers={"Authorization": f"Bearer {self.key}"},
                timeout=self.timeout_seconds,
            )
            answer.raise_for_status()
            results = answer.json()["results"]
            found = [f"{each['title']} ({each['url']})\n{each['content']}" for each in results]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            return f"The search did not work ({type(error).__name__}). Go on without it."
        return "\n\n".join(found)[:MOST_CHARACTERS] or "Nothing was found. Go on without it."


def from_settings(settings: Settings) -> Research | None:
    """The search of the configuration, or None where it is off or has no key."""
    secrets = settings.secrets
    key = secrets.get("MUSINGS_SECRET_TAVILY_API_KEY") or secrets.get("TAVILY_API_KEY")
    wanted = settings.research
    if not wanted.enabled or not key:
        return None
    return Research(wanted.url, key, wanted.max_results, wanted.timeout_seconds)
