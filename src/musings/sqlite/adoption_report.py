"""What an adoption found and did, as a value, as words, as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from musings.models import JsonObject
from musings.sqlite.adopted_rows import MissingFile
from musings.sqlite.recognition import Origin

# For a person at a terminal; the JSON names all.
SHOWN = 10


@dataclass(frozen=True)
class AdoptionReport:
    """``rehearsal`` means that nothing was done: it tells what would be. Counts are of what was found."""

    database: Path
    origin: Origin
    version_before: str | None
    version_after: str
    rows: Mapping[str, int]
    statuses: Mapping[str, int]
    types: Mapping[str, int]
    artifact_statuses: Mapping[str, int] = field(default_factory=dict)
    tables_made: tuple[str, ...] = ()
    columns_added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    indexes_rebuilt: tuple[str, ...] = ()
    recovered: tuple[int, ...] = ()
    paths_repaired: tuple[tuple[str, str], ...] = ()
    missing_files: tuple[MissingFile, ...] = ()
    notices: tuple[str, ...] = ()
    backup: Path | None = None
    changed: bool = False
    rehearsal: bool = False

    def as_json(self) -> JsonObject:
        return {
            "database": str(self.database),
            "found": self.origin.value,
            "from": self.version_before,
            "to": self.version_after,
            "changed": self.changed and not self.rehearsal,
            "would_change": self.changed and self.rehearsal,
            "dry_run": self.rehearsal,
            "backup": str(self.backup) if self.backup else None,
            "rows": dict(self.rows),
            "statuses": dict(self.statuses),
            "types": dict(self.types),
            "artifact_statuses_set": dict(self.artifact_statuses),
            "tables_made": list(self.tables_made),
            "columns_added": {table: list(columns) for table, columns in self.columns_added.items()},
            "indexes_rebuilt": list(self.indexes_rebuilt),
            # Ordered as they happen, because programs of the owner may read the list.
            "recovered": list(self.recovered),
            "paths_repaired": [{"from": before, "to": after} for before, after in self.paths_repaired],
            "missing_files": [vars(missing) for missing in self.missing_files],
            "notices": list(self.notices),
        }

    def as_words(self) -> str:
        """Several lines for a person."""
        return "\n".join([*self._found(), *self._done(), *self._noticed()])

    def _found(self) -> Iterator[str]:
        version = f" of version {self.version_before}" if self.version_before else ""
        yield f"{self.database}: {self.origin.value}{version}."
        if self.rows:
            yield "  rows: " + _listed(self.rows)
        if self.statuses:
            yield "  prompts by status: " + _listed(self.statuses)
            yield "  prompts by type: " + _listed(self.types)

    def _done(self) -> Iterator[str]:
        if not self.changed:
            yield f"Nothing to do: it is at version {self.version_after} already."
            return
        yield "A real run would do this (nothing was changed):" if self.rehearsal else "Done:"
        if self.backup is not None:
            yield f"  copied aside first, and checked: {self.backup}"
        elif self.rehearsal and self.origin is not Origin.FRESH:
            yield f"  copy the database aside, beside {self.database.name}, and check the copy"
        if self.version_before != self.version_after:
            yield f"  version: {self.version_before or 'none'} to {self.version_after}"
        if self.tables_made:
            yield "  tables made: " + ", ".join(self.tables_made)
        for table, columns in self.columns_added.items():
            yield f"  columns added to {table}: " + ", ".join(columns)
        if self.artifact_statuses:
            yield "  artifact_status given: " + _listed(self.artifact_statuses)
        if self.indexes_rebuilt:
            yield "  damaged indexes rebuilt: " + ", ".join(self.indexes_rebuilt)
        if self.recovered:
            yield f"  prompts taken out of processing: {len(self.recovered)} ({_some(self.recovered)})"
        if self.paths_repaired:
            yield f"  paths repaired: {len(self.paths_repaired)} ({_some([a for _, a in self.paths_repaired])})"

    def _noticed(self) -> Iterator[str]:
        if self.missing_files:
            yield f"Files that are not there: {len(self.missing_files)}"
            for missing in self.missing_files[:SHOWN]:
                yield f"  artifact {missing.artifact_id} of prompt {missing.prompt_id}: {missing.path}"
            if len(self.missing_files) > SHOWN:
                yield f"  and {len(self.missing_files) - SHOWN} more; --json names them all"
        yield from self.notices


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _some(values: "tuple[object, ...] | list[str]") -> str:
    shown = ", ".join(str(value) for value in values[:SHOWN])
    return f"{shown}, …" if len(values) > SHOWN else shown
