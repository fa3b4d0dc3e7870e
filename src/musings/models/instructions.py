"""What was decided about a prompt when it was submitted, apart from what its caller wrote into ``metadata``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self


@dataclass(frozen=True)
class Instructions:
    """The column ``prompts.instructions`` (a JSON object), read. None: nothing was decided.

    - ``enhance``: have a language model write the words before the media (True), or never (False); None leaves it to
      the type of the prompt.
    - ``workflow``: the name of the default workflow that it was submitted with.
    - ``unused_words``: a sentence for people: that workflow takes no words.
    - ``reproduces``: the id of the prompt whose recipe it runs again, and whose result it is compared with.
    - ``resolved``: what that recipe put in place of dynamic prompts and patterns, for each of its rounds.
    - ``document``: the id of the writing that its media are made from.
    - ``owner``: who asked for it through a door: the name of a token, with its kind and number, for people.
    - ``parameters``: the parameters that a row of another program asks for; checked when it runs.
    - ``others``: keys that this version does not know, or whose value it cannot use: kept as they are.
    """

    enhance: bool | None = None
    workflow: str | None = None
    unused_words: str | None = None
    reproduces: int | None = None
    resolved: list[Any] | None = None
    document: int | None = None
    owner: str | None = None
    parameters: Any = None
    others: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """From a JSON object, whatever is in it."""
        usable = {name: found[name] for name, kind in _TYPES.items() if type(found.get(name)) is kind}
        if found.get("parameters") is not None:
            usable["parameters"] = found["parameters"]
        return cls(**usable, others={name: value for name, value in found.items() if name not in usable})

    @classmethod
    def asked_in(cls, metadata: Mapping[str, Any]) -> Self:
        """What another program asks for: it knows no column of instructions, and writes into the metadata."""
        names = ("enhance", "parameters")
        return cls.from_json({name: metadata[name] for name in names if metadata.get(name) is not None})

    def to_json(self) -> dict[str, Any]:
        """As a JSON object: what was not decided is left out."""
        known = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "others"}
        return {**{name: value for name, value in known.items() if value is not None}, **self.others}


_TYPES = {
    "enhance": bool,
    "workflow": str,
    "unused_words": str,
    "reproduces": int,
    "resolved": list,
    "document": int,
    "owner": str,
}
