"""Headers for the browser's sake: added where nothing was said, and never in place of what was."""

import pytest
from starlette.datastructures import MutableHeaders

from musings.api.headers import ALWAYS, PAGE_POLICY, keep_private, protect


@pytest.mark.parametrize("https", [True, False])
def test_an_answer_gets_all_of_them(https: bool) -> None:
    headers = MutableHeaders()
    protect(headers, https=https)
    assert {name.lower() for name in ALWAYS} <= set(headers)
    assert ("strict-transport-security" in headers) is https


def test_what_an_answer_says_of_itself_stays() -> None:
    """A file says ``sandbox``, so that a hostile one does nothing."""
    headers = MutableHeaders({"Content-Security-Policy": "sandbox", "Cache-Control": "private, max-age=60"})
    protect(headers, https=True)
    keep_private(headers)
    assert headers.getlist("Content-Security-Policy") == ["sandbox"]
    assert headers.getlist("Cache-Control") == ["private, max-age=60"]


def test_what_says_nothing_is_kept_by_nobody() -> None:
    headers = MutableHeaders()
    keep_private(headers)
    assert headers["Cache-Control"] == "no-store"


def test_the_page_runs_scripts_of_ours_only_and_stands_in_no_frame() -> None:
    policy = dict(part.strip().split(" ", 1) for part in PAGE_POLICY.split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert not any("*" in sources or "http" in sources for sources in policy.values())
