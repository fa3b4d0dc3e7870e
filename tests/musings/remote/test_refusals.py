"""What a refusal means: each kind is an error of its own, with the server's words."""

import json
from email.utils import formatdate

import pytest

from musings.errors import ConflictError, InvalidInputError, MusingsError, NotFoundError
from musings.remote import errors, refusals
from musings.remote.answers import RemotePrompt
from musings.remote.wire import ServerAnswer, ServerRequest

REQUEST = ServerRequest("POST", "/api/prompts")


def problem(status: int, detail: str, **more: object) -> ServerAnswer:
    content = json.dumps({"type": "urn:musings:x", "title": "x", "status": status, "detail": detail, **more}).encode()
    return ServerAnswer(status, {"content-type": refusals.PROBLEM}, content)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.ServerMismatch),
        (401, errors.AccessRefused),
        (403, errors.AccessRefused),
        (404, NotFoundError),
        (409, ConflictError),
        (413, errors.RequestTooLarge),
        (421, errors.ServerMismatch),
        (422, errors.ServerMismatch),
        (429, errors.TooManyRequests),
        (500, MusingsError),
        (503, errors.ServerUnavailable),
        (507, errors.ServerUnavailable),
    ],
)
def test_each_status_is_an_error_with_the_servers_words(status: int, kind: type[MusingsError]) -> None:
    found = refusals.error_of(problem(status, "Prompt 7 is not to be had."), REQUEST)
    assert type(found) is kind
    assert str(found) == "Prompt 7 is not to be had."


def test_the_faults_of_a_request_are_listed() -> None:
    faults = [{"where": "parameters.width", "message": "must be a number"}]
    found = refusals.error_of(problem(422, "x", errors=faults), REQUEST, "9.0.0")
    assert isinstance(found, InvalidInputError)
    assert [(each.where, each.message) for each in found.faults] == [("parameters.width", "must be a number")]
    assert "The server is Musings 9.0.0" in found.explained


def test_a_route_that_is_not_there_is_another_version_or_no_musings() -> None:
    older = refusals.error_of(problem(404, "There is nothing at /api/prompts."), REQUEST, "0.0.1")
    assert isinstance(older, errors.ServerMismatch)
    assert "The server is Musings 0.0.1" in older.explained
    other = refusals.error_of(ServerAnswer(404, {"content-type": "text/html"}, b"<html>"), REQUEST)
    assert isinstance(other, errors.ServerMismatch)
    assert "Is the address that of a Musings server" in other.explained


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b'{"detail": 1}', b"null"])
def test_a_refusal_in_another_shape_is_one_all_the_same(content: bytes) -> None:
    found = refusals.error_of(ServerAnswer(500, {"content-type": refusals.PROBLEM}, content), REQUEST)
    assert type(found) is MusingsError


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"id": "x"}', b'{"hello": 1}', b"[" * 99999])
def test_an_answer_of_something_else_is_said(content: bytes) -> None:
    with pytest.raises(errors.ServerMismatch, match="is no Musings server"):
        refusals.read(ServerAnswer(200, {}, content), RemotePrompt)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (formatdate(1_000_030, usegmt=True), 30.0),
        (formatdate(1_000, usegmt=True), 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    assert refusals.retry_after(ServerAnswer(429, {"retry-after": header}), now=lambda: 1_000_000.0) == seconds
