"""``python -m comfyui_workflows``: see ``command_line``."""

import sys

from comfyui_workflows.command_line import main

if __name__ == "__main__":
    sys.exit(main())
