"""What the routes are given. Made once, handed in; nothing is reached for."""

from dataclasses import dataclass

from musings.api.broadcast import Broadcaster
from musings.config.settings import Settings
from musings.files.media_root import MediaRoot
from musings.makers.choice import Makers
from musings.store.database import Database


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    media_root: MediaRoot
    pipelines: Makers
    broadcaster: Broadcaster
