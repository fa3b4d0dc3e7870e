#!/usr/bin/env python3
"""The program as a newcomer meets it, on each Python that it promises.

    python3 .ci/smoke.py                   every Python of pyproject.toml that is on this machine, and the next one
    python3 .ci/smoke.py 3.12 3.13         these
    python3 .ci/smoke.py --but 3.11        all but this one
    python3 .ci/smoke.py --newest          where the newest one is that it promises and this machine has

For each: a copy of the checkout in a folder of its own, `./musings` makes its environment, one prompt of each kind is
worked through by the owner's `--queue`, its file is decoded, `doctor` finds nothing, and `up` shows the page. A Python
that is not on this machine is passed over, and said so; one that only may come, the next after those that are promised,
is passed over also while its packages are missing. Exit code 1 when one of them fails. Needs Python 3.11.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KINDS = {
    "text": ("submit", "--type", "poem", "--", "a lamp at sea"),
    "image": ("submit", "--type", "image", "--set", "width=128", "--set", "height=96", "--", "a lamp at sea"),
    "audio": ("submit", "--type", "music", "--set", "duration=20", "--", "a slow waltz"),
    "voice": ("submit", "--type", "voice", "--", "The lamp is lit."),
}
DECODE = """
import sys
from pathlib import Path
from musings.media.kinds import decodable, kind_of
decodable(Path(sys.argv[1]))
print(kind_of(Path(sys.argv[1])))
"""
SECONDS = 900
READY = re.compile(r"Musings is at (http://\S+)")


class Failed(Exception):
    """The words say what was tried and what came of it."""


class NoPackages(Failed):
    """The environment could not be made."""


def promised() -> list[str]:
    """The Pythons that pyproject.toml names, oldest first."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        classifiers: list[str] = tomllib.load(file)["project"]["classifiers"]
    named = [
        found[1] for each in classifiers if (found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each))
    ]
    return sorted(named, key=lambda version: int(version.partition(".")[2]))


def next_after(versions: Sequence[str]) -> str:
    return f"3.{int(versions[-1].partition('.')[2]) + 1}"


def interpreter(version: str) -> str | None:
    """A Python of this version with its venv module: on PATH, or one of pyenv's."""
    places = [shutil.which(f"python{version}"), shutil.which("python3")]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    places += sorted(str(path) for path in pyenv.glob(f"versions/{version}.*/bin/python3"))
    asks = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    for place in filter(None, places):
        said = subprocess.run((place, "-c", asks), capture_output=True, text=True, check=False)
        if said.returncode == 0 and said.stdout.strip() == version:
            return place
    return None


def newest() -> str | None:
    """The newest Python of those that are promised, where one is on this machine."""
    return next(filter(None, map(interpreter, reversed(promised()))), None)


def smoke(python: str, version: str, folder: Path) -> None:
    """The whole way on one Python. Raises ``Failed``."""
    checkout, house = folder / "checkout", folder / "house"
    copy(checkout)
    house.mkdir()
    config = house / "poets_cron_config.json"
    config.write_text("{}")
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MUSINGS_", "VIRTUAL_ENV", "PYTHON"))
    }
    environment = {**clean, "MUSINGS_PYTHON": python, "MUSINGS_CONFIG": str(config)}
    musings = str(checkout / "musings")
    try:
        run(environment, musings, "--version")
    except Failed as error:
        raise NoPackages(*error.args) from error
    own = str(checkout / ".venv" / "bin" / "python")
    said = run(environment, own, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
    expect(said == version, f"the environment is Python {said}")
    asked = {
        kind: json.loads(run(environment, musings, *words[:1], "--json", *words[1:])) for kind, words in KINDS.items()
    }
    queue = (python, str(checkout / "poets-service-clean" / "poets_cron_service_v3.py"), "--queue")
    run(environment, *queue)
    for kind, prompt in asked.items():
        check_prompt(environment, musings, own, kind, prompt["id"], house)
    again = run(environment, *queue)
    expect("Nothing is waiting" in again, f"a second --queue says: {again}")
    run(environment, musings, "doctor")
    with up(environment, musings) as address:
        page = fetched(address)
        expect("<html" in page and "/assets/" in page, f"the page is {page[:200]!r}")
        expect(len(json.loads(fetched(address + "/api/prompts"))["items"]) == len(KINDS), "the API lists other prompts")


def copy(target: Path) -> None:
    """What git would commit, and the page when it is built (the launcher builds it again when it is stale)."""
    listed = ("git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    built = Path("src") / "musings" / "static"
    if (ROOT / built).is_dir():
        shutil.copytree(ROOT / built, target / built)


def check_prompt(
    environment: Mapping[str, str], musings: str, python: str, kind: str, number: int, house: Path
) -> None:
    found = json.loads(run(environment, musings, "show", str(number), "--json"))
    expect(found["status"] == "completed", f"the {kind} prompt is {found['status']}: {found['error_message']}")
    expect(len(found["artifacts"]) == 1, f"the {kind} prompt has {len(found['artifacts'])} artifacts")
    file = house / "GeneratedMedia" / found["artifacts"][0]["file_path"]
    made = run(environment, python, "-c", DECODE, str(file)).strip()
    expect(made == {"voice": "audio"}.get(kind, kind), f"the {kind} prompt made {made}")


@contextmanager
def up(environment: Mapping[str, str], musings: str) -> Iterator[str]:
    """`musings up` on a free port: its address, once it is ready. It must end well when it is asked to."""
    words = (musings, "up", "--port", "0")
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            found = next((match for line in program.stdout if (match := READY.search(line))), None)
            expect(found is not None, "`up` ended before it was ready")
            assert found is not None
            yield found[1]
        finally:
            program.send_signal(signal.SIGTERM)
            try:
                program.wait(60)
            except subprocess.TimeoutExpired:
                program.kill()
    expect(program.returncode == 0, f"`up` ended with {program.returncode}")


def fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        content: bytes = answer.read()
    return content.decode()


def run(environment: Mapping[str, str], *words: str) -> str:
    """Standard output of a program that must end well."""
    try:
        ended = subprocess.run(
            words, env=environment, cwd="/", capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{' '.join(words)} did not end within {SECONDS} s") from error
    if ended.returncode != 0:
        raise Failed(f"{' '.join(words)} ended with {ended.returncode}\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}")
    return ended.stdout


def expect(true: bool, otherwise: str) -> None:
    if not true:
        raise Failed(otherwise)


def tried(version: str, *, must: bool) -> bool:
    """Whether a Python passed, or was passed over; its line is printed."""
    python = interpreter(version)
    if python is None:
        print(f"Python {version}: passed over, it is not on this machine", flush=True)
        return True
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="musings-smoke-") as folder:
        try:
            smoke(python, version, Path(folder))
        except NoPackages as error:
            if must:
                print(f"Python {version}: FAILED: {error}", flush=True)
            else:
                print(f"Python {version}: passed over, the packages cannot be installed on it yet", flush=True)
            return not must
        except (Failed, OSError, ValueError, KeyError) as error:
            print(f"Python {version}: FAILED: {type(error).__name__}: {error}", flush=True)
            return False
    print(f"Python {version}: four kinds, --queue, doctor and the page in {time.monotonic() - began:.0f} s", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="such as 3.12")
    parser.add_argument("--but", action="append", default=[], metavar="VERSION", help="leave this one out")
    parser.add_argument("--newest", action="store_true", help="say where the newest promised one is")
    given = parser.parse_args()
    names = promised()
    if given.newest:
        place = newest()
        print(place or "")
        return 0 if place else 1
    versions = given.versions or [version for version in (*names, next_after(names)) if version not in given.but]
    results = [tried(version, must=version in names or version in given.versions) for version in versions]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
