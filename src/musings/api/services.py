"""What the routes are given. Made once, handed in; nothing is reached for."""

from dataclasses import dataclass

from musings.api.broadcast import Broadcaster
from musings.config import Settings
from musings.pipelines import Pipelines
from musings.store.database import Database
from musings.store.media_root import MediaRoot


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    media_root: MediaRoot
    pipelines: Pipelines
    broadcaster: Broadcaster
