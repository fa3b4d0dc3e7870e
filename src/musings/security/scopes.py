"""What a caller may do, and who is calling."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Independent of each other: a program that only submits needs no right to look at the gallery."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True)
class Caller:
    """Whoever sent a request. ``id`` is that of the token or of the session; None for nobody in particular."""

    kind: str  # token, session or anonymous
    id: int | None = None
    name: str = ""
    scopes: frozenset[Scope] = frozenset()

    @property
    def is_known(self) -> bool:
        return self.id is not None


ANONYMOUS = Caller("anonymous")
