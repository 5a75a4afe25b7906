"""When a field applies, as a page can follow it while somebody types; the service judges in the end."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_TEXTS = re.compile(r"'([^']*)'")
_PLACE = r"(?P<section>\w+)\.(?P<field>\w+)"
_LIST = r"\[(?P<texts>[^\]]*)\]"
_TEXT = r"(?P<texts>'[^']*')"
_PARTS = (
    (re.compile(rf"{_PLACE} in {_LIST}"), True),
    (re.compile(rf"!\({_PLACE} in {_LIST}\)"), False),
    (re.compile(rf"{_PLACE} == {_TEXT}"), True),
    (re.compile(rf"{_PLACE} != {_TEXT}"), False),
    (re.compile(rf"{_PLACE}\.exists\((?P<row>\w+), (?P=row)\.(?P<column>\w+) == {_TEXT}\)"), True),
    (re.compile(rf"{_PLACE}\.exists\((?P<row>\w+), (?P=row)\.(?P<column>\w+) in {_LIST}\)"), True),
)


def of(rule: str | None) -> list[dict[str, Any]] | None:
    """The comparisons of a rule that must all hold; None for a rule of another form, whose field is shown always.

    Each: name of the control, or of the rows with their column, the texts it is compared with, and whether it must be
    one of them.
    """
    if not rule:
        return None
    parts = list(_parts(rule))
    return None if None in parts else [part for part in parts if part is not None]


def allow(comparisons: Iterable[Mapping[str, Any]], section: str, saved: Mapping[str, Any]) -> bool:
    """Whether the other sections, as they were saved, let the field apply: a page of one section shows none of them."""
    return all(_holds(one, saved) for one in comparisons if one["name"].partition("-")[0] != section)


def _holds(comparison: Mapping[str, Any], saved: Mapping[str, Any]) -> bool:
    section, _dash, field = comparison["name"].partition("-")
    value = (saved.get(section) or {}).get(field)
    found = [row.get(comparison["column"]) for row in value or ()] if "column" in comparison else [value]
    return any((text or "") in comparison["values"] for text in found) is bool(comparison["one_of"])


def _parts(rule: str) -> Iterator[dict[str, Any] | None]:
    for text in rule.split(" && "):
        matches = ((pattern.fullmatch(text.strip()), one_of) for pattern, one_of in _PARTS)
        yield next((_comparison(found, one_of) for found, one_of in matches if found), None)


def _comparison(found: re.Match[str], one_of: bool) -> dict[str, Any]:
    named = found.groupdict()
    comparison = {
        "name": f"{named['section']}-{named['field']}",
        "values": _TEXTS.findall(named["texts"]),
        "one_of": one_of,
    }
    return comparison | ({"column": named["column"]} if "column" in named else {})
