"""The application: all routes, what stands before them, and a description that says so."""

import importlib
import pkgutil
import re

import pytest
from starlette.routing import WebSocketRoute
from websockets.sync.client import connect

from musings.api import app, routes
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.version import VERSION
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api


def made(make_settings: MakeSettings, database: Database, **sections: object) -> app.Application:
    found = app.make(app.services_for(make_settings(**sections), database))
    assert isinstance(found, app.Application)
    return found


def test_every_module_of_routes_is_in_it(lasting_api: Api) -> None:
    """A file of routes that nobody includes would answer nothing: its addresses would not even be known."""
    for module in pkgutil.iter_modules(routes.__path__):
        router = importlib.import_module(f"{routes.__name__}.{module.name}").routes
        for route in router.routes:
            address = re.sub(r"{[^}]+}", "1", route.path)
            if isinstance(
                route, WebSocketRoute
            ):  # answers nothing else, so that only a socket tells whether it is there
                with connect(lasting_api.address.replace("http", "ws", 1) + address):
                    continue
            assert lasting_api.http.request("TRACE", address).status_code == 405, (module.name, address)
    assert lasting_api.http.request("TRACE", "/api/made-up").status_code == 404


@pytest.mark.parametrize("needed", [True, False])
def test_the_description_says_whether_one_must_log_in(
    make_settings: MakeSettings, database: Database, needed: bool
) -> None:
    found = made(make_settings, database, security={"require_auth": needed})
    assert found.needs_auth is needed
    document = found.openapi()
    assert document["info"]["version"] == VERSION
    # The empty alternative says that nobody has to show anything.
    assert ({} not in document["paths"]["/api/prompts"]["get"]["security"]) is needed
    assert found.openapi() is document, "made once"


def test_routes_can_be_listed_without_tables(make_settings: MakeSettings) -> None:
    """`musings openapi` has no database."""
    database = open_database(":memory:")
    try:
        assert "/api/prompts" in made(make_settings, database).openapi()["paths"]
    finally:
        database.close()


def test_pages_of_documentation_of_others_are_not_served(make_settings: MakeSettings, database: Database) -> None:
    """FastAPI's own would load scripts from elsewhere; ours is /api/reference."""
    found = made(make_settings, database)
    assert (found.docs_url, found.redoc_url) == (None, None)


def test_two_applications_share_nothing_that_they_count(make_settings: MakeSettings, database: Database) -> None:
    one, other = made(make_settings, database), made(make_settings, database)
    assert one.state.registry is not other.state.registry
    assert one.state.logins.throttle is not other.state.logins.throttle
