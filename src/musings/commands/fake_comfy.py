"""A ComfyUI without models, to try and to test with: real files, and faults on demand."""

import argparse

from fake_comfyui import __main__ as program
from musings.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"faults (NAME, or NAME=TIMES to show it that often):\n{program.listed()}"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    program.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    try:
        return program.serve(arguments)
    except ValueError as error:
        raise UsageError(str(error)) from error
