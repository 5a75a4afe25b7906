"""What values must be beyond their types: `valid` of fields and columns, in the words of the pack."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shenbao_applications.domain.pack import scopes
from shenbao_applications.domain.pack.compiled import Field, Pack, Sections
from shenbao_common.kernel.errors import Problem


@dataclass(frozen=True, kw_only=True)
class Period:
    """The project's days, and the day on which values are judged."""

    year: int
    opens_on: date
    closes_on: date
    today: date

    def facts(self) -> dict[str, Any]:
        days = {"opens_on": self.opens_on.isoformat(), "closes_on": self.closes_on.isoformat()}
        return {"project": {"year": self.year, **days}, "today": self.today.isoformat()}


def wrong(
    pack: Pack, sections: Sections, period: Period, *, variant: str, within: Collection[str] | None = None
) -> list[Problem]:
    """Every value that is not as the pack demands; what is empty is none. within: the sections that are judged."""
    judged = [place for place in pack.those(_is_judged) if within is None or place[0] in within]
    if not judged:
        return []
    form = pack.form_facts(sections, variant=variant)
    facts = {**form, **period.facts()}
    problems: list[Problem] = []
    for section, field in pack.shown_by(form, judged):
        value = sections.get(section, {}).get(field["key"])
        if value in (None, "", []):
            continue
        path = f"sections.{section}.{field['key']}"
        problems += _broken(pack, field, facts, path)
        if field["type"] != "rows":
            continue
        columns = [column for column in field["fields"] if column.get("valid")]
        for i, row in enumerate(value if columns else ()):
            own = {**facts, "row": scopes.Facts(pack.columns(field), row)}
            for column in columns:
                if row.get(column["key"]) not in (None, "", []):
                    problems += _broken(pack, column, own, f"{path}.{i}.{column['key']}")
    return problems


def _is_judged(field: Field) -> bool:
    return any(one.get("valid") for one in (field, *field.get("fields", ())))


def _broken(pack: Pack, field: Field, facts: Mapping[str, Any], path: str) -> Iterator[Problem]:
    # A version that was published before the word was known says nothing of it.
    for demand in field.get("valid", ()):
        if not pack.holds(demand["rule"], facts):
            yield Problem(demand["key"], path, {"zh": demand["zh"], "en": demand["en"]})
