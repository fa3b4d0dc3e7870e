"""The program that keeps one SaveAsScript export loaded. Run by path with ComfyUI's Python (3.9 or later), so it
imports the standard library alone and nothing of ours::

    python host.py EXPORT IDLE_SECONDS [COMFYUI_FLAG…]

A request is one line of JSON on stdin, ``{"id": 1, "words": ["--text5=…", "--output=…"]}``: the words of a cold run.
The answers are lines on stdout: ``{"taken": 1}``, then ``{"done": 1}``, ``{"failed": 1}`` or ``{"unserved": "why"}``.
Everything that the export prints, on stdout too, goes to stderr, and ``MARK`` ends what belongs to a request. The
process ends when stdin closes, whatever runs, and when no request has come for ``IDLE_SECONDS``.

How a request is run (source: the shape of exports at commit 45a247a of ComfyUI-SaveAsScript): the export is imported
once under a name of its own, then told that it is the main program and given its arguments, so that ``main`` goes the
way of a cold run to its own save nodes. Called as a module it would hand back the inputs of the first saver instead:
no second saver, no MP3, no film, and no file that equals a cold run's. What loader nodes return is kept as the server
keeps it: for as long as the next run asks for the same.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import inspect
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MARK = "\x1e end of request \x1e\n"
# Longer than the gap between two rounds of one prompt: no collection comes in between.
QUIET_SECONDS = 1.0
MODULE = "warm_export"
MODELS = {
    *("MODEL", "CLIP", "VAE", "CONTROL_NET", "CLIP_VISION", "STYLE_MODEL", "GLIGEN", "UPSCALE_MODEL"),
    *("LATENT_UPSCALE_MODEL", "PHOTOMAKER", "AUDIO_ENCODER", "MODEL_PATCH"),
}
"""What a loader must return, and nothing else, for its result to be kept."""


def main() -> int:
    export, idle = Path(sys.argv[1]), float(sys.argv[2])
    requests, answer = _channel()
    # As if the export itself had been started: it looks for its parts beside itself.
    sys.argv = [str(export), *sys.argv[3:]]
    sys.path[0] = str(export.parent)
    host = Host(export)
    while True:
        try:
            request = _next(requests, idle)
        except queue.Empty:
            return 0
        # Told before the work: until then the request may be sent again without running twice.
        answer({"taken": request["id"]})
        said = host.run(request)
        # Flushed before the mark, or words of this request would come after it.
        sys.stdout.flush()
        sys.stderr.write(MARK)
        sys.stderr.flush()
        answer(said)


def _next(requests: queue.SimpleQueue[Any], idle: float) -> Any:
    """The next request; cycles of big objects are let go of when none comes at once (a collection takes 0.2 s)."""
    try:
        return requests.get(timeout=min(idle, QUIET_SECONDS))
    except queue.Empty:
        gc.collect()
        return requests.get(timeout=max(0.0, idle - QUIET_SECONDS))


class Host:
    """One export, imported at the first request."""

    def __init__(self, export: Path) -> None:
        self._export = export
        self._module: Any = None
        self._models = ModelCache()

    def run(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request. Never raises: the traceback is on stderr."""
        try:
            if self._module is None:
                self._module = self._imported()
            module = self._module
            # Looked at before anything is run: what has another shape runs cold.
            if not all(hasattr(module, name) for name in ("main", "parser", "args")):
                return {"unserved": "it has not the shape of an export that a warm process can run"}
            module.args = module.parser.parse_args(request["words"])
            self._models.used.clear()
            returned = module.main()
        # Everything: one failed run must not end the process that holds the models.
        except BaseException:  # noqa: BLE001 (SystemExit of argparse and KeyboardInterrupt of a node are failures too)
            traceback.print_exc()
            return {"failed": request["id"]}
        # Only after a run that ended well: a failed one has perhaps not asked for all that it needs.
        self._models.sweep()
        if returned is not None:
            return {"unserved": "its main() returned its result instead of saving it"}
        return {"done": request["id"]}

    def _imported(self) -> Any:
        spec = importlib.util.spec_from_file_location(MODULE, self._export)
        if spec is None or spec.loader is None:
            raise ImportError(f"{self._export} is no Python file")
        cold = _cold()
        cold.forgive()
        module = importlib.util.module_from_spec(spec)
        # Registered before it is run: some exports look themselves up.
        sys.modules[MODULE] = module
        exec(cold.mended(self._export.read_bytes(), str(self._export)), module.__dict__)  # noqa: S102 (as cold.py)
        # Only now: the import must not run the export's own main part.
        module.__name__ = "__main__"
        self._watch_for_nodes(module)
        return module

    def _watch_for_nodes(self, module: Any) -> None:
        """Put the cache before ComfyUI's loaders as soon as they can be imported, which ``main`` alone makes so."""
        named = getattr(getattr(module, "main", None), "__code__", None)
        for name in ("import_custom_nodes", "add_extra_model_paths"):
            if named is not None and name in named.co_names and hasattr(module, name):
                # The first of the steps that ``main`` calls: after it ComfyUI can be imported.
                setattr(module, name, self._followed(getattr(module, name)))
                return

    def _followed(self, step: Callable[[], Any]) -> Callable[[], Any]:
        def stepped() -> Any:
            done = step()
            self._models.stand_before(importlib.import_module("nodes").NODE_CLASS_MAPPINGS)
            return done

        return stepped


class ModelCache:
    """What loader nodes returned, by what they were asked for. A result lives until a run does without it.

    ``used`` is what the run of this moment has asked for.
    """

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}
        self._known: dict[int, Any] = {}  # the models in what is kept, which may be asked about in turn
        self.used: set[Any] = set()
        self._covered: set[Any] = set()

    def stand_before(self, classes: Mapping[str, Any]) -> None:
        for name, node in list(classes.items()):
            # Once for each class, because exports may load the nodes again in every run.
            if node not in self._covered and "Loader" in name and _makes_models(node):
                self._covered.add(node)
                self._cover(node, node.FUNCTION)

    def sweep(self) -> None:
        """Let go of what the run that ended well has not asked for."""
        for key in set(self._kept) - self.used:
            del self._kept[key]
        self._known = {id(part): part for _, parts in self._kept.values() for part in parts}

    def _cover(self, node: Any, function: str) -> None:
        # Covered on the class: exports make a new node object for every run.
        loads = getattr(node, function)
        many = len(node.RETURN_TYPES)

        def kept(*given: Any, **inputs: Any) -> Any:
            """``given`` is the node's own object, where its function takes one."""
            key = self._key(node, inputs)
            # Asked about something that cannot be compared: then the node loads as it always does.
            if key is None:
                return loads(*given, **inputs)
            if key not in self._kept:
                found = loads(*given, **inputs)
                self._kept[key] = found, _parts(found, many)
                self._known.update((id(part), part) for part in self._kept[key][1])
            self.used.add(key)
            return self._kept[key][0]

        # As it was: a static or class method must not be given the object.
        setattr(node, function, staticmethod(kept) if inspect.ismethod(loads) else kept)

    def _key(self, node: Any, inputs: Mapping[str, Any]) -> Any:
        """What tells one load from another; None when something is asked about that is not ours to know."""
        parts: list[Any] = [node]
        for name, value in sorted(inputs.items()):
            plain = value is None or isinstance(value, (str, int, float, bool))
            # By identity, and only of what is kept: the number of a freed object may be used again.
            if not plain and self._known.get(id(value)) is not value:
                # The type too: 1, 1.0 and True are equal as keys.
                return None
            parts.append((name, type(value).__name__, value if plain else id(value)))
        return tuple(parts)


def _cold() -> Any:
    """The program beside this one, which knows what exports forget; our package is not on this Python's path."""
    spec = importlib.util.spec_from_file_location("musings_cold", Path(__file__).with_name("cold.py"))
    assert spec is not None  # noqa: S101 (it lies beside this file)
    assert spec.loader is not None  # noqa: S101
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def _makes_models(node: Any) -> bool:
    try:
        kinds, loads = tuple(node.RETURN_TYPES), getattr(node, node.FUNCTION)
    except Exception:  # noqa: BLE001 (a custom node may be anything; it is then left as it is)
        return False
    # Asynchronous loaders return a promise, which cannot be kept.
    return bool(kinds) and set(kinds) <= MODELS and not inspect.iscoroutinefunction(loads)


def _parts(found: Any, many: int) -> list[Any]:
    """The outputs in what a node returned: by place, or under ``result``, as exports look for them."""
    try:
        return [found[place] for place in range(many)]
    except (KeyError, IndexError, TypeError):
        return list(found["result"])[:many] if isinstance(found, Mapping) and "result" in found else []


def _channel() -> tuple[queue.SimpleQueue[Any], Callable[[Mapping[str, Any]], None]]:
    """Take stdin and stdout for ourselves: what the export prints goes to stderr, what it reads is empty."""
    # Copies of both ends, before the export can print into the channel.
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    # Empty: an export that asks for input must not eat our requests.
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen() -> None:
        for line in asked:
            requests.put(json.loads(line))
        os._exit(0)  # nobody is left who wants the result

    def answer(said: Mapping[str, Any]) -> None:
        told.write(json.dumps(said).encode() + b"\n")
        told.flush()

    # A daemon that waits in a read, so that the death of the other end is noticed while a run goes on.
    threading.Thread(target=listen, daemon=True).start()
    return requests, answer


if __name__ == "__main__":
    sys.exit(main())
