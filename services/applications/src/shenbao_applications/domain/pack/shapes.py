"""What a place of a pack may hold. A shape turns a node into a plain value and names every objection on the way."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from shenbao_applications.domain.pack.source import Findings, Node, below

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


Json = dict[str, Any]


class Shape(Protocol):
    """Reads one node; after an objection the value may be None. schema: the same as JSON Schema, for editors."""

    def read(self, node: Node, path: str, findings: Findings) -> Any: ...

    def schema(self) -> Json: ...


def storable(text: str) -> bool:
    """PostgreSQL keeps no NUL, and UTF-8 has no lone surrogates."""
    return not any((ord(c) < 32 and c not in "\n\r\t") or 0xD800 <= ord(c) <= 0xDFFF for c in text)


@dataclass(frozen=True)
class Text:
    """A text of 1 to `most` characters, of the given pattern."""

    most: int = 200
    pattern: re.Pattern[str] | None = None

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if not isinstance(node.value, str):
            return findings.add("wrong_type", path, expected="text")
        if not 1 <= len(node.value) <= self.most:
            return findings.add("wrong_length", path, limit=self.most)
        if not storable(node.value):
            return findings.add("control_character", path)
        if self.pattern and not self.pattern.fullmatch(node.value):
            return findings.add("wrong_format", path, expected=self.pattern.pattern)
        return node.value

    def schema(self) -> Json:
        limits: Json = {"type": "string", "minLength": 1, "maxLength": self.most}
        return limits | ({"pattern": f"^(?:{self.pattern.pattern})$"} if self.pattern else {})


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`."""

    low: int = 0
    high: int = 10**9

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if not isinstance(node.value, int) or isinstance(node.value, bool):
            return findings.add("wrong_type", path, expected="whole number")
        if not self.low <= node.value <= self.high:
            return findings.add("out_of_range", path, limit=f"{self.low}-{self.high}")
        return node.value

    def schema(self) -> Json:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if not isinstance(node.value, bool):
            return findings.add("wrong_type", path, expected="true or false")
        return node.value

    def schema(self) -> Json:
        return {"type": "boolean"}


@dataclass(frozen=True)
class OneOf:
    """One of a few words; `known` also admits patterns such as `ancestor:<level>`."""

    known: Sequence[str]

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if node.value not in self.known:
            return findings.add("unknown_word", path, word=str(node.value)[:60], known=", ".join(self.known))
        return node.value

    def schema(self) -> Json:
        return {"enum": list(self.known)}


@dataclass(frozen=True)
class Nothing:
    """Only null: a word that is reserved but has one position today."""

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if node.value is not None:
            findings.add("wrong_type", path, expected="null")

    def schema(self) -> Json:
        return {"type": "null"}


@dataclass(frozen=True)
class FlagOrRule:
    """true, false, or a rule in CEL."""

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        return node.value if isinstance(node.value, bool) else RULE.read(node, path, findings)

    def schema(self) -> Json:
        return {"anyOf": [{"type": "boolean"}, RULE.schema()]}


@dataclass(frozen=True)
class ListOf:
    """A list of one shape with at least `least` items."""

    item: Shape
    least: int = 0

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if not isinstance(node.value, list):
            return findings.add("wrong_type", path, expected="list")
        if len(node.value) < self.least:
            findings.add("too_few", path, limit=self.least)
        return [self.item.read(item, below(path, i), findings) for i, item in enumerate(node.value)]

    def schema(self) -> Json:
        return {"type": "array", "items": self.item.schema(), "minItems": self.least}


@dataclass(frozen=True)
class MapOf:
    """Free keys in snake_case, values of one shape."""

    item: Shape

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if not isinstance(node.value, dict):
            return findings.add("wrong_type", path, expected="mapping")
        for key in node.value:
            if not KEY.fullmatch(key):
                findings.add("wrong_format", below(path, key), expected=KEY.pattern)
        return {key: self.item.read(value, below(path, key), findings) for key, value in node.value.items()}

    def schema(self) -> Json:
        keys = {"pattern": f"^(?:{KEY.pattern})$"}
        return {"type": "object", "propertyNames": keys, "additionalProperties": self.item.schema()}


@dataclass(frozen=True)
class Record:
    """Fixed keys. `labelled`: shown to people, so it has its name in `zh` and `en`.

    defaults: values written out where the file says nothing; an optional word without default stays away.
    """

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    labelled: bool = False

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if not isinstance(node.value, dict):
            return findings.add("wrong_type", path, expected="mapping")
        required = {**self.required, **(LANGUAGES if self.labelled else {})}
        known = {**required, **self.optional}
        for key in node.value.keys() - known.keys():
            findings.add("unknown_key", below(path, key), known=", ".join(known))
        for key in required.keys() - node.value.keys():
            findings.add("missing_key", below(path, key))
        return dict(self.defaults) | {
            key: shape.read(node.value[key], below(path, key), findings)
            for key, shape in known.items()
            if key in node.value
        }

    def schema(self) -> Json:
        required = {**self.required, **(LANGUAGES if self.labelled else {})}
        words = {key: shape.schema() for key, shape in {**required, **self.optional}.items()}
        for key, value in self.defaults.items():
            if key in words:
                words[key] = {**words[key], "default": value}
        return {"type": "object", "required": list(required), "properties": words, "additionalProperties": False}


@dataclass(frozen=True)
class Anything:
    """Whatever YAML can say, as plain values."""

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if isinstance(node.value, dict):
            return {key: self.read(value, below(path, key), findings) for key, value in node.value.items()}
        if isinstance(node.value, list):
            return [self.read(item, below(path, i), findings) for i, item in enumerate(node.value)]
        if isinstance(node.value, str) and not storable(node.value):
            return findings.add("control_character", path)
        return node.value

    def schema(self) -> Json:
        return {}


RULE = Text(500)
NAME = Text(60, KEY)
PLACE = Text(200, re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+){1,2}"))
LANGUAGES: Mapping[str, Shape] = {"zh": Text(500), "en": Text(1000)}
BOTH_LANGUAGES = Record(required=LANGUAGES)
