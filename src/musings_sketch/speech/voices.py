"""The voices of espeak-ng, read from its data folder; the library itself is not loaded.

A voice is a language file (``lang/gmw/en-US``), with or without a variant (``voices/!v/f3``) that changes who
speaks: ``en-us``, ``de+f3``. The format is described in espeak-ng's documentation of voices.
"""

import re
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from musings_sketch.errors import LibraryError, SketchError

VOICES = (
    *("en", "en+f3", "en+m3", "en+whisper", "en+croak", "en-us", "en-us+f3", "en-us+m3", "en-gb-x-rp"),
    *("en-gb-scotland", "de", "de+f3", "fr", "fr+f3", "es", "es+f3", "es-419", "it", "it+f3", "pt", "pt+f3"),
    *("pt-br", "pt-br+f3", "nl", "nl+f3", "pl", "pl+f3", "sv", "sv+f3", "da", "nb", "fi", "cs", "sk", "hu"),
    *("ro", "el", "ru", "ru+f3", "uk", "bg", "hr", "sr", "sl", "tr", "lt", "lv", "et", "ca", "eo", "la"),
    *("cy", "ga", "is", "ar", "he", "fa", "hi", "bn", "ta", "ur", "id", "ms", "sw", "vi", "cmn", "ja", "ko"),
)
"""A choice for a form; :func:`resolved` takes every other language and variant of espeak-ng as well."""

_HINT = "Install the package espeakng-loader."


@dataclass(frozen=True)
class Voice:
    """``code`` is what ``speak`` takes; ``language`` its main language tag; ``gender`` male or female."""

    code: str
    language: str
    label: str
    gender: str


@lru_cache(maxsize=1)
def voices() -> tuple[Voice, ...]:
    """Every language that can be spoken and the variants in ``VOICES``, sorted by label.

    Raises ``LibraryError`` when espeak-ng is not installed.
    """
    languages = {voice.code: voice for voice, _ in _languages()}
    varied = [_varied(languages, *code.split("+")) for code in VOICES if "+" in code]
    return tuple(sorted([*languages.values(), *varied], key=lambda voice: (voice.label, voice.code)))


def resolved(wanted: str) -> str:
    """The name by which espeak-ng knows a voice.

    Case and ``_`` do not matter; another tag of a language (``en-gb``) and its label (``German``) will do.
    Raises ``SketchError``, naming the nearest, for an unknown one.
    """
    base, _, variant = wanted.strip().replace("_", "-").partition("+")
    found = _names().get(base.casefold())
    names = {name.casefold(): name for name in _variants()}
    if found is None:
        near = get_close_matches(base.casefold(), _names(), 4, 0.5) or ["en", "de", "fr", "es"]
        offered = ", ".join(dict.fromkeys(_names()[name] for name in near))
        raise SketchError(f"There is no voice “{wanted}”.", hint=f"The nearest are: {offered}.")
    if not variant:
        return found
    if variant.casefold() not in names:
        near = get_close_matches(variant.casefold(), names, 4, 0.3) or ["f3", "m3", "whisper"]
        offered = ", ".join(f"{found}+{names[name]}" for name in near)
        raise SketchError(f"There is no voice “{wanted}”.", hint=f"The nearest are: {offered}.")
    return f"{found}+{names[variant.casefold()]}"


def library() -> Path:
    """The shared library in the package ``espeakng-loader``. Raises ``LibraryError`` when it is missing."""
    path = _package() / ("libespeak-ng.dylib" if sys.platform == "darwin" else "libespeak-ng.so")
    if not path.is_file():
        raise LibraryError("The speech library espeak-ng is missing.", hint=_HINT, log=str(path))
    return path


def data() -> Path:
    """The folder ``espeak-ng-data``. Raises ``LibraryError`` when it is missing."""
    path = _package() / "espeak-ng-data"
    if not path.is_dir():
        raise LibraryError("The data of the speech library espeak-ng are missing.", hint=_HINT, log=str(path))
    return path


def _package() -> Path:
    """Found without being imported: what it loads must not come into this process."""
    found = find_spec("espeakng_loader")
    if found is None or found.origin is None:
        raise LibraryError("The speech library espeak-ng is not installed.", hint=_HINT)
    return Path(found.origin).parent


@lru_cache(maxsize=1)
def _languages() -> tuple[tuple[Voice, dict[str, int]], ...]:
    """Every language file that has its dictionary, with its tags and their priorities (low is better)."""
    found = []
    for path in sorted((data() / "lang").rglob("*")):
        fields = _fields(path) if path.is_file() else []
        tags = {words[0].lower(): int(words[1]) if len(words) > 1 else 5 for key, words in fields if key == "language"}
        if not tags:
            continue
        main = next(iter(tags))
        said = dict(fields)
        dictionary = said.get("dictionary", [main.split("-")[0]])[0]
        if not (data() / f"{dictionary}_dict").is_file():
            continue
        gender = "female" if said.get("gender", [""])[0].lower() == "female" else "male"
        found.append((Voice(path.name.lower(), main, " ".join(said.get("name", [main])), gender), tags))
    return tuple(found)


@lru_cache(maxsize=1)
def _variants() -> dict[str, str]:
    """The gender of each variant file."""
    found = {}
    for path in sorted((data() / "voices" / "!v").iterdir()):
        said = dict(_fields(path))
        if re.fullmatch(r"\w+", path.name):
            found[path.name] = "female" if said.get("gender", [""])[0].lower() == "female" else "male"
    return found


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Everything a language may be called, and its code: file names first, then tags, then labels."""
    found = {voice.code: voice.code for voice, _ in _languages()}
    ranked = [(rank, tag, voice.code) for voice, tags in _languages() for tag, rank in tags.items()]
    for _, tag, code in sorted(ranked):
        found.setdefault(tag, code)
    for voice, _ in _languages():
        found.setdefault(voice.label.casefold(), voice.code)
        found.setdefault(voice.label.partition(" (")[0].casefold(), voice.code)
    return found


def _varied(languages: dict[str, Voice], base: str, variant: str) -> Voice:
    voice = languages[base]
    gender = _variants()[variant]
    said = gender if re.fullmatch(r"[fm]\d", variant) else variant
    return Voice(f"{base}+{variant}", voice.language, f"{voice.label}, {said}", gender)


def _fields(path: Path) -> list[tuple[str, list[str]]]:
    """The lines of a voice file as ``(key, words)``; some files have bytes that are not UTF-8 in comments."""
    lines = path.read_text("utf-8", "replace").splitlines()
    words = [line.partition("//")[0].split() for line in lines]
    return [(first, rest) for first, *rest in (line for line in words if line) if rest]
