"""``python -m musings``: the same as the ``musings`` command."""

import sys

from musings.cli import main

if __name__ == "__main__":
    sys.exit(main())
