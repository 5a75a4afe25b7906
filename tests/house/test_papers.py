"""What the papers tell a reader to type or to wait for is there."""

import re
from pathlib import Path

import click
import pytest

from shenbao_common.contracts.catalogue import ALL
from shenbao_stack.command import main

_PUBLISHERS = "identity|units|applications|review|documents"
_EVENT = re.compile(rf"\b(?:{_PUBLISHERS})\.[a-z_]+\.v\d+\b")
_COMMAND = re.compile(r"`(?:\.venv/bin/)?shenbao ([a-z-]+)(?: ([a-z-]+))?[ `]")
_VERB = re.compile(r"`make ([a-z0-9-]+)")
_CHANGELOG = "CHANGELOG.md"


@pytest.fixture(scope="module")
def papers(root: Path, files: list[Path]) -> dict[str, str]:
    """Changelogs are left out: they also name what was."""
    found = [path for path in files if path.suffix == ".md" and path.name != _CHANGELOG]
    return {str(path): (root / path).read_text(encoding="utf-8") for path in found}


def test_every_event_that_a_paper_names_is_one(papers: dict[str, str]) -> None:
    types = {event.type for event in ALL}
    named = [(path, name) for path, text in papers.items() for name in _EVENT.findall(text)]
    assert named
    assert [one for one in named if one[1] not in types] == []


def test_every_command_that_a_paper_names_is_one(papers: dict[str, str]) -> None:
    named = [(path, *words) for path, text in papers.items() for words in _COMMAND.findall(text)]
    assert named
    assert [one for one in named if not _is_command(*one[1:])] == []


def test_every_verb_of_make_that_a_paper_names_is_one(root: Path, papers: dict[str, str]) -> None:
    verbs = set(re.findall(r"^([a-z0-9-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = [(path, verb) for path, text in papers.items() for verb in _VERB.findall(text)]
    assert named
    assert [one for one in named if one[1] not in verbs] == []


def _is_command(name: str, under: str) -> bool:
    found = main.commands.get(name)
    return found is not None and (not isinstance(found, click.Group) or not under or under in found.commands)
