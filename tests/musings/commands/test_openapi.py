"""`musings openapi`: what the server itself would answer."""

import json

from tests.musings.command_line import Run


def test_openapi_is_the_servers_own(run: Run) -> None:
    found = run("openapi").json
    assert found["info"]["title"] == "Musings"
    assert "/api/prompts" in found["paths"]
    assert json.dumps(found) == json.dumps(run("openapi", "--json").json)
