"""Room on the disk of a folder."""

import shutil
from pathlib import Path


def free_bytes(folder: Path) -> int | None:
    """What is left for this user on the disk of a folder, made yet or not; None when it is not known."""
    # The folder may not be made yet: the nearest parent that exists is on the disk that will hold it.
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
