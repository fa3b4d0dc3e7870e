"""The umask of the program."""

import os

from musings.security.umask import keep_private


def test_what_the_umask_hides_already_stays_hidden() -> None:
    before = os.umask(0o002)
    try:
        keep_private()
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
