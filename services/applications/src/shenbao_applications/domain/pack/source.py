"""A pack's text as nodes that know their line, so that every objection can point at its place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yaml.error import MarkedYAMLError, YAMLError
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.nodes import Node as YamlNode

from shenbao_applications.domain.pack.composing import TooDeep, composed
from shenbao_common.kernel.errors import Problem

MOST_CHARACTERS = 512 * 1024
MOST_NODES = 20_000
"""A pack of 18 sections and 20 materials has about 3,000; aliases could otherwise make billions of a few lines."""

DEEPEST = 30
"""Levels; an alias inside itself has no end."""

_SCALARS: dict[str, Callable[[str], Any]] = {
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": lambda text: int(text.replace("_", ""), 0),
    "float": lambda text: float(text.replace("_", "")),
    "str": str,
    "timestamp": str,  # A date stays text; its word says what it must look like.
}


@dataclass(frozen=True)
class Node:
    """One place of a pack: a plain scalar, a list of nodes or a mapping of nodes by key; `line` counts from 1."""

    value: Any
    line: int


@dataclass
class Findings:
    """Objections while a pack is read and checked, and the line of every path seen."""

    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    """What its rules took on the largest facts, together."""

    def add(self, code: str, path: str, *, line: int | None = None, **params: Any) -> None:
        where = line if line is not None else self.line_of(path)
        self.problems.append(Problem(code, path, {"line": where, **params}))

    def line_of(self, path: str) -> int:
        """The line of a path, or of the nearest place above it that stands in the file."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)


def below(path: str, key: str | int) -> str:
    return f"{path}.{key}" if path else str(key)


def read(text: str, findings: Findings) -> Node | None:
    """The root of a pack, or None when the text is no YAML mapping at all."""
    if len(text) > MOST_CHARACTERS:
        findings.add("too_large", "", line=1, limit=MOST_CHARACTERS)
        return None
    try:
        root = composed(text)
    except TooDeep as wrong:
        findings.add("too_deep", "", line=wrong.line, limit=wrong.limit)
        return None
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        findings.add("not_yaml", "", line=mark.line + 1 if mark else 1, detail=str(wrong.problem))
        return None
    except (YAMLError, ValueError) as wrong:
        findings.add("not_yaml", "", line=1, detail=type(wrong).__name__)
        return None
    if not isinstance(root, MappingNode):
        findings.add("wrong_type", "", line=1, expected="mapping")
        return None
    return _Reader(findings).node(root, "")


class _Reader:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._left = MOST_NODES

    def node(self, yaml: YamlNode, path: str) -> Node:
        line = yaml.start_mark.line + 1
        self._findings.lines[path] = line
        self._left -= 1
        if self._left < 0 or path.count(".") > DEEPEST:
            if self._left >= -1:
                self._findings.add("too_large", path, limit=MOST_NODES)
            self._left = min(self._left, -1)
            return Node(None, line)
        if isinstance(yaml, MappingNode):
            return Node(self._mapping(yaml, path), line)
        if isinstance(yaml, SequenceNode):
            return Node([self.node(item, below(path, i)) for i, item in enumerate(yaml.value)], line)
        return Node(self._scalar(yaml, path) if isinstance(yaml, ScalarNode) else None, line)

    def _mapping(self, yaml: MappingNode, path: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in yaml.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self._findings.add("wrong_type", path, line=line, expected="plain value")
                continue
            name = str(key.value)
            if name in found:
                self._findings.add("duplicate_key", below(path, name), line=line)
                continue
            found[name] = self.node(value, below(path, name))
            self._findings.lines[below(path, name)] = line
        return found

    def _scalar(self, yaml: ScalarNode, path: str) -> Any:
        tag = str(yaml.tag).rpartition(":")[2]
        try:
            return _SCALARS[tag](yaml.value)
        except (KeyError, ValueError):
            self._findings.add("wrong_type", path, expected="plain value")
            return None
