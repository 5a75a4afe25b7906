"""What a new version of a pack changes for those who declare, place by place, with the old and the new value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NAMES = ("key", "kind")
"""What tells two items of a list apart, so that one that only moved is not taken for two changes."""

_LEFT_OUT = frozenset({"templates", "uploads"})
"""uploads repeats fields and materials; of templates only that they changed is worth a line."""


@dataclass(frozen=True)
class Change:
    """One difference. path: dotted, items of lists by their names. what: added, removed, changed, moved."""

    path: str
    what: str
    old: Any = None
    new: Any = None

    @property
    def concerns(self) -> str:
        """What of the programme it is about: the word at the beginning of its path."""
        return self.path.split(".")[0]


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every difference between two checked documents, in the order of the new one."""
    found = _of_mappings("", _without(old), _without(new))
    texts = (old.get("templates", {}), new.get("templates", {}))
    names = sorted(texts[0].keys() | texts[1].keys())
    return [
        *found,
        *(Change(f"templates.{n}", _what(texts, n)) for n in names if texts[0].get(n) != texts[1].get(n)),
    ]


def _without(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in _LEFT_OUT}


def _of_mappings(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys([*new, *old]):
        yield from _of_values(f"{path}.{key}" if path else key, old.get(key), new.get(key))


def _of_values(path: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_mappings(path, old, new)
    elif _is_named(old) and _is_named(new):
        yield from _of_items(path, old or [], new or [])
    else:
        yield Change(path, "added" if old is None else "removed" if new is None else "changed", old, new)


def _of_items(path: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    before, after = ({_name(item): item for item in items} for items in (old, new))
    kept = [name for name in after if name in before]
    for name in dict.fromkeys([*after, *before]):
        place = f"{path}.{name}"
        if name not in before:
            yield Change(place, "added", new=after[name])
        elif name not in after:
            yield Change(place, "removed", old=before[name])
        else:
            yield from _of_values(place, before[name], after[name])
    if kept != [name for name in before if name in after]:
        yield Change(path, "moved", [n for n in before if n in after], kept)


def _is_named(value: Any) -> bool:
    """A list of things with names, or nothing at all."""
    return value is None or (isinstance(value, list) and all(_name(item) for item in value))


def _name(item: Any) -> str:
    """A stage of several steps is called by all of them."""
    if not isinstance(item, Mapping):
        return ""
    if "parallel" in item:
        return "+".join(step["key"] for step in item["parallel"])
    return next((str(item[word]) for word in _NAMES if word in item), "")


def _what(texts: tuple[Mapping[str, str], Mapping[str, str]], name: str) -> str:
    old, new = texts
    return "changed" if name in old and name in new else "added" if name in new else "removed"
