"""What became of every prompt of a campaign: the rows, the files and the processes, looked at from outside."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.campaigns.house import House


@dataclass
class Found:
    """Empty lists are what is wanted; ``completed`` is how many prompts ended well."""

    completed: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.orphans or self.failed)


def examine(house: House, accepted: Collection[int]) -> Found:
    """``accepted`` are the ids that the API has said are kept. To be asked when nothing waits or runs."""
    found = Found()
    rows = house.rows("SELECT id, status, error_message, prompt_text FROM prompts")
    ended = {int(str(row[0])): str(row[1]) for row in rows}
    found.completed = sum(status == "completed" for status in ended.values())
    found.lost = [f"prompt {each} was accepted and has no row" for each in accepted if each not in ended]
    found.lost += [
        f"prompt {each} is {status}" for each, status in ended.items() if status in ("pending", "processing")
    ]
    found.failed = [f"prompt {row[0]}: {row[1]}: {row[2]}" for row in rows if row[1] in ("failed", "cancelled")]
    texts = Counter(str(row[3]) for row in rows)  # each text was submitted once, whatever the connection did
    found.doubled = [f"{count} prompts of {text!r}" for text, count in texts.items() if count > 1]
    found.doubled += _doubled(house)
    found.orphans = [*left_over(house.media_root, house.rows), *_left_processes(house)]
    return found


def _doubled(house: House) -> list[str]:
    many = house.rows("SELECT prompt_id, count(*) FROM prompt_artifacts GROUP BY 1 HAVING count(*) > 1")
    ends = house.rows(
        "SELECT prompt_id, count(*) FROM attempts WHERE status = 'completed' GROUP BY 1 HAVING count(*) > 1"
    )
    texts = house.rows(
        "SELECT (SELECT count(*) FROM writings), (SELECT count(*) FROM prompts WHERE output_reference IS NOT NULL)"
    )
    [(writings, named)] = texts
    return [
        *(f"prompt {row[0]} has {row[1]} artifacts" for row in many),
        *(f"prompt {row[0]} was completed {row[1]} times" for row in ends),
        *([] if writings == named else [f"{writings} writings of {named} prompts"]),
    ]


def left_over(root: Path, rows: Callable[[str], list[tuple[object, ...]]]) -> list[str]:
    """Files of a media root without a row, rows without a file, folders of attempts: what nothing may leave."""
    on_disk = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }
    found = rows("SELECT file_path, preview_path, prompt_id FROM prompt_artifacts")
    named = {str(path) for row in found for path in row[:2] if path is not None}
    completed = {row[0] for row in rows("SELECT id FROM prompts WHERE status = 'completed' AND deleted_at IS NULL")}
    bare = completed - {row[2] for row in found}
    work = root / ".attempts"
    left = list(work.iterdir()) if work.is_dir() else []
    return [
        *(f"{path} has no row" for path in sorted(on_disk - named)),
        *(f"{path} is named and not there" for path in sorted(named - on_disk)),
        *(f"prompt {each} is completed and has no file" for each in bare),
        *(f"{path.name} was left in .attempts" for path in left),
    ]


def _left_processes(house: House) -> list[str]:
    """Programs of this folder that no worker of ours has any more."""
    ours = {program.pid for program in house.programs} | {child.pid for child in house.children()}
    left = []
    for each in psutil.process_iter(["pid", "ppid", "cmdline", "cwd"]):
        words = " ".join(each.info["cmdline"] or [])
        inside = each.info["cwd"] is not None and Path(each.info["cwd"]).is_relative_to(house.folder)
        # Its folder is the root and its words name none of ours: an orphan is known by its parent.
        decoder = "musings.media.decoding_child" in words and each.info["ppid"] == 1
        named = str(house.folder) in words or inside or decoder
        if each.info["pid"] not in ours and named and "tests.campaigns" not in words:
            left.append(f"process {each.info['pid']} goes on: {words[:200]}")
    return left
