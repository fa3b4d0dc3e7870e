"""Whether the file system under a database can do what SQLite's write-ahead log needs."""

import re
from pathlib import Path

# WAL needs memory shared by all processes, which these network and container file systems do not give.
UNSAFE_FOR_WAL = re.compile(r"nfs|cifs|smb|9p|virtiofs|fakeowner|osxfs|grpcfuse|sshfs|fuse\.|afs|vboxsf|prl_fs")
ESCAPED_IN_MOUNTS = re.compile(r"\\([0-7]{3})")


def wal_is_safe(path: Path) -> bool:
    """Whether the file system under ``path`` gives every process the shared memory that WAL needs.

    Only Linux can tell (``/proc/mounts``); elsewhere the answer is yes, and ``doctor`` looks closer.
    """
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    kind = file_system(mounts, path.resolve())
    # An unknown kind counts as safe: most are local ones, and the doctor looks at the mode that was reached.
    return kind is None or not UNSAFE_FOR_WAL.search(kind)


def file_system(mounts: str, target: Path) -> str | None:
    """The kind of file system that holds ``target``, by the text of ``/proc/mounts``; None when no line tells.

    Of two mounts on one folder the later one hides the earlier (proc(5); blanks are written as octal escapes).
    """
    deepest, kind = -1, None
    for fields in (line.split() for line in mounts.splitlines()):
        if len(fields) < 3:
            continue
        mount = Path(ESCAPED_IN_MOUNTS.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        # ``>=``, because of two mounts on one folder the later hides the earlier.
        if target.is_relative_to(mount) and len(mount.parts) >= deepest:
            deepest, kind = len(mount.parts), fields[2]
    return kind
