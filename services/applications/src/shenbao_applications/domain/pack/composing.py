"""YAML 1.2 text as nodes with their lines, by libyaml: twenty times as fast as a parser in Python.

libyaml's own composer calls itself once per level, so a text of nothing but brackets would end the process. Here events
are put together without recursion, up to a depth. Plain texts are read as YAML 1.2 says: `no` is a word, not a boolean.
"""

import re
from typing import Any

import yaml
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MOST_OPEN = 100

_PLAIN = (
    ("null", re.compile(r"~|null|Null|NULL|")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("int", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    ("float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")),
)
_COLLECTIONS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!", None}


class TooDeep(Exception):
    """More levels than any pack has."""

    limit = MOST_OPEN

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Open:
    """A collection that is not closed yet; of a mapping, the key that waits for its value."""

    def __init__(self, node: MappingNode | SequenceNode) -> None:
        self.node = node
        self.key: Node | None = None

    def take(self, child: Node) -> None:
        if isinstance(self.node, SequenceNode):
            self.node.value.append(child)
        elif self.key is None:
            self.key = child
        else:
            self.node.value.append((self.key, child))
            self.key = None


def composed(text: str) -> Node | None:
    """The root, or None for a text without any; raises YAMLError and TooDeep."""
    opened: list[_Open] = []
    anchors: dict[str, Node] = {}
    root: Node | None = None
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, CollectionEndEvent):
            opened.pop()
        elif isinstance(event, NodeEvent):
            node = _node(event, anchors)
            if opened:
                opened[-1].take(node)
            elif root is None:
                root = node
            else:
                raise MarkedYAMLError(problem="more than one document", problem_mark=_mark(event))
            if isinstance(node, MappingNode | SequenceNode) and not isinstance(event, AliasEvent):
                opened.append(_Open(node))
                if len(opened) > MOST_OPEN:
                    raise TooDeep(_mark(event).line + 1)
    return root


def _node(event: NodeEvent, anchors: dict[str, Node]) -> Node:
    if isinstance(event, AliasEvent):
        if event.anchor not in anchors:
            raise MarkedYAMLError(problem="undefined alias", problem_mark=_mark(event))
        return anchors[event.anchor]
    node = _new(event)
    if event.anchor:
        anchors[event.anchor] = node
    return node


def _new(event: Event) -> Node:
    if isinstance(event, ScalarEvent):
        return ScalarNode(_tag(event), event.value, _mark(event))
    assert isinstance(event, MappingStartEvent | SequenceStartEvent)  # noqa: S101  (libyaml knows no fourth kind)
    if event.tag not in _COLLECTIONS:
        raise MarkedYAMLError(problem=f"unknown tag {event.tag}", problem_mark=_mark(event))
    kind = MappingNode if isinstance(event, MappingStartEvent) else SequenceNode
    return kind(str(event.tag), [], _mark(event))


def _mark(event: Event) -> Any:
    """Where it begins; the parser in C has a class of its own for that, which the stubs keep apart."""
    return event.start_mark


def _tag(event: ScalarEvent) -> str:
    if event.tag is not None and not event.implicit[0]:
        return str(event.tag)
    if event.style:
        return "str"
    return next((tag for tag, shape in _PLAIN if shape.fullmatch(event.value)), "str")
