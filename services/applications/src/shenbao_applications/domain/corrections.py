"""What changed between two contents of a form, and whether a return had it opened (B-02)."""

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from shenbao_applications.domain.pack.compiled import Field, Pack, Sections
from shenbao_common.kernel.errors import Problem


@dataclass(frozen=True)
class Change:
    """One field with both values; None for what was, or is, not filled in."""

    section: str
    field: Field
    before: Any
    after: Any

    @property
    def path(self) -> str:
        return f"{self.section}.{self.field['key']}"


def changes(pack: Pack, before: Sections, after: Sections) -> Iterator[Change]:
    """Every field whose value differs, in the order of the form."""
    for section in pack.sections:
        key = section["key"]
        old, new = before.get(key, {}), after.get(key, {})
        for field in section["fields"]:
            values = old.get(field["key"]), new.get(field["key"])
            if values[0] != values[1]:
                yield Change(key, field, *values)


def not_open(pack: Pack, before: Sections, after: Sections, items: Set[str], *, variant: str) -> list[Problem]:
    """Changes of what the return did not list.

    What a listed change brings with it is open too: a field that it newly demands, and one that it makes inapplicable
    and that is emptied. Else a correction could end where nothing may be reported any more.
    """
    closed = [c for c in changes(pack, before, after) if not items & {c.path, c.field.get("material")}]
    if not closed:
        return []
    demanded = {p.path for p in pack.missing(_without(after, closed), variant=variant)}
    shown = {(section, field["key"]) for section, field in pack.shown(after, variant=variant)}
    brought = [
        c
        for c in closed
        if (not c.before and f"sections.{c.path}" in demanded)
        or (not c.after and (c.section, c.field["key"]) not in shown)
    ]
    return [Problem("item_not_open", f"sections.{c.path}") for c in closed if c not in brought]


def _without(sections: Sections, left_out: Collection[Change]) -> dict[str, Mapping[str, Any]]:
    paths = {c.path for c in left_out}
    return {
        section: {key: value for key, value in values.items() if f"{section}.{key}" not in paths}
        for section, values in sections.items()
    }
