"""What the registers' answers mean: an outcome (S2-11), conditions that they meet, and what they fill in."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

Record = Mapping[str, Any]
Found = Mapping[str, Sequence[Record]]
"""Records by register; a register that was not asked is not there."""

_MOST_WAYS = 200


def outcome(words: Mapping[str, Any], found: Found) -> str:
    """title_only, education_only, both or neither."""
    education, title = (any(found.get(name) for name in words[kind]) for kind in ("education", "title"))
    if education and title:
        return "both"
    return "education_only" if education else "title_only" if title else "neither"


def ways(found: Found) -> Iterator[dict[str, int]]:
    """Which record of each register may be meant: every combination, the registers' own order first."""
    names = [name for name, records in found.items() if records]
    for numbers in islice(product(*(range(len(found[name])) for name in names)), _MOST_WAYS):
        yield dict(zip(names, numbers, strict=True))


def filled(words: Mapping[str, Any], found: Found, way: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """By register what it fills in, place by place; where two fill the same place, the one that is asked first does."""
    taken: set[str] = set()
    values: dict[str, dict[str, Any]] = {}
    for name in (ask["register"] for ask in words["asks"] if ask["register"] in way):
        record = found[name][way[name]]
        own = {
            fill["place"]: record[fill["value"]]
            for fill in words["fills"]
            if fill["register"] == name and fill["place"] not in taken and record.get(fill["value"]) is not None
        }
        taken |= own.keys()
        values[name] = own
    return values


def sections_of(values: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What registers fill in, as sections of the form."""
    sections: dict[str, dict[str, Any]] = {}
    for own in values.values():
        for place, value in own.items():
            section, key = place.split(".")
            sections.setdefault(section, {})[key] = value
    return sections


def start(matched: Sequence[str]) -> str:
    """S2-17, S2-18: begin with the only condition, choose among several, or only by oneself."""
    if not matched:
        return "self_select"
    return "direct" if len(matched) == 1 else "choose"
