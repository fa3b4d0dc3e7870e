"""The address of a server: what is shown, and what is sent."""

import ssl

from musings.makers.comfyui.address import tls_context, without_login


def test_a_login_becomes_a_header_and_is_not_shown() -> None:
    assert without_login("http://comfy:8188/x") == ("http://comfy:8188/x", {})
    url, headers = without_login("https://me:p%40ss@comfy:8188/x")
    assert url == "https://comfy:8188/x"
    assert headers == {"Authorization": "Basic bWU6cEBzcw=="}


def test_tls_is_checked_unless_somebody_says_otherwise() -> None:
    assert tls_context("http://comfy", verify=True) is None
    checked, trusting = tls_context("https://comfy", verify=True), tls_context("https://comfy", verify=False)
    assert checked is not None
    assert trusting is not None
    assert (checked.verify_mode, trusting.verify_mode) == (ssl.CERT_REQUIRED, ssl.CERT_NONE)
    assert checked.check_hostname
    assert not trusting.check_hostname
