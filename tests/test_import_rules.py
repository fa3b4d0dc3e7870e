"""The rules of the house (docs/architecture.md): who may import whom, and which library lives where.

Every import of ``src/musings`` is read, those inside functions included. A new room gets a line in ``ROOMS``; a new
late import needs a reason (ADR 7) and a line in ``LATE``.
"""

import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.rooms import ALL, ANYTHING, HOUSE, PACKAGES, ROOMS, SOURCE, Import, imports_of, rooms_imported

HOMES = {
    # An engine is told in a transaction; what people do to a run is one (ADR 17).
    "sqlalchemy": {"musings/store", "musings/sqlite", "musings/engine", "musings/chains", "musings/schedules"},
    "alembic": {"musings/sqlite"},
    "sqlite3": {"musings/sqlite"},
    "fcntl": {"musings/sqlite"},
    "blake3": {"musings/files"},
    "typst": {"musings/archive"},
    "pypdf": {"musings/archive"},
    "subprocess": {"musings/process", "musings_sketch"},
    "fastapi": {"musings/api"},
    "starlette": {"musings/api", "fake_comfyui"},
    "uvicorn": {"musings/api", "fake_comfyui"},
    "anyio": {"musings/api", "musings/remote"},
    "asyncio": {
        "musings/api",
        "fake_comfyui",
        "musings/commands",
        "musings/makers/poets",
        "musings/makers/speech",
        "musings/webhooks",
    },
    "prometheus_client": {"musings/api"},
    "httpx": {
        "musings/makers/comfyui",
        "musings/makers/poets",
        "musings/makers/speech",
        "musings/remote",
        "musings/webhooks",
    },
    "httpcore": {"musings/makers/comfyui"},
    "websockets": {"musings/makers/comfyui"},
    "numpy": {"musings_sketch", "musings/media", "fake_comfyui"},
    "PIL": {"musings_sketch", "musings/media", "fake_comfyui"},
    "av": {"musings/media", "fake_comfyui", "musings_sketch"},
    "pydantic": {
        "musings/config",
        "musings/chains",
        "musings/api",
        "musings/makers/poets",
        "musings/mcp_server",
        "musings/openai_api",
        "musings/remote",
        "musings/views",
    },
    "autogen_agentchat": {"musings/makers/poets"},
    "autogen_core": {"musings/makers/poets"},
    "autogen_ext": {"musings/makers/poets"},
    "openai": {"musings/makers/poets"},
    "paho": {"musings/mqtt"},
    "apprise": {"musings/alerts"},
    "dateutil": {"musings/schedules"},
    "dotenv": {"musings/config"},
    "platformdirs": {"musings/config"},
    "psutil": {"musings/process"},
    "pydantic_core": {"musings/chains"},
    "cryptography": {"musings/webhooks"},
    "jwt": {"musings/webhooks"},
    "standardwebhooks": {"musings/webhooks"},
    "structlog": {"musings/logs"},
    "wakeonlan": {"musings/makers/comfyui"},
    "yaml": {"musings/watched_folder"},
    "imaplib": {"musings/mail"},
    "smtplib": {"musings/mail"},
    "espeakng_loader": {"musings_sketch"},
    "mcp": {"musings/api", "musings/mcp_server"},
}

LATE = {
    "musings/archive/pdf.py": {"pypdf", "pypdf.generic", "typst"},
    "musings/alerts/channels.py": {"apprise"},
    "musings/api/mcp_door.py": {
        "mcp.server.streamable_http_manager",
        "musings.mcp_server.access",
        "musings.mcp_server.server",
    },
    "musings/api/routes/uploads.py": {"musings.requests.uploads"},
    "musings/commands/cancel.py": {"musings.commands"},
    "musings/commands/list.py": {"musings.commands"},
    "musings/commands/show.py": {"musings.commands"},
    "musings/commands/submit.py": {"musings.commands", "musings.requests.uploads"},
    "musings/openai_api/voices.py": {"musings_sketch.speech", "musings_sketch.speech.voices"},
    "musings/makers/all.py": {
        "musings.makers.comfyui.entry",
        "musings.makers.poets.enhance",
        "musings.makers.poets.entry",
        "musings.makers.poets.written",
        "musings.makers.script.entry",
    },
    "musings/makers/sketch_entry.py": {"musings.makers.sketch"},
    "musings/makers/speech/entry.py": {"musings.makers.speech.pipeline"},
    "musings/makers/poets/entry.py": {"musings.makers.poets.team"},
    "musings/files/digests.py": {"blake3"},
    "musings/makers/comfyui/pipeline.py": {"musings.media.kinds"},
    "musings/makers/comfyui/waking.py": {"wakeonlan"},
    "musings/makers/script/leavings.py": {"musings.media.kinds"},
    "musings/makers/script/pipeline.py": {"musings.media.kinds"},
    "musings/makers/sketch.py": {"musings.media"},
    "musings/process/identity.py": {"psutil"},
    "musings/sqlite/upgrade.py": {"alembic", "alembic.config"},
    "musings/mqtt/client.py": {"paho.mqtt.client", "paho.mqtt.enums"},
    "musings/watched_folder/front_matter.py": {"yaml"},
    "musings/webhooks/push.py": {
        "cryptography.hazmat.primitives.asymmetric",
        "cryptography.hazmat.primitives.ciphers.aead",
        "cryptography.hazmat.primitives.hashes",
        "cryptography.hazmat.primitives.kdf.hkdf",
        "cryptography.hazmat.primitives.serialization",
        "jwt",
    },
    "musings/webhooks/sending.py": {"httpx"},
    "musings/media/decoding_tasks.py": {"musings.media"},
}
LIGHT = tuple(
    f"musings/{name}"
    for name in (
        "__init__.py",
        "__main__.py",
        "cli.py",
        "errors.py",
        "locate.py",
        "sqlite/__init__.py",
        "sqlite/due.py",
        "store/__init__.py",
        "store/queue/__init__.py",
        "store/queue/noted_runs.py",
        "version.py",
    )
)


def wrong_turns(imports: list[Import]) -> list[str]:
    found = []
    for each in imports:
        allowed = ROOMS.get(each.room, frozenset()) | {each.room}
        found += [str(each) for room in rooms_imported(each) if room not in allowed and allowed.isdisjoint(ANYTHING)]
    return found


def strangers(imports: list[Import]) -> list[str]:
    return [
        str(each)
        for each in imports
        if each.library in HOMES and not any(is_in(each.room, home) for home in HOMES[each.library])
    ]


def is_in(room: str, home: str) -> bool:
    return room == home or room.startswith(f"{home}/")


def latecomers(imports: list[Import]) -> list[str]:
    return [str(each) for each in imports if each.late and each.name not in LATE.get(each.file, set())]


def intruders(imports: list[Import]) -> list[str]:
    return [str(each) for each in imports if each.late and not each.alone]


def test_every_room_is_in_the_table() -> None:
    there = {
        f"musings/{path.name.removesuffix('.py')}"
        for path in HOUSE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages == set(PACKAGES)
    assert (there | packages) - {"musings/__init__", "musings"} <= set(ROOMS)


def test_imports_go_one_way() -> None:
    assert wrong_turns(ALL) == []


def test_no_arrow_of_the_table_is_stale() -> None:
    used = {(each.room, room) for each in ALL for room in rooms_imported(each)}
    allowed = {(room, target) for room, targets in ROOMS.items() for target in targets - ANYTHING}
    assert sorted(allowed - used) == []


def test_only_musings_imports_the_other_packages() -> None:
    assert [name for name in PACKAGES if name != "musings" and ROOMS[name]] == []


def test_each_library_has_its_home() -> None:
    assert strangers(ALL) == []


def test_every_library_has_a_line() -> None:
    ours = {each.library for each in ALL} - set(sys.stdlib_module_names) - set(PACKAGES)
    assert ours <= set(HOMES)


def test_late_imports_are_listed() -> None:
    assert latecomers(ALL) == []


def test_late_imports_wait_for_their_turn() -> None:
    assert intruders(ALL) == []


def test_no_line_of_the_list_is_stale() -> None:
    met = {(each.file, each.name) for each in ALL if each.late}
    assert {(file, name) for file, names in LATE.items() for name in names} <= met


def test_the_front_doors_modules_are_standard_library_only() -> None:
    heavy = [
        str(each)
        for each in ALL
        if each.file in LIGHT and each.library not in sys.stdlib_module_names and each.library not in PACKAGES
    ]
    assert heavy == []


def test_the_package_itself_is_empty() -> None:
    assert (HOUSE / "__init__.py").read_text() == ""


def module_name(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def test_no_cycles() -> None:
    modules = {module_name(path.relative_to(SOURCE).as_posix()) for path in SOURCE.rglob("*.py")}
    graph: dict[str, set[str]] = {name: set() for name in modules}
    for each in ALL:
        if not each.late:
            targets = {f"{each.name}.{member}" for member in each.members} & modules or {each.name} & modules
            graph[module_name(each.file)] |= targets - {module_name(each.file)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' → '.join(error.args[1])}")


@pytest.mark.parametrize(
    ("file", "source", "check"),
    [
        ("musings/api/x.py", "import sqlalchemy", strangers),
        ("musings/worker/x.py", "def f():\n    from subprocess import run", strangers),
        ("musings/store/x.py", "from musings.worker import runner", wrong_turns),
        ("musings/store/x.py", "from musings import api", wrong_turns),
        ("musings/store/x.py", "if TYPE_CHECKING:\n    from musings import api", wrong_turns),
        ("comfyui_workflows/x.py", "from musings.errors import UserFault", wrong_turns),
        ("comfy/x.py", "import musings.store.queue.claims", wrong_turns),
        ("musings/newroom/x.py", "from musings.errors import MusingsError", wrong_turns),
        ("musings/store/x.py", "def f():\n    import json", latecomers),
        ("musings/store/x.py", "if True:\n    import json", latecomers),
        ("musings/store/x.py", "def f():\n    import json", intruders),
        ("musings/store/x.py", "with other():\n    import json", intruders),
    ],
)
def test_a_wrong_turn_is_seen(file: str, source: str, check: object) -> None:
    assert callable(check)
    assert check(list(imports_of(source, file))) == [str(next(imports_of(source, file)))]
