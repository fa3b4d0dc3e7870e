"""Where settings come from: the file, ``.env``, the environment, the command line; later ones win.

An unknown name is no error: it becomes a warning that tells the nearest known one. A field of the model that is not
dumped (``exclude``) is a fact about the reading and no key.
"""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from musings.errors import ConfigError

PREFIX = "MUSINGS_"
SECRETS = re.compile(r"MUSINGS_SECRET_\w+|\w+_(API_KEY|TOKEN|PASSWORD)")
"""Names of the environment or of ``.env`` that hold keys, for us or for other services."""
NOT_SETTINGS = (
    "MUSINGS_CONFIG", "MUSINGS_UNIT", "MUSINGS_PYTHON", "MUSINGS_LIFELINE", "MUSINGS_URL", "MUSINGS_TOKEN",
    "MUSINGS_CHROMIUM", "MUSINGS_TEST_", "MUSINGS_SECRET_",
)  # fmt: skip


def document_of(
    file: Path | None, named: Mapping[str, str], overrides: Mapping[str, Any], model: type[BaseModel]
) -> tuple[dict[str, Any], list[str]]:
    """The document that the model is made from, every section in it, and warnings about unknown names.

    ``named`` is the environment with ``.env``; ``overrides`` maps dotted keys to values. Raises ``ConfigError``.
    """
    document = _read(file) if file else {}
    warnings = [*_unknown_keys(document, model)]
    for key, value, name in _from_environment(named):
        problem = _unknown_name(key, name, model)
        if problem:
            warnings.append(problem)
        else:
            _put(document, key, value)
    for dotted, value in overrides.items():
        _put(document, dotted.split("."), value)
    for name in model.model_fields.keys() - _keys_of(model):
        document.pop(name, None)
    return _with_sections(document, model), warnings


def with_dotenv(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, and what ``.env`` in the folder says of names that it has not."""
    file = folder / ".env"
    try:
        found = {key: value for key, value in dotenv_values(file).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The secrets in {file} cannot be read: {error}.") from error
    return {**found, **environment}


def secrets_in(named: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in named.items() if value and SECRETS.fullmatch(name)}


def comfyui_headers(given: str | None) -> dict[str, str]:
    """The headers for ComfyUI servers. A wrong value is not repeated in the error: it may hold a secret."""
    if not given:
        return {}
    try:
        found = json.loads(given)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        wanted = """{"Authorization": "Bearer …"}"""
        raise ConfigError(f"MUSINGS_SECRET_COMFYUI_HEADERS must be a JSON object of texts, such as {wanted}.")
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"The configuration {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"The configuration {file} is not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The configuration {file} is not valid JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ConfigError(f"The configuration {file} must be a JSON object, {{…}}.")
    return document


def _keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {name: field for name, field in model.model_fields.items() if not field.exclude}


def _with_sections(document: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """A section that is not there is an empty one, so that its defaults are validated as what is there is."""
    for name, field in _keys_of(model).items():
        if isinstance(field.default, BaseModel):
            section = document.setdefault(name, {})
            if isinstance(section, dict):
                _with_sections(section, type(field.default))
    return document


def _unknown_keys(document: Mapping[str, Any], model: type[BaseModel], path: str = "") -> Iterator[str]:
    known = _keys_of(model)
    for key, value in document.items():
        if key not in known:
            yield f"Unknown key {path}{key!s} in the configuration is ignored{_nearest(key, known)}."
            continue
        default = known[key].default
        if isinstance(default, BaseModel) and isinstance(value, dict):
            yield from _unknown_keys(value, type(default), f"{path}{key}.")


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, known, 1)
    return f"; did you mean {near[0]}?" if near else f" (known here: {', '.join(known)})"


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[list[str], Any, str]]:
    for name in sorted(environment):
        if name.startswith(PREFIX) and not name.startswith(NOT_SETTINGS):
            yield name.removeprefix(PREFIX).lower().split("__"), environment[name], name


def _unknown_name(key: list[str], name: str, model: type[BaseModel]) -> str | None:
    for depth, part in enumerate(key):
        fields = _keys_of(model)
        if part not in fields:
            return f"Unknown setting {name} in the environment is ignored{_nearest(part, fields)}."
        default = fields[part].default
        if depth + 1 < len(key):
            if not isinstance(default, BaseModel):
                return f"Unknown setting {name} in the environment is ignored."
            model = type(default)
        elif isinstance(default, BaseModel):
            return f"Setting {name} in the environment names a section, not a key; it is ignored."
    return None


def _put(document: dict[str, Any], key: list[str], value: Any) -> None:
    for part in key[:-1]:
        inner = document.get(part)
        document[part] = inner = dict(inner) if isinstance(inner, dict) else {}
        document = inner
    document[key[-1]] = _parsed(value) if isinstance(value, str) else value


def _parsed(value: str) -> Any:
    """Lists, null, numbers and booleans may be written as JSON in the environment; all else is a string."""
    if value[:1] in "[{" or value in ("null", "true", "false"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
