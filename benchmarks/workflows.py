"""Figures of a folder of workflow files: python -m benchmarks.workflows FOLDER [--object-info FILE] [--json].

How many are converted, how many have a form with a prompt, a seed and a size, what is refused and why, and how long it
takes. Pictures and scripts are read as ``python -m comfyui_workflows`` reads them. Without ``--object-info`` files in
saved format are refused, as where no server is at hand.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, median, percentile
from comfyui_workflows import WorkflowError, adapters, form_of, read_workflow

SUFFIXES = (".json", ".png", ".webp", ".jpg", ".jpeg", ".flac", ".mp3", ".mp4", ".webm")
ROLES = ("prompt", "negative_prompt", "seed", "width", "height")
# What differs from file to file is no reason of its own.
OWN_WORDS = re.compile(r"\"[^\"]*\"|'[^']*'|\d[\d.,]*")


@dataclass
class Corpus:
    """What became of the files of a folder; times in seconds."""

    files: int = 0
    converted: int = 0
    bound: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    adapted: Counter[str] = field(default_factory=Counter)
    reading: list[float] = field(default_factory=list)
    binding: list[float] = field(default_factory=list)

    def figures(self) -> Iterator[Figure]:
        yield Figure("files", str(self.files))
        yield self._share("converted", self.converted, "files", self.files)
        for role in ROLES:
            yield self._share(f"forms with a field for {role}", self.bound[role], "converted", self.converted)
        for name, count in self.adapted.most_common():
            yield Figure(f"converted by the adapter {name}", str(count))
        for reason, count in self.refused.most_common():
            yield Figure(f"refused: {reason}", str(count))
        for what, seconds in (("converting", self.reading), ("binding", self.binding)):
            if seconds:
                told = f"{1000 * median(seconds):.1f} ms, {1000 * percentile(seconds, 0.95):.1f} ms"
                yield Figure(f"{what}, median and 95 of 100", told)
                yield Figure(f"{what}, the slowest", f"{1000 * max(seconds):.1f} ms")

    def as_json(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "converted": self.converted,
            "bound": dict(self.bound),
            "refused": dict(self.refused),
            "adapted": dict(self.adapted),
            "slowest_ms": {
                "converting": round(1000 * max(self.reading, default=0), 1),
                "binding": round(1000 * max(self.binding, default=0), 1),
            },
        }

    @staticmethod
    def _share(what: str, count: int, of: str, all_of_them: int) -> Figure:
        return Figure(what, str(count), of, count / all_of_them if all_of_them else None)


def measured(folder: Path, object_info: Mapping[str, Any] | None) -> Corpus:
    """Read every workflow in a folder and in those below it."""
    found = Corpus()
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in SUFFIXES and each.is_file()):
        found.files += 1
        content = path.read_bytes()
        began = time.perf_counter()
        try:
            graph = read_workflow(path.name, content, object_info)
            read = time.perf_counter()
            form = form_of(path.name, graph, object_info).form
        except WorkflowError as error:
            found.refused[_reason(str(error), path.name)] += 1
            continue
        found.reading.append(read - began)
        found.binding.append(time.perf_counter() - read)
        found.converted += 1
        found.adapted.update(adapters(graph).values())
        found.bound.update({each.role for each in form.fields if each.role in ROLES})
    return found


def _reason(words: str, name: str) -> str:
    """What was wrong, without what is of this file alone."""
    plain = OWN_WORDS.sub("…", words.replace(name, "")).strip(" :.")
    return plain.split(": ")[0][:100]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workflows", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--object-info", type=Path, metavar="FILE", help="the JSON of a server's GET /object_info")
    parser.add_argument("--json", action="store_true", help="the same as one object")
    options = parser.parse_args(words)
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    info = None if options.object_info is None else json.loads(options.object_info.read_bytes())
    found = measured(options.folder, info)
    if options.json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        for figure in found.figures():
            print(figure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
