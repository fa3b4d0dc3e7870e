"""Print the description of the HTTP API (OpenAPI, JSON)."""

import argparse

from musings.api import app
from musings.commands.opening import print_json, settings_for
from musings.sqlite.database import open_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="it always is")


def run(arguments: argparse.Namespace) -> int:
    database = open_database(":memory:")
    try:
        print_json(app.make(app.services_for(settings_for(arguments), database)).openapi())
    finally:
        database.close()
    return 0
