"""What this process and its children make is for their owner alone."""

import os

OTHERS = 0o077


def keep_private() -> None:
    """From now on files and folders are made for their owner, unless they are opened on purpose.

    Database, journals, logs, backups, exports and what scripts write: SQLite and Python both ask the umask.
    """
    os.umask(os.umask(OTHERS) | OTHERS)
