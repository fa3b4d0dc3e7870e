"""What is published of the house: the state in one message, what was made last, and a picture of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from musings.engine.liveness import is_alive
from musings.errors import StoreError
from musings.files.artifact_store import ArtifactStore
from musings.hours import Hours
from musings.makers.choice import Makers
from musings.models import Artifact, Json, Kind, Prompt
from musings.store.database import Database
from musings.store.gallery import finished
from musings.views import present, summary
from musings.views.present import NO_HOURS

LOOKED_AT = 20
"""Among how many of the newest works one with a picture is looked for: poems have none."""
MOST_BYTES = 2_000_000  # a broker keeps it in memory; previews are a hundredth of that
STATE = (
    "state", "pending", "processing", "completed_today", "failed_today", "paused", "disk_low", "worker", "running",
)  # fmt: skip
"""Of ``/api/summary`` what changes when something happens, and not with every second."""


@dataclass(frozen=True)
class LastWork:
    """``picture`` is a WebP file; empty where nothing that was made has one."""

    facts: Mapping[str, Json]
    picture: bytes
    artifact_id: int | None = None


NOTHING = LastWork({}, b"")


class House:
    """Looks at the database. ``address`` is that of the page, before the paths that are told; None where unknown."""

    def __init__(
        self,
        database: Database,
        makers: Makers,
        media_root: ArtifactStore,
        hours: Mapping[Kind, Hours] = NO_HOURS,
        address: str | None = None,
    ) -> None:
        self._database = database
        self._makers = makers
        self._media_root = media_root
        self._hours = hours
        self._address = address

    def kinds(self) -> list[Kind]:
        """The kinds that something here makes, in their order."""
        served = {each.kind for each in self._makers.workflows()}
        return [kind for kind in Kind if kind in served]

    def state(self) -> dict[str, Json]:
        queue = present.queue_stats(self._database, self._makers, is_alive, self._hours)
        return summary.summary(self._database, queue).model_dump(mode="json", include=set(STATE))

    def last(self, known: LastWork) -> LastWork:
        """The newest work that has a picture; ``known`` itself while that is the one."""
        for each in self._database.reading(finished.newest, (), None, LOOKED_AT):
            for artifact in each.artifacts:
                if artifact.id == known.artifact_id:
                    return known
                if (picture := self._preview(artifact)) is not None:
                    return LastWork(self._facts(each.prompt, artifact), picture, artifact.id)
        return NOTHING

    def _preview(self, artifact: Artifact) -> bytes | None:
        """Its preview, if that is what Home Assistant was told that it is."""
        name = artifact.preview_path
        if name is None or not name.endswith(".webp"):
            return None
        try:
            with self._media_root.open(name) as file:
                content = file.read(MOST_BYTES + 1)
        except (StoreError, OSError):  # its disk is away, or somebody removed it: an older one will do
            return None
        return content if len(content) <= MOST_BYTES else None

    def _facts(self, prompt: Prompt, artifact: Artifact) -> dict[str, Json]:
        made = present.artifact_meta(artifact)
        return {
            "prompt_id": prompt.id,
            "artifact_id": artifact.id,
            "kind": None if prompt.kind is None else str(prompt.kind),
            "prompt": prompt.prompt_text[: summary.MOST_CHARACTERS],
            "url": f"{self._address or ''}{made.file_url}",
        }
