import pytest

from musings.errors import Fault, InvalidInputError
from musings.openai_api.refusals import ApiRefusal, error_body, of_faults, of_problem


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, "invalid_request_error", None),
        (401, "authentication_error", "invalid_api_key"),
        (403, "permission_error", "insufficient_permissions"),
        (404, "invalid_request_error", "not_found"),
        (429, "rate_limit_error", "rate_limit_exceeded"),
        (500, "server_error", None),
        (503, "server_error", "service_unavailable"),
    ],
)
def test_each_status_has_its_type_and_code(status: int, kind: str, code: str | None) -> None:
    assert error_body(status, "words") == {"error": {"message": "words", "type": kind, "param": None, "code": code}}


def test_a_problem_document_is_an_error_that_names_the_parameter() -> None:
    problem = {"status": 422, "detail": "n: too many", "errors": [{"where": "n", "message": "too many"}]}
    status, body = of_problem(problem)
    assert (status, body["error"]["param"], body["error"]["message"]) == (400, "n", "n: too many")
    status, body = of_problem({"status": 503, "detail": "full"})
    assert (status, body["error"]["param"], body["error"]["code"]) == (503, None, "service_unavailable")


def test_faults_are_told_in_the_words_of_the_caller() -> None:
    faults = [Fault("parameters.breite", "too wide"), Fault("parameters.hoehe", "too wide"), Fault("prompt_text", "no")]
    names = {"breite": "size", "hoehe": "size", "prompt_text": "prompt"}
    found = of_faults(InvalidInputError(faults, hint="Ask for less."), names)
    assert found.status == 400
    assert str(found) == "size: too wide; prompt: no. Ask for less."
    assert found.body["error"]["param"] == "size"
    own = of_faults(InvalidInputError([Fault("parameters.cfg", "must be a number")]), {})
    assert own.body["error"]["param"] == "cfg"


def test_a_refusal_may_say_when_to_come_again() -> None:
    assert ApiRefusal(503, "paused", retry_after=30).headers == {"Retry-After": "30"}
    assert ApiRefusal(400, "no", param="n").headers == {}
