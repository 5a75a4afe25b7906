"""Keeping a recognition valid: whether and when it may be declared, and what has to be as it was (S0-13 to S0-17)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shenbao_applications.domain.pack.compiled import Pack, Sections
from shenbao_applications.domain.pack.functions import plus_months
from shenbao_common.kernel.errors import Problem

NEEDED = "needed"
NOT_YET_DUE = "not_yet_due"
NO_RECOGNITION = "no_recognition_on_record"
CATEGORY_CHANGED = "category_changed"
OVER = "recognition_over"

CHANGED = "changed"
"""The part of a form that says which places differ from the recognition; rules call it so."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whom a recognition, or an account, names."""

    name: str
    id_type: str
    id_number: str


@dataclass(frozen=True, kw_only=True)
class Need:
    """answer: one of the words above. earliest_on, valid_until: None without a recognition."""

    answer: str
    earliest_on: date | None = None
    valid_until: date | None = None


def valid_until(recognised_on: date, told: date | None, terms: Mapping[str, Any]) -> date:
    """The last day of a recognition: the day that was told, else as long as the programme says."""
    return told or _last_day(recognised_on, terms["validity_months"])


def extended(until: date, terms: Mapping[str, Any]) -> date:
    """From the end of the running period, not from the day of the decision (S0-34)."""
    return _last_day(until + timedelta(days=1), terms["validity_months"])


def need(until: date | None, terms: Mapping[str, Any], *, same_category: bool, today: date) -> Need:
    """Whether a declaration is needed now. until: the recognition's last day; None: there is no recognition."""
    if until is None:
        return Need(answer=NO_RECOGNITION)
    earliest = _months_after(until + timedelta(days=1), -terms["early_months"])
    answer = NEEDED
    if not same_category:
        answer = CATEGORY_CHANGED
    elif today < earliest:
        answer = NOT_YET_DUE
    elif today > until + timedelta(days=terms["late_days"]):
        answer = OVER
    return Need(answer=answer, earliest_on=earliest, valid_until=until)


def mismatches(pack: Pack, told: Identity, recognised: Identity) -> list[Problem]:
    """Every field in which the applicant is not the recognised person (S0-15)."""
    identity, terms = pack.document["identity"], pack.document["renews"]
    places = {"name": identity["name"], "id_type": terms["id_type"], "id_number": identity["number"]}
    return [
        Problem("identity_mismatch", f"sections.{place}")
        for word, place in places.items()
        if getattr(told, word) != getattr(recognised, word)
    ]


def category_objections(pack: Pack, sections: Sections, category: str) -> list[Problem]:
    """A recognition of another category is applied for anew, not declared (S0-17)."""
    terms = pack.document["renews"]
    given = pack.value(sections, terms["category"])
    if given in (None, category):
        return []
    return [Problem(CATEGORY_CHANGED, f"sections.{terms['category']}", {"apply_at": terms["apply_at"]})]


def changed(pack: Pack, sections: Sections, before: Sections) -> dict[str, list[str]]:
    """The places whose values are not those of the recognition, in the order of the form; files are not compared."""
    return {"places": list(_changed(pack, sections, before))}


def _changed(pack: Pack, sections: Sections, before: Sections) -> Iterator[str]:
    for section in pack.sections:
        for field in section["fields"]:
            if field["type"] in {"file", "files"}:
                continue
            place = f"{section['key']}.{field['key']}"
            if _comparable(pack.value(sections, place)) != _comparable(pack.value(before, place)):
                yield place


def _comparable(value: Any) -> Any:
    """A unit is the same unit under another name."""
    return value.get("unit_id") if isinstance(value, Mapping) else value or None


def _last_day(first: date, months: int) -> date:
    """Of a period of whole months: the day before the corresponding one; where a month has none, its end."""
    after = _months_after(first, months)
    return after if after.day < first.day else after - timedelta(days=1)


def _months_after(day: date, months: int) -> date:
    return date.fromisoformat(plus_months(day.isoformat(), months))
