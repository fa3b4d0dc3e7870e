"""Room on the disk of a folder."""

import shutil
from pathlib import Path


def free_bytes(folder: Path) -> int | None:
    """What is left for this user on the disk of a folder, made yet or not; None when nobody can tell."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
