"""Every position of the switches X01 to X30 has a test (docs/switches.md)."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

_ROW = re.compile(r"\| (X\d\d) \| (.+?) \| (.+?) \| `([^`]+)::(test_\w+)` \|")
_WORD = re.compile(r"`(\w+)`")


class Position(NamedTuple):
    switch: str
    by: str
    position: str
    file: str
    test: str


@pytest.fixture(scope="module")
def positions(root: Path) -> list[Position]:
    text = (root / "docs/switches.md").read_text(encoding="utf-8")
    return [Position(*row) for row in _ROW.findall(text)]


def test_every_switch_is_in_the_table(positions: list[Position]) -> None:
    assert sorted({row.switch for row in positions}) == [f"X{number:02}" for number in range(1, 31)]


def test_every_line_of_the_table_is_read(root: Path, positions: list[Position]) -> None:
    lines = (root / "docs/switches.md").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.startswith("| X")]) == len(positions)


def test_every_position_has_its_test(root: Path, positions: list[Position]) -> None:
    assert [row for row in positions if not _has(root / row.file, row.test)] == []


def test_every_position_of_a_word_is_in_the_table(root: Path, positions: list[Position]) -> None:
    """A word may not take a position that nothing shows."""
    known = _positions_of_words(json.loads((root / "programmes/programme.schema.json").read_text(encoding="utf-8")))
    listed = defaultdict(set)
    for row in positions:
        if (word := _WORD.fullmatch(row.by)) and word.group(1) in known:
            listed[word.group(1)].add(row.position)
    wanted = {word: known[word] for word in listed}
    assert listed == wanted
    assert {"save_mode", "return_to", "after_fail", "assurance", "withdrawable", "decider"} <= listed.keys()


def _has(file: Path, test: str) -> bool:
    return file.is_file() and f"def {test}(" in _text(file)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _positions_of_words(schema: Any) -> dict[str, set[str]]:
    """Word -> all that it takes, where that is one of a few; wherever in a pack the word stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, shape in _words(schema):
        if "enum" in shape:
            found[word] |= set(map(str, shape["enum"]))
        elif shape.get("type") == "boolean":
            found[word] |= {"true", "false"}
        elif any("office:" in one.get("pattern", "") for one in shape.get("anyOf", ())):
            found[word] |= {"office:<name>", *(str(v) for one in shape["anyOf"] for v in one.get("enum", ()))}
    return found


def _words(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        named = schema.get("properties")
        if isinstance(named, dict):
            yield from ((word, shape) for word, shape in named.items() if isinstance(shape, dict))
        for inner in schema.values():
            yield from _words(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _words(inner)
