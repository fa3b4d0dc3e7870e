"""Workflow files that mean harm: refused in words, with nothing kept and nothing run."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import httpx
import pytest

from musings.api.uploads import DEEPEST, depth
from tests.growth import grows_gently
from tests.musings.api.conftest import Api, problem

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fox.json", b"0" * 50_000_000)
    return packed.getvalue()


def send(api: Api, name: str, content: bytes, field: str = "file") -> httpx.Response:
    return api.http.post("/api/workflows", files={field: (name, content)})


def kept(api: Api) -> list[Path]:
    folder = api.settings.media.workflows
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.zip", bomb()),
        ("bomb.json", bomb()),
        ("bomb.py", bomb()),
        ("fox.json", gzip.compress(b"{}")),
        ("fox.json", PICTURE),
        ("fox.py", PICTURE),
        ("fox.json", b""),
        ("fox.json", b"[]"),
        ("fox.json", b"null"),
        ("fox.json", b"{}"),
        ("fox.json", b"{" * 1_900_000),
        ("fox.json", b"[" * 100_000 + b"]" * 100_000),
        ("fox.json", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
        ("fox.json", b'{"1": {"class_type": "X", "inputs": {"a": NaN}}'),
        ("fox.json", b'{"1": ' + b"9" * 10_000 + b"}"),
        ("fox.json", b"\xff\xfe{\0}\0"),
        ("fox.json", '{"\ud800": 1}'.encode("utf-8", "surrogatepass")),
        ("fox.py", b"(" * 100_000),
        ("fox.py", b"-" * 1_000_000 + b"1"),
        ("fox.py", b"a" + b".b" * 200_000),
        ("fox.py", b"import os\0"),
        ("fox.py", b"raise SystemExit('it ran')"),
        ("fox.html", b"<script>alert(1)</script>"),
        ("../fox.json", b"{}"),
        ("..\\fox.json", b"{}"),
        ("/etc/cron.d/fox.json", b"{}"),
        ("fox.json\n", b"{}"),
        ("$(touch x).json", b"{}"),
        (".json", b"{}"),
        ("-rf.json", b"{}"),
        ("x" * 300 + ".json", b"{}"),
    ],
    ids=range(31),
)
def test_a_hostile_file_is_refused(lasting_api: Api, name: str, content: bytes) -> None:
    problem(send(lasting_api, name, content), 422)
    assert kept(lasting_api) == []


def test_too_large_is_refused_before_it_is_read(lasting_api: Api) -> None:
    problem(send(lasting_api, "fox.json", b" " * 2_100_000), 413)

    def drip() -> object:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="fox.json"\r\n\r\n'
        for _ in range(50):
            yield b" " * 100_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    problem(lasting_api.http.post("/api/workflows", content=drip(), headers=headers), 413)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n", 400),
        ("multipart/form-data; boundary=x", b"", 422),
        ("MULTIPART/FORM-DATA; boundary=x", b"--x--", 422),
        ("application/json", b"[" * 200_000, 422),
        ("application/json", b'{"name": "fox", "workflow": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001, 422),
        ("application/json", b'{"name": ["fox"], "workflow": {}}', 422),
        ("application/json", b'{"name": "../fox", "workflow": {"1": {"class_type": "X", "inputs": {}}}}', 422),
        ("application/json", b"\xff", 422),
        ("application/zip", b"PK\x03\x04", 422),
    ],
)
def test_a_hostile_body_is_refused(lasting_api: Api, content_type: str, body: bytes, status: int) -> None:
    answer = lasting_api.http.post("/api/workflows", content=body, headers={"Content-Type": content_type})
    problem(answer, status)
    assert kept(lasting_api) == []


def test_a_form_of_many_files_is_refused(lasting_api: Api) -> None:
    files = [("file", (f"{n}.json", b"{}")) for n in range(500)]
    problem(lasting_api.http.post("/api/workflows", files=files), 400)


def test_deep_json_is_refused_everywhere(lasting_api: Api) -> None:
    deep = '{"prompt_text": "x", "metadata": ' + '{"a":' * 20_000 + "1" + "}" * 20_001
    headers = {"Content-Type": "application/json"}
    problem(lasting_api.http.post("/api/prompts", content=deep, headers=headers), 400)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", 0), ("{}", 1), ('{"a": [1, {"b": "[[[["}]}', 3), ('"\\"[["', 0), ("[[[", 3), ("]]][", 0)],
)
def test_the_depth_of_json(text: str, wanted: int) -> None:
    assert depth(text) == wanted
    assert depth(json.dumps({"a": text})) == 1
    assert wanted < DEEPEST


def test_a_quote_that_is_never_closed_takes_no_longer_than_its_length() -> None:
    """A text of escaped quotes was read again from each of them: 105 kB took half a minute."""
    assert grows_gently(depth, '"' + '\\"' * 2_000, '"' + '\\"' * 25_000)
    assert depth('[["' + '\\"[' * 9) == 2
